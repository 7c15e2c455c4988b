"""A customer's link: who gets it, what it shows, and when it ends; on both databases, with mails that really came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailgateway.archive import in_stream
from mailgateway.mime.parse import parse
from service.correspondence import Correspondence, unavailable
from service.keys import Keys
from service.settings import WebSettings
from storage.database import Database
from storage.tables import AddressRow, ConversationRow, MessageRow, OrganisationRow, OutboxRow, PersonRow, RawRow
from threads.model import Authenticity, Kind, Source, Suspicion, Verdict
from threads.people.correspondence import PAGE, Closed, Letter, Reader, View, Written, withheld
from threads.policy import AcknowledgeLimits, Policy
from threads.store.stops import stop

WEB = WebSettings(url="https://help.example.org")
ANNA = "anna@example.com"
PDF = ("Rechnung März.pdf", "application/pdf", b"%PDF-1.7 the bill")


@dataclass
class Customers:
    """The customers' view of the desk, and what went into the outbox."""

    database: Database
    view_of: Correspondence

    def ask(self, address: str = ANNA, language: str = "de") -> str:
        """The token of the link that is mailed; "" where none is."""
        return self.links()[-1] if self.view_of.ask(address, language) else ""

    def links(self) -> list[str]:
        """The tokens of all links that were mailed."""
        return [each["text"].partition("/lesen/")[2].split()[0] for each in self.mails()]

    def mails(self) -> list[dict[str, Any]]:
        """Every mail with a link."""
        with self.database.reading() as session:
            return list(
                session.scalars(select(OutboxRow.mail).where(OutboxRow.purpose == "link").order_by(OutboxRow.id))
            )

    def view(self, token: str, page: int = 1) -> View:
        """What a link shows."""
        view = self.view_of.view(token, page)
        assert isinstance(view, View)
        return view

    def read(self, address: str = ANNA) -> dict[str, list[str]]:
        """What somebody reads by a new link: the texts of each conversation by its subject."""
        view = self.view(self.ask(address))
        return {matter.subject: [letter.text for letter in matter.letters] for matter in view.matters}

    def all_leaves(self) -> None:
        """Everything in the outbox is handed over."""
        with self.database.writing() as session:
            session.execute(update(OutboxRow).values(state="sent", sent_at=OutboxRow.due_at))


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """That of the desk, but for acknowledgements."""
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False))


@pytest.fixture
def customers(database: Database, policy: Policy, clock: Any) -> Customers:
    return Customers(database, Correspondence(database, Keys(b"k" * 32), policy, WEB, clock))


@pytest.fixture
def anna_and_ben(desk: Any, arrives: Callable[..., Any], a_mail: Any, customers: Customers) -> Any:
    """Anna asked about her bill and was answered; Ben asked something else."""
    bill = arrives(a_mail(subject="Rechnung", text="Wo ist meine Rechnung?\n", attachments=(PDF,)))
    arrives(a_mail(author="Ben <ben@example.net>", subject="Domain", text="Ben fragt.\n"))
    desk.reply(bill.handle, "Hier ist sie.")
    customers.all_leaves()
    return bill


@pytest.mark.usefixtures("anna_and_ben")
def test_a_customer_reads_what_both_wrote_and_nothing_of_others(customers: Customers) -> None:
    assert customers.read() == {"Rechnung": ["Wo ist meine Rechnung?", "Hier ist sie."]}
    assert customers.read("ben@example.net") == {"Domain": ["Ben fragt."]}


def test_nothing_that_is_for_agents_alone_is_shown(
    desk: Any, arrives: Callable[..., Any], a_mail: Any, customers: Customers, anna_and_ben: Any
) -> None:
    desk.note(anna_and_ben.handle, "Schwieriger Kunde.")
    desk.priority(anna_and_ben.handle, "high", "weil")
    reference = {"in_reply_to": "<mail-1@mail.example.com>", "subject": "Re: Rechnung"}
    arrives(a_mail(author="stranger@evil.example", text="Ein Fremder.\n", **reference))
    arrives(a_mail(text="Ich bin im Urlaub.\n", **reference), kind=Kind.AUTO_REPLY)
    arrives(a_mail(subject="Gewinn", text="Spam.\n"), suspicion=Suspicion("rspamd calls it spam"))
    desk.reply(anna_and_ben.handle, "Noch nicht weg.")
    desk.undo()
    desk.reply(anna_and_ben.handle, "Auch noch nicht weg.")
    assert customers.read() == {"Rechnung": ["Wo ist meine Rechnung?", "Hier ist sie."]}


def test_what_a_colleague_wrote_to_the_desk_alone_is_not_the_customers(
    arrives: Callable[..., Any], a_mail: Any, customers: Customers, anna_and_ben: Any, database: Database
) -> None:
    reference = {"in_reply_to": "<mail-1@mail.example.com>", "subject": "Re: Rechnung"}
    arrives(a_mail(cc="Carl <carl@other.example>", text="Carl weiß mehr.\n", **reference))
    arrives(a_mail(author="carl@other.example", text="Unter uns: sie zahlt nie.\n", **reference))
    arrives(a_mail(author="carl@other.example", cc=ANNA, text="Sie zahlt morgen.\n", **reference))
    with database.reading() as session:
        assert len(session.scalars(select(MessageRow).where(MessageRow.held)).all()) == 0
    assert customers.read()["Rechnung"][-2:] == ["Carl weiß mehr.", "Sie zahlt morgen."]
    assert customers.ask("carl@other.example") == "", "who only takes part has nothing of their own"
    assert anna_and_ben.handle


def test_what_was_written_in_their_name_is_not_theirs(
    arrives: Callable[..., Any], a_mail: Any, customers: Customers, anna_and_ben: Any
) -> None:
    forged = Verdict(Authenticity.FORGED, "DMARC failed")
    arrives(a_mail(subject="Kündigung", text="Ich kündige.\n", attachments=(PDF,)), verdict=forged)
    assert list(customers.read()) == ["Rechnung"]
    assert len(_mbox(customers, customers.links()[-1])) == 2
    assert anna_and_ben.handle


def test_what_a_visitor_typed_is_theirs_once_a_mail_from_there_has_followed(
    desk: Any, arrives: Callable[..., Any], a_mail: Any, customers: Customers
) -> None:
    typed = arrives(a_mail(subject="Vertrag", text="Bitte kündigen.\n"), source=Source.FORM)
    assert customers.ask() == "", "anybody may have typed her address"
    arrives(a_mail(subject="Anderes", text="Etwas anderes.\n"))
    desk.reply(typed.handle, "Wirklich?")
    customers.all_leaves()
    assert customers.read() == {"Anderes": ["Etwas anderes."], "Vertrag": ["Wirklich?"]}
    reference = {"in_reply_to": _ids(customers.database, typed.conversation)[-1], "subject": "Re: Vertrag"}
    forged = Verdict(Authenticity.FORGED, "DMARC failed")
    arrives(a_mail(text="Ja doch.\n", **reference), verdict=forged)
    assert customers.read()["Vertrag"] == ["Wirklich?"]
    arrives(a_mail(text="Ja, bitte.\n", **reference))
    assert customers.read()["Vertrag"] == ["Bitte kündigen.", "Wirklich?", "Ja, bitte."]


def test_a_side_conversation_is_never_shown(
    customers: Customers, arrives: Callable[..., Any], a_mail: Any, anna_and_ben: Any, database: Database
) -> None:
    beside = arrives(a_mail(subject="Zu Anna", text="Der Lieferant sagt.\n"))
    with database.writing() as session:
        session.get_one(ConversationRow, beside.conversation).side_of_id = anna_and_ben.conversation
    assert list(customers.read()) == ["Rechnung"]


def test_what_was_merged_from_another_customer_stays_theirs(
    desk: Any, customers: Customers, arrives: Callable[..., Any], a_mail: Any, anna_and_ben: Any
) -> None:
    other = arrives(a_mail(author="Ben <ben@example.net>", subject="Noch eine", text="Bens Sache.\n"))
    desk.merge(other.handle, anna_and_ben.handle)
    assert customers.read() == {"Rechnung": ["Wo ist meine Rechnung?", "Hier ist sie."]}


@pytest.mark.parametrize(("sees", "subjects"), [("own", ["Rechnung"]), ("all", ["Frage", "Rechnung"])])
def test_an_organisation_is_read_by_those_who_may_see_all_of_it(
    customers: Customers,
    arrives: Callable[..., Any],
    a_mail: Any,
    database: Database,
    clock: Any,
    sees: str,
    subjects: list[str],
) -> None:
    arrives(a_mail(subject="Rechnung", text="Anna.\n"))
    arrives(a_mail(author="dora@example.com", subject="Frage", text="Dora.\n"))
    with database.writing() as session:
        firm = OrganisationRow(name="Firma", folded="firma", created_at=clock())
        session.add(firm)
        session.flush()
        session.execute(update(PersonRow).values(organisation_id=firm.id))
        person = select(AddressRow.person_id).where(AddressRow.address == ANNA).scalar_subquery()
        session.execute(update(PersonRow).where(PersonRow.id == person).values(sees=sees))
    assert sorted(customers.read()) == subjects
    assert list(customers.read("dora@example.com")) == ["Frage"]


@pytest.mark.usefixtures("anna_and_ben")
def test_the_link_goes_to_the_address_on_record_and_to_no_other(customers: Customers) -> None:
    assert customers.ask("ANNA@example.com")
    assert customers.ask("nobody@example.com") == ""
    assert customers.ask("anna+x@example.com") == ""
    [mail] = customers.mails()
    assert [each["address"] for each in mail["to"]] == [ANNA]
    assert mail["cc"] == []
    assert "https://help.example.org/de/verlauf/lesen/" in mail["text"]


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Written]:
    """Every letter of which it was asked whether it is shown."""
    letters: list[Written] = []

    def remember(letter: Written, reader: Reader) -> str:
        letters.append(letter)
        return withheld(letter, reader)

    monkeypatch.setattr("threads.store.correspondence.withheld", remember)
    return letters


@pytest.mark.usefixtures("anna_and_ben")
def test_whoever_asks_for_a_link_has_no_letter_read_while_others_wait_to_write(
    customers: Customers, database: Database, looked_at: list[Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    while_writing: list[Written] = []
    writing = database.writing

    @contextmanager
    def watched() -> Iterator[Session]:
        with writing() as session:
            before = len(looked_at)
            yield session
            while_writing.extend(looked_at[before:])

    monkeypatch.setattr(database, "writing", watched)
    assert customers.ask()
    assert looked_at
    assert not while_writing


@pytest.mark.usefixtures("anna_and_ben")
def test_one_letter_is_enough_for_a_link_and_for_a_file(customers: Customers, looked_at: list[Written]) -> None:
    token = customers.ask()
    assert len(looked_at) == 1
    [file] = [file for letter in _letters(customers.view(token)) for file in letter.files]
    looked_at.clear()
    assert customers.view_of.file(file.token) == ("Rechnung März.pdf", PDF[2])
    assert len(looked_at) == 1


@pytest.mark.usefixtures("anna_and_ben")
def test_no_link_goes_to_an_address_that_mail_does_not_reach(
    customers: Customers, database: Database, clock: Any
) -> None:
    with database.writing() as session:
        stop(session, ANNA, "550 unknown", clock())
    assert customers.ask() == ""


def test_that_a_link_was_mailed_stands_at_the_conversation(desk: Any, customers: Customers, anna_and_ben: Any) -> None:
    customers.ask()
    [whole] = desk.show(anna_and_ben.handle)
    assert [each["because"] for each in whole["timeline"] if each.get("event") == "link"] == [
        f"a visitor who entered the address had the link to the whole correspondence mailed to {ANNA}"
    ]


@pytest.mark.usefixtures("anna_and_ben")
def test_a_link_ends_in_time(customers: Customers, clock: Any) -> None:
    token = customers.ask()
    files = [file.token for letter in _letters(customers.view(token)) for file in letter.files]
    clock.forward(days=7, seconds=-1)
    assert customers.view(token).until.utcoffset() == timedelta(hours=1)
    clock.forward(seconds=1)
    assert customers.view_of.view(token, 1) is Closed.OVER
    assert customers.view_of.archive(token) is Closed.OVER
    assert [customers.view_of.file(each) for each in files] == [Closed.OVER]


@pytest.mark.usefixtures("anna_and_ben")
def test_a_link_ends_where_its_address_is_made_anothers(customers: Customers, database: Database) -> None:
    token, bens = customers.ask(), customers.ask("ben@example.net")
    with database.writing() as session:
        ben = session.get_one(AddressRow, "ben@example.net").person_id
        session.get_one(AddressRow, ANNA).person_id = ben
    assert customers.view_of.view(token, 1) is Closed.OVER
    assert customers.view(bens).matters


@pytest.mark.usefixtures("anna_and_ben")
def test_a_link_ends_where_the_person_is_erased(customers: Customers, database: Database, clock: Any) -> None:
    token = customers.ask()
    with database.writing() as session:
        session.get_one(PersonRow, session.get_one(AddressRow, ANNA).person_id).erased_at = clock()
    assert customers.view_of.view(token, 1) is Closed.OVER
    assert customers.ask() == ""


@pytest.mark.usefixtures("anna_and_ben")
def test_a_token_opens_only_what_it_was_made_for(customers: Customers) -> None:
    token = customers.ask()
    [file] = [file for letter in _letters(customers.view(token)) for file in letter.files]
    assert customers.view_of.view(file.token, 1) is Closed.UNKNOWN
    assert customers.view_of.archive(file.token) is Closed.UNKNOWN
    assert customers.view_of.file(token) is Closed.UNKNOWN
    assert customers.view_of.view("x" + token, 1) is Closed.UNKNOWN


@pytest.mark.usefixtures("anna_and_ben")
def test_an_attached_file_is_cut_from_its_mail(customers: Customers) -> None:
    [file] = [file for letter in _letters(customers.view(customers.ask())) for file in letter.files]
    assert (file.name, file.size) == ("Rechnung März.pdf", len(PDF[2]))
    assert customers.view_of.file(file.token) == ("Rechnung März.pdf", PDF[2])


def test_nothing_of_a_mail_with_a_virus_is_given_out(
    customers: Customers, anna_and_ben: Any, database: Database
) -> None:
    token = customers.ask()
    [file] = [file for letter in _letters(customers.view(token)) for file in letter.files]
    with database.writing() as session:
        session.get_one(MessageRow, anna_and_ben.message).virus = "Eicar"
    assert [(letter.files, letter.infected) for letter in _letters(customers.view(token))] == [((), True), ((), False)]
    assert customers.view_of.file(file.token) is Closed.OVER
    assert len(_mbox(customers, token)) == 1


def test_a_file_of_a_letter_that_is_no_longer_theirs_is_gone(
    customers: Customers, anna_and_ben: Any, database: Database
) -> None:
    [file] = [file for letter in _letters(customers.view(customers.ask())) for file in letter.files]
    with database.writing() as session:
        session.get_one(MessageRow, anna_and_ben.message).held = True
    assert customers.view_of.file(file.token) is Closed.OVER


@pytest.mark.usefixtures("anna_and_ben")
def test_the_mbox_holds_every_mail_as_it_came_and_went_out(customers: Customers) -> None:
    came, went = map(parse, _mbox(customers, customers.ask()))
    assert came.message_id == "<mail-1@mail.example.com>"
    assert [each.name for each in came.attachments] == ["Rechnung März.pdf"]
    assert went.in_reply_to == (came.message_id,)
    assert went.reply.startswith("Hier ist sie.")


def test_what_was_erased_is_left_out_of_the_mbox(
    customers: Customers, anna_and_ben: Any, database: Database, clock: Any
) -> None:
    with database.writing() as session:
        raw_id = session.get_one(MessageRow, anna_and_ben.message).raw_id
        session.get_one(RawRow, raw_id).erased_at = clock()
    assert len(_mbox(customers, customers.ask())) == 1


def test_a_long_correspondence_has_pages_that_hold_every_letter_once(
    customers: Customers, arrives: Callable[..., Any], a_mail: Any
) -> None:
    for number in range(PAGE + 5):
        arrives(a_mail(subject=f"Sache {number % 3}", text=f"Brief {number}\n"))
    token = customers.ask()
    first, second = customers.view(token), customers.view(token, 2)
    assert (first.pages, second.page) == (2, 2)
    assert customers.view(token, 99) == replaced_tokens(second)
    texts = [letter.text for view in (first, second) for letter in _letters(view)]
    assert len(texts) == len(set(texts)) == PAGE + 5


def replaced_tokens(view: View) -> View:
    """The same view: no letter of it has a file, whose token would differ."""
    assert not any(letter.files for letter in _letters(view))
    return view


@pytest.mark.parametrize(
    ("web", "said"),
    [
        (WEB, ""),
        (WebSettings(url="http://127.0.0.1:8080"), ""),
        (WebSettings(url="http://help.example.org"), "https://"),
        (WebSettings(), "https://"),
        (WebSettings(url="https://help.example.org", correspondence=False), "is off"),
    ],
)
def test_links_are_made_only_where_they_lead_to_the_website_unread(web: WebSettings, said: str) -> None:
    assert (said in unavailable(web)) is bool(unavailable(web) or not said)


def _ids(database: Database, conversation: Any) -> list[str]:
    """The Message-IDs of what we wrote in a conversation."""
    with database.reading() as session:
        rows = session.scalars(select(MessageRow).where(MessageRow.conversation_id == conversation))
        return [row.message_id for row in rows if row.direction == "out" and row.message_id]


def _letters(view: View) -> list[Letter]:
    return [letter for matter in view.matters for letter in matter.letters]


def _mbox(customers: Customers, token: str) -> list[bytes]:
    mails = customers.view_of.archive(token)
    assert not isinstance(mails, Closed)
    return [mail for _, mail in in_stream(BytesIO(b"".join(mails)), "x", always_mbox=True)]
