"""Draws the templates and examples that ship with the program: `python -m resources.build_designs`.

The same source gives the same bytes; a test holds the files in the repository against a fresh drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from core.editing.blocks import new_floor_block, place_instance
from core.files.project_file import encode
from core.files.writing import write_safely
from core.model.project import Project
from core.model.records import Block
from resources.designs import dgx_racks, dgx_unit, nvl72_halls, nvl72_racks, nvl72_unit
from resources.designs.draft import Draft

HERE = Path(__file__).resolve().parent

EXAMPLES: dict[str, Callable[[], Project]] = {
    "superpod-h100-su": dgx_unit.example,
    "superpod-gb200-su": nvl72_halls.example,
    "hall": nvl72_halls.hall_example,
}


def _nvl72_unit(draft: Draft) -> Block:
    return nvl72_unit.Unit(draft).wire()


TEMPLATES: dict[str, tuple[str, str, Callable[[Draft], Block]]] = {
    "rack-dgx-h100-x4": ("r01", "ABC", dgx_racks.h100_rack),
    "rack-dgx-b200-x2": ("r01", "ABC", dgx_racks.b200_rack),
    "rack-h100-fabric": ("net-1", "AB", dgx_racks.h100_network_rack),
    "rack-management": ("mgmt-1", "AB", dgx_racks.management_rack),
    "rack-nvl72-gb200": ("r01", "AB", nvl72_racks.gb200_rack),
    "rack-nvl72-gb300": ("r01", "AB", nvl72_racks.gb300_rack),
    "rack-gb200-rail": ("rail-1", "AB", nvl72_racks.rail_rack),
    "su-dgx-h100": ("su-1", "ABC", dgx_unit.scalable_unit),
    "su-gb200": ("su-1", "AB", _nvl72_unit),
}
"""Name of the instance, power sources and the function that draws the block, by name of the file."""


def template(name: str) -> Project:
    """Return a template: its block placed once on an otherwise empty floor."""
    placed, sources, draw = TEMPLATES[name]
    draft = Draft(name)
    floor = new_floor_block(draft.edit, "Template")
    draft.sources(sources)
    if "gb200" in name or "gb300" in name:
        nvl72_unit.fabrics(draft)
    else:
        dgx_unit.fabrics(draft)
    block = draw(draft)
    place_instance(draft.edit, floor.id, block.id, name=placed)
    _drop_unused_fabrics(draft)
    return draft.finish(template=block.id)


def _drop_unused_fabrics(draft: Draft) -> None:
    used = {link.fabric for link in draft.edit.every("links")}
    for fabric in [f for f in draft.edit.fabrics.values() if f.id not in used]:
        draft.edit.remove("fabrics", fabric.key)


def designs() -> Iterator[tuple[Path, bytes]]:
    """Yield path and content of every file."""
    for name in TEMPLATES:
        yield HERE / "templates" / f"{name}.cage", encode(template(name))
    for name, draw in EXAMPLES.items():
        yield HERE / "examples" / f"{name}.cage", encode(draw())


def main() -> None:
    """Write all files."""
    for path, data in designs():
        path.parent.mkdir(exist_ok=True)
        write_safely(path, data)


if __name__ == "__main__":
    main()
