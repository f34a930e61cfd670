"""The commands that name things by templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.editing.numbering import refuse_frozen, renamings, renumber_by, why_frozen
from core.errors import EditError
from core.model.records import Device, Instance, Link
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of naming, in the Arrange menu."""
    add = window.actions_.add
    add(
        "naming.templates",
        "Naming T&emplates …",
        lambda: templates(window),
        menu="Arrange|6",
        tip="How racks, devices and cables are called, and naming them anew",
        why_not=lambda: no_project(window),
    )
    add(
        "naming.renumber",
        "Re&number",
        lambda: window.attempt(lambda: renumber_selected(window)),
        menu="Arrange|6",
        tip="Name what is selected anew by the templates, in the order it stands",
        why_not=lambda: _why_not_renumber(window),
    )


def templates(window: MainWindow) -> None:
    """Edit the naming templates."""
    from desktop.dialogs.naming import NamingDialog

    if window.document is not None:
        NamingDialog(window.document, window).open()


def renumber_selected(window: MainWindow) -> int:
    """Name the selected devices, placed drawings and cables anew as one step; return how many changed.

    Raises
    ------
    EditError
        If names have been issued, or every name is already what the templates give.
    """
    document = window.document
    assert document is not None
    refuse_frozen(document.project)
    paths = document.selection.paths
    holders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    edit = document.edit("Renumber", *holders)
    found = [edit.resolve(document.top, path) for path in paths]
    keys = {record.key for record in found if isinstance(record, (Device, Instance, Link))}
    changed = renamings(edit, list(dict.fromkeys(block for block, _ in keys)), only=keys)
    if not changed:
        raise EditError("these names are what the templates give", cure="Edit the templates first")
    renumber_by(edit, changed)
    document.commit_edit(edit)
    return len(changed)


def _why_not_renumber(window: MainWindow) -> str:
    reason = no_project(window)
    if reason or window.document is None:
        return reason
    if not window.document.selection.paths:
        return "select what is to be named anew"
    return why_frozen(window.document.project)
