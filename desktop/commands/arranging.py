"""What the Arrange menu does to the selection: turn, align, space, flip, swap, fill, reserve."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.catalogue.library import Library
from core.editing import align
from core.editing.arrange import mirror
from core.editing.fill import fill_blanks
from core.editing.reserve import release
from core.editing.routes import block_at
from core.editing.swap import swap_devices, swap_things
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, Instance
from desktop.commands.editing import turn_on_grid
from desktop.commands.picked import picked
from desktop.document import Document
from desktop.pinning import pin_offer

Act = Callable[[Edit, str, list[str]], object]

# Why something cannot be done now.


def why_not_on_floor(document: Document | None, least: int = 1) -> str:
    """Say why the selection cannot be arranged on a floor."""
    reason = _nothing(document)
    if reason or document is None:
        return reason
    found = picked(document)
    count = max((len(ids) for ids in found.floor.values()), default=0)
    if not count or found.racked or found.others:
        return "select what stands on a floor, and nothing else"
    return "" if count >= least else f"select {least} things or more on one floor"


def why_not_in_rack(document: Document | None, least: int = 1) -> str:
    """Say why the selection cannot be arranged in a rack."""
    reason = _nothing(document)
    if reason or document is None:
        return reason
    found = picked(document)
    count = max((len(ids) for ids in found.racked.values()), default=0)
    if not count or found.floor or found.others:
        return "select devices in racks, and nothing else"
    return "" if count >= least else f"select {least} devices or more of one rack"


def why_not_one_holder(document: Document | None) -> str:
    """Say why there is no one floor or rack that holds the whole selection."""
    reason = _nothing(document)
    if reason or document is None:
        return reason
    found = picked(document)
    if found.others:
        return "cables cannot be placed"
    return "" if len(found.holders) == 1 else "the selection is spread over several racks or floors"


def why_no_rack(document: Document | None) -> str:
    """Say why no rack is chosen."""
    reason = _nothing(document)
    if reason or document is None:
        return reason
    return "" if chosen_racks(document) else "select a rack, or a device in one"


def why_nothing_reserved(document: Document | None) -> str:
    """Say why nothing can be given free."""
    reason = why_no_rack(document)
    if reason or document is None:
        return reason
    blocks = (document.project.blocks[document.block_at(path)] for path in chosen_racks(document))
    return "" if any(block.reserved for block in blocks) else "nothing is reserved in this rack"


def why_not_swap(document: Document | None) -> str:
    """Say why the selection cannot change places."""
    reason = _nothing(document)
    if reason or document is None:
        return reason
    found = picked(document)
    if len(document.selection.paths) != 2 or found.others:
        return "select two devices, or two racks of one floor"
    if found.floor and (found.racked or len(found.floor) > 1):
        return "only things of one floor, or devices in racks, can change places"
    return ""


def _nothing(document: Document | None) -> str:
    if document is None:
        return "no project is open"
    return "" if document.selection.paths else "nothing is selected"


def chosen_racks(document: Document) -> list[str]:
    """Return the paths of the racks that are selected, or that hold what is."""
    found = picked(document)
    holders = [h for h in found.racked if h or document.project.blocks[document.top].kind == "rack"]
    return list(dict.fromkeys([*found.racks, *holders]))


# On a floor.


def rotate_selected(document: Document, quarters: int) -> None:
    """Turn what is selected on a floor by quarter turns about its middle."""
    _on_floors(document, "Rotate", lambda edit, block, ids: turn_on_grid(edit, block, ids, quarters))


def mirror_selected(document: Document) -> None:
    """Mirror what is selected on a floor, left to right."""
    _on_floors(document, "Mirror", mirror)


def align_selected(document: Document, line: align.Line) -> None:
    """Line up what is selected on a floor."""
    _on_floors(document, "Align", lambda edit, block, ids: align.align(edit, block, ids, line))


def distribute_selected(document: Document, axis: align.Axis, by: str) -> None:
    """Space what is selected on a floor evenly."""
    _on_floors(
        document,
        "Space evenly",
        lambda edit, block, ids: align.distribute(
            edit, block, ids, axis, "pitch" if by == "pitch" else "gap"
        ),
    )


# In a rack.


def stack_selected(document: Document, upwards: bool) -> None:
    """Close the gaps between the selected devices of each rack."""
    _in_racks(document, "Stack", lambda edit, block, ids: align.stack(edit, block, ids, upwards=upwards))


def spread_selected(document: Document) -> None:
    """Space the selected devices of each rack evenly."""
    _in_racks(document, "Spread", align.spread)


def flip_selected(document: Document) -> None:
    """Mount the selected devices from the other face of their rack."""
    _in_racks(document, "Flip front and rear", align.flip)


def fill_with_blanks(document: Document, library: Library) -> None:
    """Close the free units of the selected racks with blanking panels."""
    racks = chosen_racks(document)
    edit = document.edit("Fill with blanking panels", *racks)
    for block in _blocks(edit, document, racks):
        fill_blanks(edit, library, block)
    document.commit_edit(edit)


def release_selected(document: Document) -> None:
    """Give free what is reserved in the selected racks."""
    racks = chosen_racks(document)
    edit = document.edit("Free reserved units", *racks)
    freed = 0
    for block in _blocks(edit, document, racks):
        freed += release(edit, block) if edit.blocks[block].reserved else 0
    if document.commit_edit(edit):
        document.noted.emit(f"{freed / 2:g} units are free again")


# Both.


def swap_selected(document: Document) -> None:
    """Let the two selected things change places."""
    one, other = document.selection.paths
    swap_paths(document, one, other)


def swap_paths(document: Document, one: str, other: str) -> list[str]:
    """Let two things change places and select them where they are then."""
    edit, paths = swap_edit(document, one, other)
    if document.commit_edit(edit):
        document.selection.set(paths)
    return paths


def swap_edit(document: Document, one: str, other: str) -> tuple[Edit, list[str]]:
    """Return the edit that lets two things change places, and their paths after it."""
    names = [document.label_of(path).rpartition(" / ")[2] for path in (one, other)]
    holders = [path.rpartition("/")[0] for path in (one, other)]
    edit = document.edit(f"Swap {names[0]} and {names[1]}", *holders)
    block = block_at(edit, document.top, holders[0])
    if edit.blocks[block].kind == "floor" and holders[0] == holders[1]:
        swap_things(edit, block, one.rpartition("/")[2], other.rpartition("/")[2])
        paths = [one, other]
    else:
        paths = list(swap_devices(edit, document.top, one, other))
    edit.notes += pin_offer(edit, paths)
    return edit, paths


def has_devices(document: Document) -> bool:
    """Tell whether devices are among what is selected."""
    found = picked(document)
    rows = document.project.devices
    return bool(found.racked) or any(
        i in rows(document.block_at(holder)) for holder, ids in found.floor.items() for i in ids
    )


def has_instances(document: Document) -> bool:
    """Tell whether placed racks or blocks are among what is selected."""
    rows = document.project.instances
    return any(
        i in rows(document.block_at(holder)) for holder, ids in picked(document).floor.items() for i in ids
    )


def selected_devices(document: Document) -> list[Device]:
    """Return the records of the selected devices, in racks and on floors, each once."""
    project, found = document.project, {}
    for holder, ids in picked(document).holders.items():
        rows = project.devices(document.block_at(holder))
        found.update({id(rows[i]): rows[i] for i in ids if i in rows})
    return list(found.values())


def selected_instances(document: Document) -> list[Instance]:
    """Return the records of the selected instances, each once."""
    project, found = document.project, {}
    for holder, ids in picked(document).floor.items():
        rows = project.instances(document.block_at(holder))
        found.update({id(rows[i]): rows[i] for i in ids if i in rows})
    return list(found.values())


def _on_floors(document: Document, words: str, act: Act) -> None:
    _arrange(document, words, picked(document).floor, act)


def _in_racks(document: Document, words: str, act: Act) -> None:
    _arrange(document, words, picked(document).racked, act)


def _arrange(document: Document, words: str, holders: dict[str, list[str]], act: Act) -> None:
    """Do something in each block once, however many of its copies hold what is selected."""
    edit = document.edit(words, *holders)
    by_block: dict[str, list[str]] = {}
    for holder, ids in holders.items():
        chosen = by_block.setdefault(block_at(edit, document.top, holder), [])
        known = set(chosen)
        chosen.extend(i for i in ids if i not in known)
    if not by_block:
        raise EditError("nothing that can be arranged is selected")
    for block, ids in by_block.items():
        act(edit, block, ids)
    document.commit_edit(edit)


def _blocks(edit: Edit, document: Document, racks: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(block_at(edit, document.top, rack) for rack in racks))
