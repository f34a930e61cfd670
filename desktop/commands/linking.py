"""What the Link menu does to the selection: disconnect, open and bundle trunks, go to the other ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from core.editing.cabling.connect import disconnect
from core.editing.cabling.reroute import CableEnd, ends_at, socket_of
from core.editing.cabling.trunks import bundle, open_trunk
from core.editing.routes import counted, join, keys_along
from core.errors import EditError
from core.model.records import Link
from desktop.canvas.tools.reroute import picked_box
from desktop.document import Document
from desktop.selection import links_of

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


AROUND_MM = 500.0
"""What is shown to the left and right of a port that is gone to."""


_picked: WeakKeyDictionary[Document, tuple[object, list[CableEnd]]] = WeakKeyDictionary()


class Found(NamedTuple):
    """A link at something selected."""

    path: str
    link: Link
    far: tuple[str, ...]
    """Paths of its ends that are not at the selection."""


def links_at(document: Document, paths: Iterable[str]) -> list[Found]:
    """Return the links that end at devices or lead out of placed blocks, and links among the paths."""
    project, top = document.project, document.top
    chosen = list(dict.fromkeys(paths))
    found: dict[str, Found] = {}
    tails: dict[tuple[str, str], set[str]] = {}
    for path in chosen:
        record = project.resolve(top, path)
        if isinstance(record, Link):
            head = path.rpartition("/")[0]
            found[path] = Found(path, record, tuple(join(head, e.path) for e in (record.a, record.b)))
            continue
        steps = path.split("/")
        for depth, (block, _) in enumerate(keys_along(project, top, path)):
            tails.setdefault(("/".join(steps[:depth]), block), set()).add("/".join(steps[depth:]))
    for (holder, block), ends in tails.items():
        for link in project.links(block).values():
            here = [_touches(end.path, ends) for end in (link.a, link.b)]
            path = join(holder, link.id)
            if any(here) and path not in found:
                pairs = zip((link.a, link.b), here, strict=True)
                found[path] = Found(
                    path, link, tuple(join(holder, e.path) for e, is_in in pairs if not is_in)
                )
    return list(found.values())


def _touches(path: str, ends: set[str]) -> bool:
    steps = path.split("/")
    return any("/".join(steps[:length]) in ends for length in range(1, len(steps) + 1))


def picked_ends(document: Document) -> list[CableEnd]:
    """Return the cables in the port that is picked out; looked up once, as several commands ask."""
    port = document.selection.port
    if port is None:
        return []
    asked = (document.project.stamp, port)
    known = _picked.get(document)
    if known is None or known[0] != asked:
        known = _picked[document] = (asked, ends_at(document.project, document.top, *port))
    return known[1]


def why_no_links(document: Document | None) -> str:
    """Say why the selection has no links; cheap, so that a menu can ask."""
    if document is None:
        return "no project is open"
    if not document.selection.paths:
        return "nothing is selected"
    port = document.selection.port
    if port is not None:
        return "" if picked_ends(document) else f"nothing is plugged into {port[1]}"
    return ""


def disconnect_selected(document: Document) -> None:
    """Remove the links of the selected devices, the cables of the port picked out, or the links selected.

    Raises
    ------
    EditError
        If there are none.
    """
    gone: dict[str, set[int]] = {}
    if document.selection.port is not None:
        for end in picked_ends(document):
            gone.setdefault(end.link, set()).add(end.cable)
    else:
        gone = {found.path: set() for found in links_at(document, document.selection.paths)}
    if not gone:
        raise EditError("nothing is plugged in there", cure="Select a device, a port or a link")
    keep = document.selection.paths, document.selection.port
    edit = document.edit("Disconnect", *{path.rpartition("/")[0] for path in gone})
    cables, done = 0, set()
    for path, numbers in gone.items():
        link = edit.resolve(document.top, path)
        if isinstance(link, Link) and link.key not in done:
            done.add(link.key)
            cables += len(numbers) or link.count
            disconnect(edit, link.block, link.id, numbers)
    edit.label = f"Disconnect {counted(cables, 'cable')}"
    if document.commit_edit(edit):
        document.noted.emit(". ".join(dict.fromkeys([f"{counted(cables, 'cable')} removed", *edit.notes])))
        if keep[1] is not None:
            document.selection.pick_port(*keep[1])


def why_no_trunk(document: Document | None) -> str:
    """Say why no trunk can be opened."""
    reason = why_no_links(document)
    if reason or document is None:
        return reason
    chosen = links_of(document.project, document.selection.paths)
    return "" if any(link.count > 1 for _, link in chosen) else "select a trunk of several cables"


def open_selected(document: Document) -> None:
    """Open the selected trunks into single cables."""
    chosen = [(p, link) for p, link in links_of(document.project, document.selection.paths) if link.count > 1]
    edit = document.edit("Open trunk into cables", *(path.rpartition("/")[0] for path, _ in chosen))
    paths = []
    for path, link in _distinct(edit, document.top, [path for path, _ in chosen]):
        head = path.rpartition("/")[0]
        paths += [join(head, single.id) for single in open_trunk(edit, link.block, link.id)]
    if document.commit_edit(edit):
        document.selection.set(paths)
        document.noted.emit(f"Opened into {counted(len(paths), 'cable')}")


def why_no_bundle(document: Document | None) -> str:
    """Say why nothing can be bundled; what is alike is found when it is done."""
    reason = why_no_links(document)
    if reason or document is None:
        return reason
    chosen = links_of(document.project, document.selection.paths)
    if len(chosen) == 1 and len(document.selection.paths) == 1:
        return "select two or more links between the same two devices, or the devices"
    return ""


def bundle_selected(document: Document) -> None:
    """Bundle the selected links, or all links among the selected devices, by pairs of devices.

    Raises
    ------
    EditError
        If no two of them join the same devices and are alike.
    """
    selected = set(document.selection.paths)
    chosen = links_of(document.project, document.selection.paths)
    if not chosen:
        between = [f for f in links_at(document, selected) if not f.far or len(selected) == 1]
        chosen = [(found.path, found.link) for found in between]
    edit = document.edit("Bundle into trunk", *(path.rpartition("/")[0] for path, _ in chosen))
    pairs: dict[tuple[object, ...], list[tuple[str, Link]]] = {}
    for path, link in _distinct(edit, document.top, [path for path, _ in chosen]):
        alike = (link.layer, link.fabric, link.cable, link.colour, link.phase, link.scope, link.note)
        ends = frozenset((link.a.path, link.b.path))
        pairs.setdefault((path.rpartition("/")[0], ends, *alike), []).append((path, link))
    groups = [members for members in pairs.values() if len(members) > 1]
    if not groups:
        raise EditError(
            "no two links join the same devices and are alike",
            cure="Links of a trunk share fabric, cable type, colour, phase and note",
        )
    paths = []
    for members in groups:
        made = bundle(edit, members[0][1].block, [link.id for _, link in members])
        paths.append(join(members[0][0].rpartition("/")[0], made.id))
    if document.commit_edit(edit):
        document.selection.set(paths)


def _distinct(edit: object, top: str, paths: Iterable[str]) -> Iterator[tuple[str, Link]]:
    """Yield the links at paths, of several copies of one drawing the first."""
    done = set()
    for path in paths:
        link = edit.resolve(top, path)  # type: ignore[attr-defined]
        if isinstance(link, Link) and link.key not in done:
            done.add(link.key)
            yield path, link


def select_links(document: Document) -> None:
    """Select the links of what is selected.

    Raises
    ------
    EditError
        If there are none.
    """
    if document.selection.port is not None:
        paths = [end.link for end in picked_ends(document)]
    else:
        paths = [found.path for found in links_at(document, document.selection.paths)]
    if not paths:
        raise EditError("nothing is plugged in there", cure="Select a device, a rack or a port")
    document.selection.set(paths)
    document.noted.emit(f"{counted(len(dict.fromkeys(paths)), 'link')} selected")


def far_ends(document: Document) -> list[str]:
    """Return the devices at the other ends of the links of what is selected."""
    if document.selection.port is not None:
        ends = [end._replace(end="b" if end.end == "a" else "a") for end in picked_ends(document)]
        found = [socket_of(document.project, document.top, end)[0] for end in ends]
    else:
        found = [far for at in links_at(document, document.selection.paths) for far in at.far]
    return list(dict.fromkeys(found))


def select_far_ends(window: MainWindow) -> None:
    """Select the devices at the other ends; from one port to another, that port.

    Raises
    ------
    EditError
        If there are none.
    """
    document = window.document
    assert document is not None
    cables = picked_ends(document)
    if len(cables) == 1:
        far = cables[0]._replace(end="b" if cables[0].end == "a" else "a")
        path, token = socket_of(document.project, document.top, far)
        go_to_port(window, path, token.partition("/")[0])
        return
    paths = far_ends(document)
    if not paths:
        raise EditError("nothing is plugged in there", cure="Select a device, a rack, a port or a link")
    document.selection.set(paths)
    document.noted.emit(f"{counted(len(paths), 'device')} at the other ends selected")


def go_to_port(window: MainWindow, path: str, port: str) -> None:
    """Bring a device into view and pick out one of its ports."""
    if window.document is None:
        return
    racks = window.workspace.racks
    window.workspace.show_paths([path])
    window.document.selection.pick_port(path, port)
    box = picked_box(racks) if window.workspace.view is racks else None
    seen = racks.mapToScene(racks.viewport().rect()).boundingRect()
    if box is not None and not (racks.shows_ports and seen.contains(box)):
        racks.show_box(box.adjusted(-AROUND_MM, -AROUND_MM / 2, AROUND_MM, AROUND_MM / 2))
