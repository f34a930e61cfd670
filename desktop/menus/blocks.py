"""The commands on drawings that are placed many times: enter, group, make unique, overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.editing import copies
from core.editing.grouping import group, ungroup
from core.editing.naming import free_block_name
from core.editing.routes import block_at, counted
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Instance
from desktop.commands import editing
from desktop.menus.reasons import no_project
from desktop.selection import instances_of

if TYPE_CHECKING:
    from desktop.document import Document
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of the Blocks menu."""
    _going(window)
    _making(window)
    _overriding(window)


def _going(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    add("blocks.enter", "&Enter", lambda: space.open_path(_one(window)), menu="Blocks|1", shortcut="Alt+Down",
        tip="Enter the selected rack or block", why_not=lambda: _why_not_one(window.document))  # fmt: skip
    add("view.leave", "Go &Up", lambda: _leave(window), menu="Blocks|1", shortcut="Alt+Up", icon_name="up",
        tip="Leave the block that was entered",
        why_not=lambda: no_project(window) or _is_outermost(window))  # fmt: skip
    add("blocks.select_copies", "Select All &Copies", lambda: _select_copies(window), menu="Blocks|1",
        tip="Select every copy of the drawing that the selection places",
        why_not=lambda: _why_no_instance(window.document))  # fmt: skip
    add("blocks.select_differing", "Select Copies That &Differ", lambda: _select_differing(window),
        menu="Blocks|1", tip="Select what has overrides that make it differ from its drawing",
        why_not=lambda: no_project(window) or _why_none_differ(window.document))  # fmt: skip


def _making(window: MainWindow) -> None:
    add = window.actions_.add
    only = add(
        "blocks.only_this",
        "Edit &Only This One",
        lambda: _set_only_this(window),
        menu="Blocks|2",
        shortcut="U",
        checkable=True,
        tip="Edits give the selected copy a drawing of its own instead of altering all copies",
        why_not=lambda: no_project(window),
    )
    window.document_changed.connect(lambda: _follow_scope(window, only))
    add("edit.unique", "Make U&nique", _do(window, editing.make_unique_selected), menu="Blocks|2",
        tip="Give this copy a drawing of its own",
        why_not=lambda: editing.why_not_unique(window.document))  # fmt: skip
    add("blocks.group", "&Group into a Block", _do(window, _group), menu="Blocks|2", shortcut="Ctrl+G",
        tip="Make a block of what is selected; it can then be placed again",
        why_not=lambda: editing.why_not_on_floor(window.document))  # fmt: skip
    add("blocks.ungroup", "Di&ssolve Block", _do(window, _ungroup), menu="Blocks|2", shortcut="Ctrl+Shift+G",
        tip="Put what the selected block holds into the block around it",
        why_not=lambda: _why_no_floor_instance(window.document))  # fmt: skip


def _overriding(window: MainWindow) -> None:
    add = window.actions_.add
    add("blocks.linked", "&Linked Blocks …", window.dialogs.linked_blocks, menu="Blocks|4",
        tip="Drawings taken from other files at a pinned version",
        why_not=lambda: no_project(window))  # fmt: skip
    add("blocks.absent", "Make &Absent", _do(window, lambda d: _set_absent(d, True)), menu="Blocks|3",
        tip="Leave what is selected out of the design; its place stays",
        why_not=lambda: editing.why_no_selection(window.document))  # fmt: skip
    add("blocks.present", "Make &Present", _do(window, lambda d: _set_absent(d, False)), menu="Blocks|3",
        tip="Bring back what was made absent", why_not=lambda: _why_none_absent(window.document))  # fmt: skip
    add("blocks.clear", "Clear O&verrides", _do(window, _clear), menu="Blocks|3",
        tip="Take what is selected, with all inside, back to what its drawing says",
        why_not=lambda: _why_nothing_own(window.document))  # fmt: skip
    add("blocks.apply", "Apply to All Cop&ies", _do(window, _apply), menu="Blocks|3",
        tip="Write what the selected things have of their own into the drawing, for all copies",
        why_not=lambda: _why_nothing_own(window.document))  # fmt: skip


def _do(window: MainWindow, command: object) -> object:
    return lambda: window.attempt(lambda: command(window.document))  # type: ignore[operator]


def _one(window: MainWindow) -> str:
    assert window.document is not None
    return window.document.selection.paths[0]


def _why_not_one(document: Document | None) -> str:
    reason = _why_no_instance(document)
    if reason or document is None:
        return reason
    return "" if len(document.selection.paths) == 1 else "select one placed rack or block"


def _why_no_instance(document: Document | None) -> str:
    reason = editing.why_no_selection(document)
    if reason or document is None:
        return reason
    first = document.project.resolve(document.top, document.selection.paths[0])
    return "" if isinstance(first, Instance) else "select a placed rack or block"


def _why_no_floor_instance(document: Document | None) -> str:
    reason = _why_no_instance(document)
    if reason or document is None:
        return reason
    block = document.project.blocks.get(document.block_at(document.selection.paths[0]))
    return "" if block is not None and block.kind == "floor" else "a rack has no floor to dissolve into"


def _why_none_differ(document: Document | None) -> str:
    return "" if document is None or document.differences() else "nothing differs from its drawing"


def _why_none_absent(document: Document | None) -> str:
    reason = editing.why_no_selection(document)
    if reason or document is None:
        return reason
    own = document.differences()
    chosen = document.selection.paths
    return "" if any("absent" in own.get(path, ()) for path in chosen) else "nothing selected is absent"


def _why_nothing_own(document: Document | None) -> str:
    reason = editing.why_no_selection(document)
    if reason or document is None:
        return reason
    if not any(True for _ in document.project.every("overrides")):
        return "there are no overrides"
    return ""


def _leave(window: MainWindow) -> None:
    """Go one block up."""
    assert window.document is not None
    window.document.selection.leave()
    window.workspace.hall.fit()


def _is_outermost(window: MainWindow) -> str:
    assert window.document is not None
    return "" if window.document.selection.entered else "this is the outermost block"


def _select_copies(window: MainWindow) -> None:
    document = window.document
    assert document is not None
    blocks = dict.fromkeys(i.of for _, i in instances_of(document.project, document.selection.paths))
    found = [path for block in blocks for path in copies.paths_of(document.project, block)]
    document.selection.set(found)
    window.say("1 copy selected" if len(found) == 1 else f"{len(found):,} copies selected")


def _select_differing(window: MainWindow) -> None:
    document = window.document
    assert document is not None
    chosen = dict.fromkeys(i.of for _, i in instances_of(document.project, document.selection.paths))
    different = document.differences()
    if chosen:
        found = [
            p for b in chosen for p in copies.differing(list(copies.paths_of(document.project, b)), different)
        ]
    else:
        found = list(different)
    if not found:
        window.complain("none of the copies differs from its drawing")
        return
    document.selection.set(found)
    window.say(f"{counted(len(found), 'thing')} that differ selected")


def _set_only_this(window: MainWindow) -> None:
    if window.document is not None:
        window.document.set_only_this(window.actions_["blocks.only_this"].isChecked())


def _follow_scope(window: MainWindow, only: object) -> None:
    document = window.document
    if document is not None:
        document.scope_changed.connect(lambda: only.setChecked(document.only_this))  # type: ignore[attr-defined]
        only.setChecked(document.only_this)  # type: ignore[attr-defined]


def _group(document: Document) -> None:
    holders = editing.holders_of(document)
    if len(holders) != 1:
        raise EditError("the selection is spread over several floors", cure="Group what stands on one floor")
    ((holder, ids),) = holders.items()
    edit = document.edit("Group into a block", holder)
    placed = group(edit, block_at(edit, document.top, holder), ids, free_block_name(edit, "Unit 1"))
    if document.commit_edit(edit):
        document.selection.set([f"{holder}/{placed.id}".lstrip("/")])


def _ungroup(document: Document) -> None:
    found = [path for path, _ in instances_of(document.project, document.selection.paths)]
    edit = document.edit("Dissolve block", *(path.rpartition("/")[0] for path in found))
    inside = []
    for path in found:
        holder, _, last = path.rpartition("/")
        ids = ungroup(edit, block_at(edit, document.top, holder), last)
        inside += [f"{holder}/{i}".lstrip("/") for i in ids]
    if document.commit_edit(edit):
        document.selection.set(inside)


def _set_absent(document: Document, absent: bool) -> None:
    edit = Edit(document.project, "Make absent" if absent else "Make present")
    copies.set_absent(edit, document.selection.paths, absent)
    document.commit_edit(edit)


def _clear(document: Document) -> None:
    edit = Edit(document.project, "Clear overrides")
    done = sum(copies.clear(edit, path, within=True) for path in document.selection.paths)
    if not done:
        raise EditError("nothing selected has anything of its own")
    edit.notes.append(f"{counted(done, 'field')} as the drawing has it")
    document.commit_edit(edit)


def _apply(document: Document) -> None:
    edit = Edit(document.project, "Apply to all copies")
    done = sum(copies.apply_to_all(edit, path) for path in document.selection.paths)
    edit.notes.append(f"{counted(done, 'field')} written into the drawing")
    document.commit_edit(edit)
