"""Document control: the title block and a new issue, through the dialog."""

from __future__ import annotations

from core.editing.issuing import is_as_issued
from desktop.dialogs.issue import IssueDialog
from desktop.document import Document
from desktop.main_window import MainWindow


def test_an_issue_is_one_change_that_undo_takes_back(window: MainWindow, document: Document) -> None:
    dialog = IssueDialog(document, window)
    dialog.printed["client"].setText("Acme")
    dialog.fields["approver"].setText("B. Chief")
    assert dialog.issue_design()
    (revision,) = document.project.revisions.values()
    assert (revision.number, revision.approver, revision.purpose) == ("A", "B. Chief", "for review")
    assert is_as_issued(document.project, revision)
    assert document.project.setting("client", "") == "Acme"
    window.actions_.run("edit.undo")
    assert not document.project.revisions
    assert document.project.setting("client", "") == ""


def test_an_issue_without_an_approver_is_refused_with_the_cure(
    window: MainWindow, document: Document
) -> None:
    dialog = IssueDialog(document, window)
    assert not dialog.issue_design()
    assert not document.project.revisions
    assert "approver" in dialog.problem


def test_the_next_issue_counts_on(window: MainWindow, document: Document) -> None:
    for number in ("A", "B"):
        dialog = IssueDialog(document, window)
        assert dialog.fields["number"].text() == number
        dialog.fields["approver"].setText("B. Chief")
        assert dialog.issue_design()
    assert len(document.project.revisions) == 2
