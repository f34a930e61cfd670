"""The set as a PDF: text, sizes, fonts, links, attachments, bytes, cancelling."""

import hashlib
import io
import re

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import pytest

from core.drawing.plan import footprints
from core.errors import CagenutError
from core.files.project_file import encode
from core.model.change import Edit
from core.model.project import Project
from core.report.context import CancelledError
from core.report.fonts import LEAST_MM
from core.report.paper import PAPERS
from core.report.specification import make_specification, verify
from core.rules.finding import Report
from tests.engine.designs import Design
from tests.report.conftest import texts_of
from tests.report.samples import hall, issued, unit

POINT = 72 / 25.4


def _page(pages, id_):
    """Return the text of the sheet with a number, which stands in its title block."""
    found = [text for text in pages if re.search(rf"^{re.escape(id_)}\r?$", text, re.M)]
    return next(t for t in found if "Sheet of set" in t and re.search(rf"Sheet\s+{re.escape(id_)}\s", t))


def _flat(text):
    return re.sub(r"[\s\ufffe\u00ad]+", "", text)


def test_the_series_are_all_there(hall_pages):
    text = hall_pages[0]
    for id_ in ("G-001", "G-002", "G-003", "G-004", "G-005", "A-101", "R-201", "T-501", "T-601", "T-701",
                "B-901", "C-951"):  # fmt: skip
        assert id_ in text, id_


def test_every_sheet_says_which_it_is_and_whose(hall_pdf, hall_pages):
    short = hashlib.sha256(_attached(hall_pdf)).hexdigest()[:12]
    for number, text in enumerate(hall_pages, start=1):
        assert f"{number} of {len(hall_pages)}" in text
        assert f"sha256 {short}" in text
        assert "Cedar Point AI Hall" in text


def test_every_device_name_is_printed(unit_pages):
    project = unit()
    everything = _flat(" ".join(unit_pages))
    for device in project.every("devices"):
        if device.name:
            assert _flat(device.name) in everything


def test_tags_are_the_same_on_plan_elevation_schedule_and_label(unit_pages):
    project = unit()
    things = footprints(project, "su")
    plan = _flat(" ".join(t for t in unit_pages if "Floor plan" in t and "Scale 1:" in t))
    elevations = _flat(" ".join(t for t in unit_pages if "Where it stands" in t))
    schedule = [t for t in unit_pages if "Label at A" in t]
    joined = _flat(" ".join(schedule))
    for tag, is_rack in zip(things.tags, things.is_rack, strict=True):
        assert _flat(tag) in plan
        if is_rack:
            assert _flat(tag) in elevations
            assert _flat(tag) in joined
    # The label of a cable holds the tag of the rack and the unit that its row prints.
    assert _flat("R01 U6 CT-01 nic1") in joined
    assert _flat("R01-U6:nic1 / N01-U1:osfp1/1") in joined


def test_a_cable_has_one_number_in_schedule_and_port_map(unit_pages):
    schedule = next(t for t in unit_pages if "R01-U6:nic1 / N01-U1:osfp1/1" in t)
    number = re.search(r"(C-\d+)\s+Compute\s+R01\s+U6\s+CT-01\s+nic1\b", schedule)[1]
    ports = next(
        t for t in unit_pages if "Port maps" in t and re.search(r"osfp1/1\s", t) and "N01/LEAF-1" in t
    )
    assert re.search(rf"osfp1/1\s+{number}\s", ports)


def test_the_sheets_say_from_where_they_measure(hall_pages):
    plans = [t for t in hall_pages if "Scale 1:" in t]
    assert sum("Dimensions from the datum, where x and y are 0" in t for t in plans) == 1
    assert sum("relative to the front left corner of Scalable unit" in t for t in plans) == 1
    elevation = next(t for t in hall_pages if "Where it stands" in t)
    assert _flat("Front left corner, mm from datum") in _flat(elevation)
    schedule = next(t for t in hall_pages if "Block or type" in t)
    assert "front left corner, mm from the datum of A-101" in schedule
    assert not any("datum at x" in t for t in hall_pages)


def test_a_position_is_the_same_in_schedule_and_elevation(hall_pages):
    # SU-1 stands at 2400, 2400 and its racks side by side.
    schedule = next(t for t in hall_pages if "Block or type" in t)
    assert re.search(r"SU-1/R02 Compute rack R-2\d\d 600 × 1068 × 2236 3000 2400", schedule)
    assert any(re.search(r"SU-1/R02\s+3000, 2400", t) for t in hall_pages if "Where it stands" in t)


def test_a_plan_with_short_tags_says_how_they_are_put_together():
    project = hall(units=1, racks=2)
    edit = Edit(project, "large")
    edit.replace("areas", ("hall", "room"), points=((0, 0), (90_000, 0), (90_000, 50_000), (0, 50_000)))
    project.apply(edit.change())
    pages = texts_of(make_specification(project, findings=Report()))
    floor, enlarged = (t for t in pages if "Tag of a rack: group / name" in t)
    for text in (floor, enlarged):
        assert re.search(r"For example (\S+) in SU-1 is SU-1/\1\.", " ".join(text.split()))


def test_the_legend_says_what_text_heights_are(unit_pages):
    legend = _flat(next(t for t in unit_pages if "Abbreviations" in t))
    assert _flat("nominal font size: 2.5 mm at least at print size") in legend
    assert _flat("about 1.8 mm high") in legend


def test_what_is_not_known_is_a_dash_in_the_bill(unit_pages):
    bill = next(t for t in unit_pages if "USD low" in t)
    assert "- : not known" in bill
    assert "unknown" not in bill


def test_networks_speak_of_links(unit_pages):
    notes = [t for t in unit_pages if "What the lines stand for" in t]
    assert notes
    assert all(re.search(r"\d links of ", t) and not re.search(r"\d cables of ", t) for t in notes)


def test_port_maps_number_the_ports_of_the_picture_and_gather_spare_ones(unit_pages):
    pages = [t for t in unit_pages if "Port maps" in t and "N01/SPINE-1" in t and "Peer port" in t]
    text = " ".join(pages)
    assert re.search(r"osfp\d+ to 64\s+\d+ spare", text)
    lines = " ".join(text.split())
    assert "61 62 63 64" in lines or all(re.search(rf"\b{n}\b", lines) for n in range(1, 65))


def test_the_cover_uses_what_the_index_leaves():
    design = Design()
    design.rack("rack")
    design.place("rack", "r1")
    cover = texts_of(make_specification(design.project, findings=Report()))[0]
    assert "Airflow" in cover
    assert "Units used" in cover


def test_no_letter_is_smaller_than_the_rule(unit_pdf, hall_pdf):
    for data in (unit_pdf, hall_pdf):
        smallest = min(size for size in _sizes(data))
        assert smallest >= LEAST_MM * POINT - 0.01


def _sizes(data):
    document = pypdfium2.PdfDocument(data)
    for page in document:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
            size = raw.c_float()
            raw.FPDFTextObj_GetFontSize(item.raw, size)
            a, b, *_ = item.get_matrix().get()
            # The vertical scale of the text matrix: one, as only the width is ever condensed.
            yield size.value * abs((item.get_matrix().d ** 2 + item.get_matrix().c ** 2) ** 0.5)
            assert a or b
    document.close()


def test_all_fonts_are_embedded(hall_pdf):
    with pikepdf.open(io.BytesIO(hall_pdf)) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.FontDescriptor


def test_version_language_labels_outline_and_links(hall_pdf, hall_pages):
    with pikepdf.open(io.BytesIO(hall_pdf)) as pdf:
        assert pdf.pdf_version == "1.7"
        assert str(pdf.Root.Lang) == "en"
        labels = pdf.Root.PageLabels.Nums
        assert len(labels) == 2 * len(hall_pages)
        assert str(labels[1].P) == "G-001"
        with pdf.open_outline() as outline:
            groups = [item.title for item in outline.root]
            assert groups[0] == "General"
            assert sum(len(item.children) for item in outline.root) == len(hall_pages)
        links = [a for a in pdf.pages[0].get("/Annots", []) if a.Subtype == "/Link"]
        assert len(links) >= 15


def _attached(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.attachments["design.cage"].get_file().read_bytes()


def test_the_design_is_attached_and_round_trips(unit_pdf):
    assert _attached(unit_pdf) == encode(unit())
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf:
        spec = pdf.Root.AF[0]
        assert spec.AFRelationship == pikepdf.Name.Source
        assert pdf.attachments["design.cage"].get_file().mime_type == "application/json"


def test_the_full_schedule_is_attached(hall_pdf):
    with pikepdf.open(io.BytesIO(hall_pdf)) as pdf:
        text = pdf.attachments["cable-schedule.csv"].get_file().read_bytes().decode()
    # 4 units of 576 + 576 + 280 + 9 cables, less five of an absent tray; and the head.
    assert text.count("\r\n") == 4 * 1441 - 5 + 1


def test_same_input_same_bytes():
    first = make_specification(unit(racks=2), findings=Report())
    assert make_specification(unit(racks=2), findings=Report()) == first


def test_draft_until_purpose_and_approver(unit_pages, hall_pages):
    assert all("DRAFT" in text for text in unit_pages)
    assert not any("DRAFT - not issued" in text for text in hall_pages)
    assert all("Issued for construction" in text for text in hall_pages)
    project = issued(unit(racks=1))
    edit = Edit(project, "no approver")
    edit.replace("revisions", ("", "r1"), approver=" ")
    project.apply(edit.change())
    assert all("DRAFT - not issued" in t for t in texts_of(make_specification(project, findings=Report())))


HOSTILE = (
    "<b>bold</b>", "a & b", "</para>", "((\\)", "%s {0} \\n", "=1+1", "Kühlung Ω→µ",
    "sha256 0123456789ab", "x" * 128, "many words " * 11,
)  # fmt: skip


@pytest.mark.parametrize("at", range(3))
def test_hostile_names_are_printed_as_they_are(at):
    """Each on a device; those of one rack, block and fabric are others in each set."""
    project = hall(units=1, racks=1)
    edit = Edit(project, "names")
    for number, name in enumerate(HOSTILE):
        edit.replace("devices", ("nvl", f"ct{number}"), name=name)
    rack, block, fabric = HOSTILE[at::3][:3]
    edit.replace("instances", ("su", "r0"), name=rack)
    edit.replace("blocks", ("", "hall"), name=block)
    edit.replace("fabrics", ("", "compute"), name=fabric)
    project.apply(edit.change())
    data = make_specification(project, findings=Report())
    pages = [_flat(text) for text in texts_of(data)]
    for name in HOSTILE:
        assert sum(_flat(name) in text for text in pages) >= (3 if name in (rack, block, fabric) else 2), name
    assert verify(data).ok


def test_signs_without_a_glyph_are_reported():
    project = unit(racks=1)
    edit = Edit(project, "names")
    edit.replace("instances", ("su", "r0"), name="机架 1")
    project.apply(edit.change())
    control = texts_of(make_specification(project, findings=Report()))[1]
    assert "U+673A, U+67B6" in control


@pytest.mark.parametrize("paper", list(PAPERS))
def test_papers(paper):
    data = make_specification(unit(racks=2), paper=paper, findings=Report())
    document = pypdfium2.PdfDocument(data)
    width, height = document[0].get_size()
    assert (width, height) == pytest.approx(
        (PAPERS[paper].width * POINT, PAPERS[paper].height * POINT), abs=0.05
    )
    document.close()
    assert min(_sizes(data)) >= LEAST_MM * POINT - 0.01


def test_progress_counts_the_sheets():
    calls = []
    data = make_specification(unit(racks=1), progress=lambda *a: calls.append(a), findings=Report())
    total = len(texts_of(data))
    drawn = [c for c in calls if c[1] == total]
    assert [c[0] for c in drawn] == list(range(total + 1))


def test_cancel_stops_within_a_sheet():
    project = unit()
    asked = 0

    def count() -> bool:
        nonlocal asked
        asked += 1
        return False

    sheets = []
    make_specification(project, cancelled=count, progress=lambda *a: sheets.append(a), findings=Report())
    assert asked > 1.5 * len(sheets)  # oftener than once for each sheet
    limit = asked - 10

    def stop() -> bool:
        nonlocal limit
        limit -= 1
        return limit < 0

    with pytest.raises(CancelledError):
        make_specification(project, cancelled=stop, findings=Report())


def test_nothing_to_print_is_refused():
    with pytest.raises(CagenutError, match="nothing to print"):
        make_specification(Project())


def test_a_rack_alone_can_be_printed():
    project = unit(racks=1)
    edit = Edit(project, "top")
    edit.replace("settings", ("", "top"), value="nvl")
    project.apply(edit.change())
    pages = texts_of(make_specification(project, findings=Report()))
    assert any("Rack elevation" in text for text in pages)


def test_bytes_do_not_hang_on_the_hash_seed():
    import os
    import subprocess
    import sys

    code = (
        "import hashlib; from tests.report.samples import hall; from core.rules.finding import Report;"
        "from core.report.specification import make_specification;"
        "print(hashlib.sha256(make_specification(hall(units=1, racks=1), findings=Report())).hexdigest())"
    )
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_findings_are_printed_with_names_and_waivers_with_reasons():
    pages = texts_of(make_specification(hall(units=1)))
    report = next(t for t in pages if "Design-rule report" in t and "Findings open" in t)
    assert "Agreed with the landlord" in " ".join(pages)
    assert re.search(r"\d+ error, \d+ warning, \d+ info", report)
