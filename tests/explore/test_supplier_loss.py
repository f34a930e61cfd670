"""What stops without a supplier, and what a swap does: on the H100 example, against an edit by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from core.catalogue.library import Library
from core.engine.evaluation import Evaluation, evaluate
from core.errors import CagenutError
from core.explore.part_swap import swap, swapped
from core.explore.supplier_loss import loss_of
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Alternate, LinkedBlock

ROOT = Path(__file__).parents[2]
LIBRARY = Library.builtin()
DGX, B200 = "nvidia-dgx-h100", "nvidia-dgx-b200"


def fresh() -> Project:
    return load(ROOT / "resources/examples/superpod-h100-su.cage")[0]


@cache
def before() -> Evaluation:
    return evaluate(fresh())


def test_without_the_supplier_of_the_servers_all_racks_wait() -> None:
    """Eight racks of servers, and those of the switches."""
    found = loss_of(before(), LIBRARY, supplier="NVIDIA")
    assert found.share == pytest.approx(before().supply.suppliers.of("NVIDIA"))
    assert found.stopped[0].line.type.id == DGX
    assert found.stopped[0].racks == 8
    assert found.racks == 10
    assert all(one.weeks is None for one in found.stopped)
    offered = found.stopped[0].offered
    assert offered
    assert all(LIBRARY.get(one).maker != "NVIDIA" for one in offered)


def test_another_supplier_of_the_same_part_stops_nothing() -> None:
    project = fresh()
    record = project.rows("types")[DGX]
    edit = Edit(project, "Two suppliers")
    edit.replace("types", ("", DGX), spec=_with(record.spec, suppliers=("NVIDIA", "Second")))
    History(project).commit(edit.change())
    found = loss_of(evaluate(project), LIBRARY, part=DGX)
    assert found.stopped[0].others == ()
    (stopped,) = [
        one
        for one in loss_of(evaluate(project), LIBRARY, supplier="NVIDIA").stopped
        if one.line.type.id == DGX
    ]
    assert (stopped.others, stopped.weeks) == (("Second",), 0.0)


def test_an_alternate_of_the_project_is_named() -> None:
    project = fresh()
    edit = Edit(project, "Name it")
    edit.put("alternates", Alternate(id="a", of=DGX, by="oem-mi300x-8u"))
    History(project).commit(edit.change())
    (stopped,) = [
        one for one in loss_of(evaluate(project), LIBRARY, part=DGX).stopped if one.line.type.id == DGX
    ]
    assert stopped.alternates == ("oem-mi300x-8u",)


def test_a_part_that_comes_later_is_waited_for() -> None:
    found = loss_of(before(), LIBRARY, part=DGX, weeks=6)
    assert found.stopped[0].weeks == 6
    assert found.what == "DGX H100 for 6 weeks"


@pytest.mark.parametrize("asked", [{"supplier": "Nobody"}, {"country": "Nowhere"}, {"part": "nothing"}])
def test_what_is_not_there_cannot_be_lost(asked: dict[str, str]) -> None:
    with pytest.raises(CagenutError, match=r"nothing of the design comes|no part is called"):
        loss_of(before(), LIBRARY, **asked)


def test_a_swap_is_what_the_engine_finds_after_the_edit() -> None:
    """31 servers of 10.2 kW become 31 of 14.3 kW and twice the height of two units."""
    found = swapped(fresh(), LIBRARY, DGX, B200, before())
    assert not found.refit.left
    assert not found.refit.misfits
    project = fresh()
    history = History(project)
    edit = Edit(project, "Swap")
    swap(edit, LIBRARY, DGX, B200)
    history.commit(edit.change())
    after = evaluate(project).quantities
    for one in found.differences:
        assert one.after.value == after[one.after.name].value
    by_name = {one.before.name: one for one in found.differences}
    assert by_name["power_max_w"].after.value == pytest.approx(
        before().quantities["power_max_w"].value + 31 * (14_300 - 10_200)  # type: ignore[operator]
    )
    assert "accelerators" not in by_name
    assert found.over == ("Worst rack, maximum", "Capex, high")
    history.undo()
    assert project.same_records(fresh())


def test_the_design_itself_stays_as_it_was() -> None:
    project = fresh()
    swapped(project, LIBRARY, DGX, B200)
    assert project.same_records(fresh())


@pytest.mark.parametrize(
    ("of", "by", "said"), [("nothing", B200, "stands anywhere"), (DGX, "cat6a", "no device type")]
)
def test_impossible_swaps_are_told(of: str, by: str, said: str) -> None:
    with pytest.raises(CagenutError, match=said):
        swapped(fresh(), LIBRARY, of, by)


def _with(spec: object, **fields: object) -> object:
    import msgspec

    return msgspec.structs.replace(spec, **fields)  # type: ignore[type-var]


def test_what_a_swap_breaks_is_said_by_aspect() -> None:
    """The cages of the Gaudi server take other parts: 248 cables of 31 hosts of 8 ports are without one."""
    found = swapped(fresh(), LIBRARY, DGX, "intel-gaudi3-8oam", before())
    assert found.obstacles == {
        "Mechanical": (),
        "Electrical": (),
        "Ports": ("248 more: No qualified part reaches",),
        "Cooling": (),
        "Workloads": tuple(
            f"{name} does not run: the scale-up rate of Gaudi 3 HL-325L (OAM) is not known"
            for name in ("Train 8B", "Serve chat")
        ),
    }
    assert not found.fits
    alike = swapped(fresh(), LIBRARY, DGX, "dell-xe9680-h100", before())
    assert not any(alike.obstacles.values())


def test_what_nobody_knows_of_a_candidate_is_no_fit_and_no_figure() -> None:
    """The liquid-cooled server has no hose, CDU, depth, mass or price: none of this may look like a gain."""
    found = swapped(fresh(), LIBRARY, DGX, "dell-xe9680l", before())
    assert found.verdict("Mechanical") == "unknown (1)"
    assert found.unknown["Mechanical"] == ("depth of PowerEdge XE9680L",)
    assert "coolant loop: neither CDU nor hose is drawn" in found.unknown["Cooling"]
    assert found.verdict("Ports") == "fits"
    assert found.verdict("Taste") == ""
    assert not found.fits
    mass = next(one for one in found.differences if one.before.name == "mass_kg")
    assert mass.after.text.startswith("≥ ")
    assert mass.ratio is None
    gaudi = swapped(fresh(), LIBRARY, DGX, "intel-gaudi3-8oam", before())
    capital = next(one for one in gaudi.differences if one.before.name == "capex_usd")
    assert capital.after.text.startswith("≥ ")
    assert any(name.startswith("Gaudi 3") for name in capital.after.lacking)
    assert capital.ratio is None


def test_an_optic_is_replaced_by_one_that_reaches_as_far() -> None:
    optic = LIBRARY.get("nvidia-mma4z00-ns")
    reach = optic.reach_m  # type: ignore[union-attr]
    other = {
        name: _with(optic, id=name, maker="Other", reach_m=far)
        for name, far in (("short", reach / 2), ("same", reach), ("long", 2 * reach))
    }
    library = Library({**{spec.id: spec for spec in LIBRARY}, **other})  # type: ignore[dict-item]
    (stopped,) = loss_of(before(), library, part=optic.id).stopped
    assert stopped.offered == ("long", "same")


def test_racks_wait_for_the_cables_and_optics_of_their_links() -> None:
    """The flat-top optics are those of the servers: in the eight racks they stand in, and at the far ends."""
    (stopped,) = loss_of(before(), LIBRARY, part="nvidia-mma4z00-ns-flt").stopped
    assert stopped.racks == 9
    (stopped,) = loss_of(before(), LIBRARY, part="cat6a").stopped
    assert stopped.racks == 10


def test_a_country_that_is_lost_leaves_the_others() -> None:
    """Made in two countries a part goes on; put together only in the one that is lost it stops."""
    for made, assembled, left in (
        (("CN", "MX"), (), ("MX",)),
        (("CN", "MX"), ("CN",), ()),
        (("CN", "MX"), ("CN", "US"), ("MX",)),
        (("CN",), ("US",), ()),
    ):
        project = fresh()
        edit = Edit(project, "Origin")
        record = project.rows("types")[DGX]
        edit.replace("types", ("", DGX), spec=_with(record.spec, made_in=made, assembled_in=assembled))
        edit.put("alternates", Alternate(id="a", of=DGX, by="oem-mi300x-8u"))
        History(project).commit(edit.change())
        (stopped,) = loss_of(evaluate(project), LIBRARY, country="CN").stopped
        assert stopped.others == left
        assert stopped.alternates == ()  # nobody states where the alternate comes from


def test_what_is_linked_stays_in_a_swap_and_is_listed() -> None:
    project = fresh()
    edit = Edit(project, "Link")
    rack = next(d.block for d in project.every("devices") if d.type == DGX)
    edit.put("linked", LinkedBlock(id="l", file="rack.cage", of="r", members={"r": rack}))
    History(project).commit(edit.change())
    found = swapped(project, LIBRARY, DGX, B200)
    inside = [d for d in project.devices(rack).values() if d.type == DGX]
    assert len(found.refit.left) == len(inside)
    assert found.obstacles["Mechanical"][0].endswith("it is linked from rack.cage")
