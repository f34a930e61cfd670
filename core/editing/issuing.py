"""Issues of a design: the revision record with the state that was issued."""

from __future__ import annotations

import base64
import binascii
import datetime
import zlib

from core.errors import CagenutError, EditError
from core.files.project_file import decode, encode_tables, tables_of
from core.model.change import Edit
from core.model.project import Project, Reader
from core.model.records import Revision, Setting

PURPOSES = (
    "for information",
    "for review",
    "for approval",
    "for tender",
    "for manufacture",
    "for construction",
    "as built",
)
"""Usual issue purposes; any other words will do."""
PRINTED = {
    "project_name": "Project",
    "client": "Client",
    "site": "Site",
    "document_number": "Document number",
}
"""Settings that the title block prints, with their labels."""


def next_number(reader: Reader) -> str:
    """Return the number of the next revision: A, B ... Z, AA, or one more where numbers are used."""
    numbers = [revision.number for revision in reader.revisions.values()]
    if numbers and all(number.isdecimal() for number in numbers):
        return str(max(int(number) for number in numbers) + 1)
    count = len(numbers)
    text = ""
    while True:
        text = chr(ord("A") + count % 26) + text
        count = count // 26 - 1
        if count < 0:
            break
    while text in numbers:
        text += "1"
    return text


def issue(
    edit: Edit,
    *,
    number: str,
    date: str,
    purpose: str,
    approver: str,
    author: str = "",
    checker: str = "",
    description: str = "",
) -> Revision:
    """Add a revision with a compressed copy of the design as it is in the edit.

    Raises
    ------
    EditError
        If the number is taken or missing, the date is no date, or purpose or approver is missing: without
        these two a set stays a draft.
    """
    if not number:
        raise EditError("a revision needs a number", cure="Type one, such as A")
    if any(revision.number == number for revision in edit.revisions.values()):
        raise EditError(f"there is a revision '{number}' already", cure=f"Take {next_number(edit)}")
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        raise EditError(f"'{date}' is no date", cure="Write it as 2026-11-22") from None
    for label, text in (("an issue purpose", purpose), ("an approver", approver)):
        if not text.strip():
            raise EditError(f"a revision needs {label}", cure="Fill it in; until then the set says DRAFT")
    return edit.put(
        "revisions",
        Revision(
            id=edit.new_id(),
            number=number,
            date=date,
            author=author,
            checker=checker,
            approver=approver,
            purpose=purpose,
            description=description,
            state=state_of(edit),
        ),
    )


def state_of(reader: Reader) -> str:
    """Return the design without its revisions: canonical text, deflated, base64."""
    return base64.b64encode(zlib.compress(_text(reader), 9)).decode()


def is_as_issued(reader: Reader, revision: Revision) -> bool:
    """Tell whether the design is still what a revision issued; True where it kept no state."""
    if not revision.state:
        return True
    try:
        issued = zlib.decompress(base64.b64decode(revision.state))
        now = _text(reader)
        if issued == now or _format(issued) == _format(now):
            return issued == now
        return _text(decode(issued, "issued")) == now  # issued by an older program
    except (binascii.Error, zlib.error, CagenutError):
        return False


def project_of(revision: Revision) -> Project:
    """Return the design as a revision issued it.

    Raises
    ------
    EditError
        If the revision kept no state, or one that cannot be read.
    """
    if not revision.state:
        raise EditError(f"revision {revision.number} kept no state", cure="Choose another revision")
    try:
        return decode(zlib.decompress(base64.b64decode(revision.state)), f"revision {revision.number}")
    except (binascii.Error, zlib.error):
        raise EditError(f"the state of revision {revision.number} is damaged") from None


def _format(text: bytes) -> bytes:
    return text[: text.find(b",")]


def _text(reader: Reader) -> bytes:
    tables = {table: rows for table, rows in tables_of(reader).items() if table != "revisions"}
    return encode_tables("issued", tables)


def set_printed(edit: Edit, **texts: str) -> None:
    """Set what title blocks print (`PRINTED`); an empty text removes the setting."""
    for name, text in texts.items():
        present = edit.get("settings", ("", name))
        if text and (present is None or present.value != text):
            edit.put("settings", Setting(id=name, value=text))
        elif not text and present is not None:
            edit.remove("settings", present.key)
