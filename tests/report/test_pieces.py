"""Links are not cables: schedule, bill of materials and engine count the same pieces."""

import csv
import io
from collections import Counter
from importlib.resources import files

import pytest

from core.engine.evaluation import evaluate
from core.files.project_file import encode, load
from core.report.context import Context
from core.report.paper import paper_of
from core.report.sheets import port_maps, schedule
from core.report.sheets.schedule import CSV_NAME

EXAMPLES = ("hall", "superpod-gb200-su", "superpod-h100-su")


@pytest.fixture(scope="module", params=EXAMPLES)
def context(request):
    project = load(files("resources") / "examples" / f"{request.param}.cage")[0]
    made = Context(project, paper_of("A3"), encode(project), evaluation=evaluate(project))
    schedule.sheets(made)
    return made


@pytest.fixture(scope="module")
def rows(context):
    return list(csv.DictReader(io.StringIO(context.extras[CSV_NAME].decode())))


def test_schedule_bill_and_engine_agree(context, rows):
    cost, found = context.evaluation.cost, context.evaluation.quantities
    billed = Counter()
    for row in cost.rows:
        if row.section == "cables":
            billed[row.type.part_number or row.type.name, f"{row.length_m:.1f}"] += row.count
    first = [row for row in rows if row["Link"] in ("", "1 of 2")]
    # a tap-off plugs onto its busway: a joint without a cable
    plugged = [row for row in first if row["A port"].startswith("tap") and row["Fabric"] == "power"]
    assert all(row["Part"] == "plugs on, no cable" for row in plugged)
    ordered = [row for row in first if row not in plugged]
    assert Counter((row["Part"], row["Order m"]) for row in ordered) == billed
    assert context.pieces == len(first) == len({row["Cable"] for row in rows})
    assert len(ordered) == sum(billed.values())
    data = [cable for cable in context.cables if cable.link.layer == "data"]
    assert sum(cable.is_first for cable in data) == found["cables"].value
    assert len(data) == found["links"].value


def test_metres_count_each_piece_once(context, rows):
    metres = sum(float(row["Order m"]) for row in rows if row["Order m"])
    billed = sum(r.count * r.length_m for r in context.evaluation.cost.rows if r.section == "cables")
    assert metres == pytest.approx(billed)
    parts = [schedule.part_of(context, cable) for cable in context.cables]
    *_, links, pieces, total = schedule._summary(context, context.cables, parts).rows[-1]
    numbers = [int("".join(c for c in text if c.isdigit())) for text in (links, pieces, total)]
    assert numbers == [len(rows), context.pieces, round(billed)]


def test_both_links_of_a_piece_stand_together_with_one_pair_of_labels(rows):
    seconds = [at for at, row in enumerate(rows) if row["Link"] == "2 of 2"]
    assert seconds
    for at in seconds:
        assert rows[at - 1]["Cable"] == rows[at]["Cable"]
        assert rows[at - 1]["Link"] == "1 of 2"
        assert rows[at]["Label at A (the other end is reversed)"] == "labels of its link 1"


def test_port_maps_show_every_port_once(context):
    ported = port_maps._ported(context)
    assert ported
    for one in ported:
        spare = 0
        for port, cable, peer, _ in one.shown:
            if not cable:
                spare += int(peer.split()[0]) if peer != "spare" else 1
            assert port
        assert spare == one.ports - len(one.used)
        assert len({cable for _, cable, *_ in one.shown if cable}) == sum(bool(r[1]) for r in one.shown)


def test_several_devices_share_a_sheet(context):
    sheets = port_maps.sheets(context)
    assert len(sheets) < 0.6 * len(port_maps._ported(context))
