"""The commands on generated fabrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands that generate fabrics and keep what was made."""
    add, attempt = window.actions_.add, window.attempt
    add(
        "fabrics.generate",
        "&Generate a Fabric …",
        lambda: _open(window, ""),
        menu="Link|2",
        shortcut="Ctrl+Shift+N",
        icon_name="network",
        tip="Choose a network for the hosts here, or for a new hall, and have it placed and wired",
        why_not=lambda: no_project(window),
    )
    add(
        "fabrics.again",
        "Generate A&gain …",
        lambda: _open(window, _fabric_of(window)),
        menu="Link|2",
        tip="Give the fabric shown in the network view, or that of what is selected, other parameters",
        why_not=lambda: no_project(window) or _why_no_fabric(window),
    )
    add(
        "fabrics.pin",
        "&Pin Switches to Their Place",
        lambda: attempt(lambda: _pin(window, on=True)),
        menu="Link|2",
        tip="Keep the selected switches where they are when their fabric is generated again",
        why_not=lambda: no_project(window) or _why_no_pin(window, on=True),
    )
    add(
        "fabrics.unpin",
        "&Unpin Switches",
        lambda: attempt(lambda: _pin(window, on=False)),
        menu="Link|2",
        tip="Let the selected switches move again when their fabric is generated",
        why_not=lambda: no_project(window) or _why_no_pin(window, on=False),
    )


def _open(window: MainWindow, fabric: str) -> None:
    """Show the window; one that is open already comes to the front."""
    from desktop.dialogs.generating.window import GenerateDialog

    shown = next((d for d in window.findChildren(GenerateDialog) if d.isVisible()), None)
    if shown is not None and not fabric:
        shown.raise_()
        shown.activateWindow()
        return
    if shown is not None:
        shown.reject()
    GenerateDialog(window, fabric).show()


def _fabric_of(window: MainWindow) -> str:
    """Return the fabric of what is selected, else the one in the network view, else the only one."""
    from core.model.records import Link

    document = window.document
    assert document is not None
    project = document.project
    for path in document.selection.paths[:1]:
        record = project.resolve(document.top, path)
        if isinstance(record, Link) and record.fabric:
            return record.fabric
    shown = window.workspace.network.fabric
    return shown if shown in project.fabrics else next(iter(project.fabrics), "")


def _why_no_fabric(window: MainWindow) -> str:
    assert window.document is not None
    return "" if window.document.project.fabrics else "the design has no fabric yet"


def _selected_switches(window: MainWindow) -> list[str]:
    """Return the paths of the selected switches."""
    from core.model.records import Device
    from core.model.types import SWITCH_KINDS, DeviceType

    document = window.document
    assert document is not None
    found = []
    for path in document.selection.paths:
        record = document.project.resolve(document.top, path)
        spec = document.project.find_type(record.type) if isinstance(record, Device) else None
        if isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS:
            found.append(path)
    return found


def _why_no_pin(window: MainWindow, *, on: bool) -> str:
    assert window.document is not None
    generated = [record for record in window.document.project.fabrics.values() if record.family]
    if not generated:
        return "no fabric of the design was generated"
    if not on and not any(record.pins for record in generated):
        return "no switch is pinned"
    return "" if _selected_switches(window) else "no switch is selected"


def _pin(window: MainWindow, *, on: bool) -> None:
    """Pin or unpin the selected switches in each generated fabric that they belong to."""
    from core.editing.laying.pins import pin, unpin
    from core.editing.laying.standing import standing_switches
    from core.errors import EditError
    from core.model.change import Edit

    document = window.document
    assert document is not None
    project, wanted = document.project, _selected_switches(window)
    edit = Edit(
        project, f"{'Pin' if on else 'Unpin'} {len(wanted):,} {'switch' if len(wanted) == 1 else 'switches'}"
    )
    count = 0
    for record in project.fabrics.values():
        if not record.family:
            continue
        standing = {s.path: s.is_pinned for s in standing_switches(project, project.top, record)}
        mine = [path for path in wanted if path in standing and standing[path] != on]
        if mine:
            (pin if on else unpin)(edit, record.id, mine)
            count += len(mine)
    if not count:
        raise EditError(
            f"the selected switches are {'pinned already, or' if on else 'not pinned, or'} of no fabric"
        )
    edit.notes.append("They stay when their fabric is generated again" if on else "They may move again")
    document.commit_edit(edit)
