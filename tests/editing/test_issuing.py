"""Issues: number, date, purpose, approver, and the state issued."""

from __future__ import annotations

import base64
import zlib

import pytest

from core.editing.issuing import is_as_issued, issue, next_number, set_printed
from core.editing.naming import is_frozen
from core.errors import EditError
from core.files.project_file import decode
from core.model.change import Edit
from tests.model import factories


def issued(number: str = "A", **fields: str) -> Edit:
    edit = Edit(factories.small(), "Issue")
    for record in list(edit.revisions.values()):
        edit.remove("revisions", record.key)
    given = {"date": "2026-11-22", "purpose": "for review", "approver": "B. Chief"}
    issue(edit, number=number, **{**given, **fields})
    return edit


def test_the_state_issued_is_the_design_without_its_revisions() -> None:
    edit = issued()
    (revision,) = edit.revisions.values()
    design = decode(zlib.decompress(base64.b64decode(revision.state)), "state")
    assert not design.revisions
    assert set(design.blocks) == set(edit.blocks)
    assert list(design.every("links")) == sorted(edit.every("links"), key=lambda link: link.key)


def test_a_design_altered_after_the_issue_is_no_longer_what_was_issued() -> None:
    edit = issued()
    (revision,) = edit.revisions.values()
    assert is_as_issued(edit, revision)
    set_printed(edit, client="Somebody else")
    assert not is_as_issued(edit, revision)


def test_names_freeze_once_issued() -> None:
    assert is_frozen(issued())


def test_numbers_count_on_as_letters_or_figures() -> None:
    edit = issued()
    assert next_number(edit) == "B"
    numbered = issued("7")
    assert next_number(numbered) == "8"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"number": ""}, "needs a number"),
        ({"date": "22.11.2026"}, "no date"),
        ({"purpose": " "}, "purpose"),
        ({"approver": ""}, "approver"),
    ],
)
def test_what_is_missing_is_named(fields: dict[str, str], problem: str) -> None:
    with pytest.raises(EditError, match=problem):
        issued(**fields)


def test_a_number_is_used_once() -> None:
    edit = issued()
    with pytest.raises(EditError, match="already"):
        issue(edit, number="A", date="2026-11-23", purpose="for review", approver="B. Chief")


def test_printed_settings_are_set_and_removed() -> None:
    edit = issued()
    set_printed(edit, client="Acme", site="North")
    assert (edit.setting("client", ""), edit.setting("site", "")) == ("Acme", "North")
    set_printed(edit, client="")
    assert edit.setting("client", "") == ""
