"""The files that an outgoing mail encloses: cut out of the raw mails in which they came."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from mailgateway.mime.contents import attachment_bytes
from mailgateway.mime.parse import opened
from storage.errors import Lost
from storage.outgoing import OutgoingMail
from storage.raw import get_raw


def files_of(session: Session, mail: OutgoingMail) -> list[bytes]:
    """The bytes of each file that a mail encloses, in order. Raises `Lost` where one is gone."""
    trees = {raw_id: opened(get_raw(session, UUID(raw_id))) for raw_id in {each.raw_id for each in mail.enclosed}}
    files = []
    for each in mail.enclosed:
        data = attachment_bytes(trees[each.raw_id], each.part)
        if data is None:
            raise Lost(f"the file {each.name} cannot be cut from the mail in which it came")
        files.append(data)
    return files
