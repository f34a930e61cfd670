"""Lists of devices, racks, cables, ports and materials: counted by hand, filtered, sorted, there and back."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.fields import Thing, set_fields
from core.editing.fields_table import plan_fields
from core.editing.overrides import set_override
from core.engine.evaluation import evaluate
from core.files.delimited import parse_delimited
from core.report.csv_text import csv_bytes
from core.report.lists.cells import Numbers, Texts, sorted_rows
from core.report.lists.kinds import KINDS
from core.report.lists.listing import Listing, Source
from core.report.lists.placed import Placed
from core.report.lists.query import FilterError, matching, parse
from tests.editing.factory import Bench, small_hall


class Case:
    """The small hall: su-1 and su-2 of ra (node-1, node-2, a PDU) and rb (leaf-1); rs (spine-1)."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.ids = small_hall(self.bench)
        self.project = self.bench.project

    def path(self, *names: str) -> str:
        return "/".join(self.ids[name] for name in names)

    def list(self, name: str) -> Listing:
        evaluation = evaluate(self.project)
        kind = next(kind for kind in KINDS if kind.name == name)
        return Listing(kind, Source(evaluation, Placed(self.project, evaluation.snapshot)))

    def texts(self, name: str, *columns: str, rows=None) -> list[tuple[str, ...]]:
        found = self.list(name)
        wanted = found.rows if rows is None else rows
        return [tuple(found.cells(c).text(int(row)) for c in columns) for row in wanted]

    def set(self, path: str, only_this: bool = False, cable: int | None = None, **fields: object) -> None:
        edit = self.bench.edit()
        set_fields(edit, self.project.top, [(Thing(path, cable), fields)], only_this=only_this)
        self.bench.commit(edit)


@pytest.fixture
def case() -> Case:
    return Case()


def filtered(found: Listing, text: str, column: str) -> list[str]:
    shown = [c.name for c in found.kind.columns if c.shown]
    rows = matching(found, parse(found.kind, text), shown)
    return [found.cells(column).text(int(row)) for row in rows]


def test_devices_with_place_unit_and_type(case: Case) -> None:
    rows = case.texts("devices", "path", "half_u", "type.name", "type.kind")
    assert sorted(rows) == sorted(
        [
            *(
                row
                for su in ("su-1", "su-2")
                for row in (
                    (f"{su} / ra / node-1", "U1", "Node", "server"),
                    (f"{su} / ra / node-2", "U9", "Node", "server"),
                    (f"{su} / ra / pdu-1", "left", "PDU", "rack-pdu"),
                    (f"{su} / rb / leaf-1", "U40", "Leaf", "switch"),
                )
            ),
            ("rs / spine-1", "U40", "Leaf", "switch"),
        ]
    )


def test_names_and_fields_in_force(case: Case) -> None:
    case.set(case.path("su1", "ra", "node"), True, name="special", status="installed")
    case.set(case.path("su2"), True, name="second")
    rows = dict(zip(*zip(*case.texts("devices", "path", "status"), strict=True), strict=True))
    assert rows["su-1 / ra / special"] == "installed"
    assert rows["second / ra / node-1"] == ""
    edit = case.bench.edit()
    set_override(edit, case.ids["su"], case.path("ra", "node"), note="inner")
    set_override(edit, case.project.top, case.path("su1", "ra", "node"), note="outer")
    case.bench.commit(edit)
    notes = dict(case.texts("devices", "path", "note"))
    assert (notes["su-1 / ra / special"], notes["second / ra / node-1"]) == ("outer", "inner")


def test_racks_with_units_and_tags(case: Case) -> None:
    case.set(case.path("rs"), asset_tag="R-9")
    rows = case.texts("racks", "path", "drawing", "used", "free", "accelerators", "asset_tag", "y_mm")
    # Two nodes of 8 units; 42 units in a rack; 8 accelerators in a node.
    assert ("su-2 / ra", "Node rack", "16", "26", "16", "", "3,000") in rows
    assert ("rs", "Spine rack", "1", "41", "0", "R-9", "0") in rows
    assert len(rows) == 5


def test_absent_things_are_in_no_list(case: Case) -> None:
    case.set(case.path("su1", "ra"), True, absent=True)
    assert len(case.texts("racks", "name")) == 4
    assert len(case.texts("devices", "name")) == 6
    assert len(case.list("cables").rows) == 2 + 2 + 2  # cords and data of su-2, two to the spine


def test_cables_and_single_cables_of_a_trunk(case: Case) -> None:
    rows = case.texts("cables", "from", "from_port", "to", "to_port", "layer")
    assert ("su-2 / ra / node-1", "osfp1/2", "su-2 / rb / leaf-1", "osfp1/2", "data") in rows
    assert len(rows) == 2 * (2 + 2) + 2
    (link,) = case.project.links(case.ids["su"]).values()
    case.set(f"{case.ids['su1']}/{link.id}", True, name="K")
    case.set(f"{case.ids['su1']}/{link.id}", True, cable=1, length_m=9.0, note="long")
    rows = case.texts("cables", "name", "length_m", "note")
    assert ("K-1", "", "") in rows
    assert ("K-2", "9", "long") in rows
    assert sum(name != "" for name, _, _ in rows) == 2


def test_every_port_its_state_and_far_end(case: Case) -> None:
    rows = case.texts("ports", "device", "port", "state", "far", "far_port")
    # node: 4 + 6 + 1 ports, PDU 25, leaf 32 + 2 + 1.
    assert len(rows) == 2 * (2 * 11 + 25 + 35) + 35
    found = {(device, port): rest for device, port, *rest in rows}
    assert found["su-1 / rb / leaf-1", "osfp17"] == ["used", "rs / spine-1", "osfp1/1"]
    assert found["rs / spine-1", "osfp2"] == ["used", "su-2 / rb / leaf-1", "osfp17/1"]
    assert found["su-1 / rb / leaf-1", "osfp1"] == ["used by 2 links", "su-1 / ra / node-1", "osfp1/1"]
    assert found["su-1 / rb / leaf-1", "osfp2"] == ["free", "", ""]
    assert found["su-2 / ra / pdu-1", "inlet"] == ["fed from A", "", ""]
    used = sum(state.startswith("used") for _, _, state, _, _ in rows)
    assert used == 2 * (2 * 2 + 2) + 4  # cords and a split cage at both ends in each unit, two links above


def test_materials_are_those_of_the_engine(case: Case) -> None:
    cost = evaluate(case.project).cost
    rows = case.texts("materials", "part", "count")
    assert rows == [(row.type.name, f"{row.count:,}") for row in cost.rows]
    assert ("Node", "4") in rows


def test_filter_by_words_columns_and_comparisons(case: Case) -> None:
    devices = case.list("devices")
    assert filtered(devices, "su-1 node", "path") == ["su-1 / ra / node-1", "su-1 / ra / node-2"]
    assert filtered(devices, "type:leaf -su", "path") == ["rs / spine-1"]
    assert filtered(devices, 'rack="su-2 / rb"', "name") == ["leaf-1"]
    assert set(filtered(devices, "unit>=9 kind:server", "name")) == {"node-2"}
    assert len(filtered(devices, "kg>=130", "name")) == 4
    assert filtered(devices, "kg<130", "name") == []  # what is not known is not below anything
    racks = case.list("racks")
    assert filtered(racks, "used>10 y=3000", "path") == ["su-2 / ra"]
    assert filtered(racks, 'drawing!="leaf rack" x>0', "path") == ["rs"]
    for text, problem in (
        ("colour:red", "there is no column 'colour'"),
        ("used>", "lacks its number"),
        ("used>lots", "'lots' is no number"),
        ("s:x", "'s' may be"),
    ):
        with pytest.raises(FilterError, match=problem):
            filtered(racks, text, "name")


def test_values_with_counts_and_what_is_let_through(case: Case) -> None:
    devices = case.list("devices")
    assert devices.counts("type.name", devices.rows) == [("Leaf", 3), ("Node", 4), ("PDU", 2)]
    rows = matching(devices, [], ["name"], {"type.name": {"PDU", "Leaf"}, "holder": {"su-1 / ra", "rs"}})
    assert [devices.cells("type.name").text(int(row)) for row in rows] == ["PDU", "Leaf"]


def test_sorting_is_natural_stable_and_puts_the_unknown_last() -> None:
    texts = Texts(np.array([0, 1, -1, 0, 2]), ["r10", "r9", ""])
    rows = np.arange(5)
    assert sorted_rows(rows, texts.rank).tolist() == [1, 0, 3, 2, 4]
    assert sorted_rows(rows, texts.rank, descending=True).tolist()[-1] == 1
    numbers = Numbers(np.array([3.0, np.nan, 1.0, 3.0]))
    assert sorted_rows(np.arange(4), numbers.rank, descending=True).tolist() == [0, 3, 2, 1]


@given(st.lists(st.integers(-(2**40), 2**40), max_size=50), st.booleans())
def test_sorting_integers_is_a_stable_sort(values: list[int], descending: bool) -> None:
    rank, rows = np.array(values, np.int64), np.arange(len(values))
    found = sorted_rows(rows, rank, descending=descending).tolist()
    assert found == sorted(range(len(values)), key=lambda i: -values[i] if descending else values[i])


def test_the_unknown_is_said_and_a_sum_without_all_parts_is_a_lower_bound() -> None:
    cells = Numbers(np.array([1234.5, np.nan, 3.0]), least=np.array([False, False, True]))
    assert [cells.text(k) for k in range(3)] == ["1,234", "unknown", "≥ 3"]
    assert [cells.plain(k) for k in range(3)] == ["1234.5", "", "3"]


def test_rows_and_paths_of_all_kinds(case: Case) -> None:
    for name in ("devices", "racks", "cables"):
        found = case.list(name)
        placed, kind = found.source.placed, found.kind.thing
        paths = [placed.path(kind, int(row)) for row in found.rows]
        assert all(case.project.resolve(case.project.top, path) is not None for path in paths)
        for row, path in zip(found.rows.tolist(), paths, strict=True):
            assert row in placed.rows_of(kind, [path])
        many = np.tile(found.rows, 200 // len(found.rows) + 1)
        assert placed.paths(kind, many)[: len(paths)] == paths
    assert len(placed.rows_of("cable", ["nowhere/x", "gone"])) == 0


def test_copied_text_has_headings_and_keeps_order(case: Case) -> None:
    racks = case.list("racks")
    rows = racks.sorted(racks.rows, "free", descending=True)[:2]
    assert racks.as_text(rows, ["name", "free"]) == "Name\tFree [U]\nrb\t41\nrb\t41\n"


WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12
).map(lambda text: " ".join(text.split()))


@given(st.lists(WORDS.filter(bool), min_size=9, max_size=9), st.sampled_from(["devices", "racks", "cables"]))
def test_an_exported_list_is_imported_without_a_change(notes: list[str], name: str) -> None:
    from core.model.check import clean_name

    case = Case()
    listing = case.list(name)
    edit = case.bench.edit()
    things = [
        Thing(path) for path in dict.fromkeys(listing.source.placed.paths(listing.kind.thing, listing.rows))
    ]
    fields = [
        {"note": clean_name(note), "asset_tag": f"{clean_name(note)} {at}", "status": "planned"}
        for at, note in enumerate(notes)
    ]
    set_fields(edit, case.project.top, zip(things, fields, strict=False), only_this=True)
    case.bench.commit(edit)
    listing = case.list(name)
    columns = [column.name for column in listing.kind.columns]
    data = listing.as_csv(listing.rows, columns)
    plan = plan_fields(case.project, parse_delimited(data, "export.csv"))
    assert plan.count("unchanged") == len(listing.rows), plan.summary


@given(st.lists(st.text("=+-@\t'a1", max_size=4), min_size=1, max_size=3))
def test_guarded_cells_are_read_as_they_were(cells: list[str]) -> None:
    data = csv_bytes(["x"] * len(cells), [["end", *cells[1:]], cells])
    rows = parse_delimited(data, "f").rows
    if any(cell.strip() for cell in cells):
        assert rows[1].cells == cells
    for row in list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]:
        assert not any(cell[:1] in "=@\t" and cell for cell in row)
