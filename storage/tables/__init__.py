"""The tables, one module a noun."""

from storage.tables.acts import ActRow
from storage.tables.articles import ArticleRow, RevisionRow, VoteRow
from storage.tables.base import Base
from storage.tables.calendars import CalendarRow
from storage.tables.callbacks import CallbackRow
from storage.tables.conversations import (
    AliasRow,
    ApartRow,
    BesideRow,
    ConversationRow,
    DeliveryRow,
    EventRow,
    GhostRow,
    MessageRow,
    ParticipantRow,
    PassageRow,
    SubjectRow,
    SuggestionRow,
    TagRow,
    TokenRow,
    WordRow,
)
from storage.tables.desk import AgentRow, DraftingRow, FactRow
from storage.tables.escalations import CallRow, StepRow, TellingRow
from storage.tables.imap import ImapFolderRow, ImapMailRow
from storage.tables.learning import HeardRow, LearntRow, SearchRow
from storage.tables.mail import EnvelopeRow, RawChunkRow, RawRow
from storage.tables.outgoing import AttemptRow, BreakerRow, OutboxRow, StopRow
from storage.tables.people import AddressRow, OrganisationRow, PersonRow, PhoneCheckRow
from storage.tables.targets import TargetRow

__all__ = [
    "ActRow", "AddressRow", "AgentRow", "AliasRow", "ApartRow", "ArticleRow", "AttemptRow", "Base", "BesideRow",
    "BreakerRow", "CalendarRow", "CallRow", "CallbackRow", "ConversationRow", "DeliveryRow", "DraftingRow", "EnvelopeRow",
    "EventRow", "FactRow", "GhostRow", "HeardRow", "ImapFolderRow", "ImapMailRow", "LearntRow", "MessageRow",
    "OrganisationRow", "OutboxRow", "ParticipantRow", "PassageRow", "PersonRow", "PhoneCheckRow", "RawChunkRow", "RawRow",
    "RevisionRow", "SearchRow", "StepRow", "StopRow", "SubjectRow", "SuggestionRow", "TagRow", "TargetRow", "TellingRow",
    "TokenRow", "VoteRow", "WordRow",
]  # fmt: skip
