"""The project file: the same bytes for the same records, and one clear error for a bad file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.errors import CagenutError, FileError, RecordError
from core.files import migrations, project_file, writing
from core.files.canonical import _fragile, encode_lines, encode_record
from core.files.writing import ABSENT, FileConflictError
from core.model.change import Change, Delta, Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import TABLES, Block, Fabric, Setting, Workload
from tests.model.factories import device, server_type, small

LATER = ("models", "alternates", "linked")
"""Tables that format 1 did not have."""
GOLDEN = Path(__file__).parents[1] / "data" / "format-1.cage"


def raw() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project_file.encode(small()))
    return found


def test_every_table_is_in_the_small_project() -> None:
    assert list(raw())[2:] == list(TABLES)


def test_round_trip(tmp_path: Path) -> None:
    project, path = small(), tmp_path / "hall.cage"
    digest = project_file.save(project, path, ABSENT)
    loaded, found = project_file.load(path)
    assert loaded.same_records(project)
    assert loaded.id == "small"
    assert found == digest == writing.sha256(path.read_bytes())
    assert project_file.peek(path) == (migrations.FORMAT, "small")


def test_empty_project() -> None:
    data = project_file.encode(Project("p"))
    assert data == b'{"format":%d,"project":"p"}\n' % migrations.FORMAT
    assert project_file.decode(data, "x").count() == 0


def test_one_record_a_line_sorted_by_key() -> None:
    data = project_file.encode(small())
    json.loads(data)
    assert b"\r" not in data
    lines = data.decode().split("\n")
    links = lines[lines.index('"links":[') + 1 : lines.index('"overrides":[') - 1]
    rows = [json.loads(line.rstrip(",")) for line in links]
    assert [(r["block"], r["id"]) for r in rows] == [
        ("hall", "c1"), ("hall", "t1"), ("rack", "d1"), ("rack", "p1"),
    ]  # fmt: skip


def test_one_edit_is_one_line() -> None:
    project = small()
    before = project_file.encode(project).split(b"\n")
    old = project.instances("hall")["r1"]
    new = msgspec.structs.replace(old, x_mm=77)
    project.apply(Change("x", (Delta("instances", old.key, old, new),)))
    after = project_file.encode(project).split(b"\n")
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_equal_records_give_equal_bytes() -> None:
    """Defaults that are equal but another object, and dictionaries in another order."""
    face = "".join(["fro", "nt"])
    for table, a, b in (
        ("blocks", Block(id="b", name="n", kind="floor", grid_mm=int("600"), north_deg=float("0")),
         Block(id="b", name="n", kind="floor")),
        ("devices", device(face=face, modules={"b": "x", "a": "y"}),
         device(modules={"a": "y", "b": "x"})),
        ("fabrics", Fabric(id="f", name="f", parameters={"a": 1, "b": 2}, role="com" + "pute"[-4:]),
         Fabric(id="f", name="f", parameters={"b": 2, "a": 1})),
    ):  # fmt: skip
        assert a == b
        assert encode_record(table, a) == encode_record(table, b)
        assert encode_lines(table, [a]) == encode_lines(table, [b])
    assert b"height_u" not in msgspec.json.encode(server_type(height_u=0))
    types = small().rows("types")
    changed = msgspec.structs.replace(
        types["server8"], spec=server_type(height_u=float("0"), version=int("1"))
    )
    assert b"height_u" not in encode_record("types", changed)


def test_fields_whose_default_is_written_if_not_settled() -> None:
    assert dict(_fragile(Block)) == {"grid_mm": 600, "north_deg": 0.0}


@pytest.mark.parametrize("sort", [False, True])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_formatted_by_hand(sort: bool, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(raw(), sort_keys=sort, indent=indent, ensure_ascii=ascii_only)
    project = project_file.decode(text.encode(), "x")
    assert project.same_records(small())
    assert project_file.encode(project) == project_file.encode(small())


def test_line_ends_and_mark_of_other_editors() -> None:
    data = b"\xef\xbb\xbf" + project_file.encode(small()).replace(b"\n", b"\r\n")
    assert project_file.decode(data, "x").same_records(small())


def test_golden_file_of_format_1() -> None:
    """Kept for ever: every later version must read it as this project, less what later formats added."""
    project, _ = project_file.load(GOLDEN)
    expected = small()
    edit = Edit(expected, "Back to format 1")
    for table in LATER:
        for record_id in list(expected.rows(table)):
            edit.remove(table, ("", record_id))
    edit.put("workloads", Workload(id="w1", name="Dense", note="parameters: 405000000000.0"))
    History(expected).commit(edit.change())
    assert project.same_records(expected)


def test_golden_file_of_format_2() -> None:
    """The format of today: written again, it is the same bytes."""
    path = GOLDEN.with_name("format-2.cage")
    project, _ = project_file.load(path)
    assert project.same_records(small())
    if migrations.FORMAT == 2:
        assert path.read_bytes() == project_file.encode(small())


def test_newer_format_is_refused_by_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "hall.cage"
    data = b'{"format":9,"project":"p",\n"cables":[\n{"what":[[]]}\n]}\n'
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"format 9.*up to format 2"):
        project_file.load(path)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]
    swapped = b'{"cables":[{"what":[[]]}],"format":9,"project":"p"}'
    with pytest.raises(FileError, match=r"format 9.*up to format 2"):
        project_file.decode(swapped, "x")


def to_3(data: dict[str, Any]) -> dict[str, Any]:
    for row in data.get("blocks", ()):
        row["name"] = row["name"].upper()
    return data


def to_4(data: dict[str, Any]) -> dict[str, Any]:
    data["notes"] = [row for row in data["notes"] if row["id"] != "n1"]
    return data


def test_older_formats_migrate_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hall.cage"
    old = project_file.encode(small())
    path.write_bytes(old)
    monkeypatch.setattr(migrations, "FORMAT", 4)
    monkeypatch.setitem(migrations.STEPS, 2, to_3)
    monkeypatch.setitem(migrations.STEPS, 3, to_4)
    project, digest = project_file.load(path)
    assert project.blocks["hall"].name == "HALLE KÖLN"
    assert not project.rows("notes", "hall")
    assert path.read_bytes() == old
    project_file.save(project, path, digest)
    assert (tmp_path / "hall.cage.v2").read_bytes() == old
    assert path.read_bytes().startswith(b'{"format":4,')


def test_a_missing_or_failing_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'{"format":2,"project":"p","notes":[{"id":"n1"}]}'
    monkeypatch.setattr(migrations, "FORMAT", 4)
    with pytest.raises(FileError, match="cannot be brought to format 4"):
        project_file.decode(data, "x.cage")
    monkeypatch.setitem(migrations.STEPS, 2, lambda data: data["none"])
    with pytest.raises(FileError, match=r"x\.cage: format 2 with something missing"):
        project_file.decode(data, "x.cage")


def record(table: str, **fields: Any) -> bytes:
    """The small project with fields of the first record of a table replaced."""
    data = raw()
    data[table][0].update(fields)
    return canonical_lines(data)


def canonical_lines(data: dict[str, Any]) -> bytes:
    """One record a line, whatever is in it."""
    parts = [f'{{"format":{data["format"]},"project":"{data["project"]}"']
    for table, rows in data.items():
        if isinstance(rows, list):
            lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
            parts.append(f',\n"{table}":[\n{lines}\n]')
    return ("".join(parts) + "}\n").encode()


def text(old: str, new: str) -> bytes:
    """The small project with a piece of its text replaced."""
    data = project_file.encode(small()).decode()
    assert old in data
    return data.replace(old, new, 1).encode()


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def chain(levels: int) -> bytes:
    data = {"format": migrations.FORMAT, "project": "p", "blocks": [], "instances": []}
    for n in range(levels):
        data["blocks"].append({"id": f"b{n}", "name": "b", "kind": "floor"})  # type: ignore[attr-defined]
        data["instances"].append({"block": f"b{n}", "id": "i", "of": f"b{(n + 1) % levels}"})  # type: ignore[attr-defined]
    data["instances"].pop()  # type: ignore[attr-defined]
    return canonical_lines(data)


DEVICE = '"id":"cdu",'
HOSTILE = {
    "nan": (text('"x_mm":-5000', '"x_mm":NaN'), "NaN is no number"),
    "infinity": (text('"power_limit_w":9000.0', '"power_limit_w":-Infinity'), "Infinity is no number"),
    "overflow": (text('"power_limit_w":9000.0', '"power_limit_w":1e999'), "finite"),
    "huge integer": (text('"value":1.2', '"value":' + "9" * 400), "out of range"),
    "endless integer": (text('"value":1.2', '"value":' + "9" * 100_000), "limit"),
    "surrogate": (record("instances", name="\ud800"), "U+D800"),
    "surrogate in id": (record("instances", id="\udc00"), "instances record"),
    "control character": (record("instances", name="a\x0bb"), "U+000B"),
    "delete character": (record("instances", name="a\x7fb"), "U+007F"),
    "newline in a name": (record("instances", name="a\nb"), "U+000A"),
    "newline in an id": (record("notes", id="n1\n"), "id"),
    "direction override": (record("instances", name="a\u202eb"), "U+202E"),
    "not composed": (text("Köln", "Ko\u0308ln"), "normal form C"),
    "long name": (record("instances", name="x" * 129), "128"),
    "name twice": (text(DEVICE, DEVICE + '"type":"x",'), "'type' comes twice"),
    "table twice": (text('"notes":[', '"links":[],"notes":['), "'links' comes twice"),
    "record twice": (text('{"block":"hall","id":"r2"', '{"block":"hall","id":"r1"'), "same id"),
    "deep": (text('"x_mm":-5000', '"x_mm":' + nested(100_000)), "nested more than"),
    "deep table": (text('"notes":[', '"links":' + nested(100_000) + ',"notes":['), "comes twice"),
    "deep start": (nested(100_000).encode(), "no Cagenut project"),
    "deep object": (b'{"a":' * 100_000, "nested more than"),
    "unclosed": (b'{"a":' + b'{"a":' * 20, "never closed"),
    "quotes": (b'{"format":2,"project":"p","notes":[{"id":"' + b'\\"' * 500_000, "never closed"),
    "wrong type": (record("instances", x_mm="12"), "Expected `int`, got `str`"),
    "half millimetre": (record("instances", x_mm=1.5), "Expected `int`"),
    "unknown field": (record("instances", colour="red"), "unknown field `colour`"),
    "unknown choice": (record("instances", rotation=45), "Invalid enum value 45"),
    "missing field": (text('"of":"rack",', ""), "missing required field `of`"),
    "out of range": (record("instances", x_mm=10**12), "x_mm"),
    "no id": (record("instances", id=""), "needs an id"),
    "no block": (record("instances", block=""), "has a block"),
    "a block": (record("sources", block="hall"), "has no block"),
    "not a record": (text('"notes":[', '"notes":[7,'), "Expected `object`, got `int`"),
    "not a list": (b'{"format":2,"project":"p","notes":{}}', "must be a list"),
    "unknown table": (text('"notes":[', '"cables":['), "no table 'cables'"),
    "dangling type": (record("devices", type="nothing"), "'nothing' is no device type"),
    "dangling block": (record("instances", of="nothing"), "no block 'nothing'"),
    "dangling end": (text('"path":"r2/leaf"', '"path":"r3/leaf"'), "leads to no device"),
    "dangling port": (text('"osfp33"', '"osfp65"'), "no port 'osfp65'"),
    "dangling override": (record("overrides", path="r1/none"), "leads to nothing"),
    "dangling top": (text('"value":"hall"', '"value":"cellar"'), "'cellar', which does not exist"),
    "inside itself": (record("instances", of="hall"), "inside itself"),
    "inside itself, far": (chain(60).replace(b'"of":"b59"', b'"of":"b0"'), "inside itself"),
    "blocks 20,000 deep": (chain(20_000), "nested more than 64 deep"),
    "port bomb": (
        text('{"name":"osfp{1..64}"', 5 * '{"name":"x{1..4096}","layer":"data"},' + '{"name":"osfp{1..64}"'),
        "a device may have",
    ),
    "port pattern": (text("osfp{1..64}", "osfp{9..1}"), "osfp{9..1}"),
    "format text": (b'{"format":"1","project":"p"}', "positive number"),
    "format true": (b'{"format":true,"project":"p"}', "positive number"),
    "no format": (b'{"project":"p"}', "no format number"),
    "no project": (b'{"format":1}', "no id"),
    "project outside": (b'{"format":1,"project":"../../x"}', "letters and digits"),
    "empty": (b"", "no Cagenut project"),
    "binary": (bytes(range(256)), "UTF-8"),
    "cut short": (project_file.encode(small())[:-400], "line"),
    "more after the end": (project_file.encode(small()) + b"{}", "after the end"),
    "comma at the end": (text('metric"}', 'metric"},'), "expected a value"),
    "single quotes": (b"{'format':1}", "double quotes"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    data, problem = HOSTILE[name]
    begin = time.perf_counter()
    with pytest.raises(CagenutError) as caught:
        project_file.decode(data, "bad.cage")
    assert time.perf_counter() - begin < 1.0
    message = str(caught.value)
    assert problem in message
    assert caught.value.where.startswith("bad.cage")
    assert len(message) < 600
    message.encode()  # can be shown anywhere
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("nan", "devices record 'cdu'"),
        ("name twice", "devices record 'cdu'"),
        ("deep", "devices record 'cdu'"),
        ("control character", "instances record 'hall/r1'"),
        ("dangling type", "devices 'hall/cdu'"),
        ("dangling port", "links 'hall/t1'"),
        ("dangling block", "instances 'hall/r1'"),
    ],
)
def test_the_error_names_line_and_record(name: str, place: str) -> None:
    data, _ = HOSTILE[name]
    with pytest.raises(CagenutError) as caught:
        project_file.decode(data, "bad.cage")
    assert place in caught.value.where
    line = int(caught.value.where.split("line ")[1].split(",")[0])
    shown = data.decode().split("\n")[line - 1]
    assert shown.startswith('{"block":"hall"')
    for word in ("cdu", "r1", "t1"):
        if f"{word}'" in place:
            assert f'"id":"{word}"' in shown


def test_further_problems_are_counted() -> None:
    data = text('"path":"r2/leaf"', '"path":"r3/leaf"').replace(b'"of":"rack"', b'"of":"none"')
    with pytest.raises(RecordError, match=r"\(\d+ further problems\)"):
        project_file.decode(data, "x")


def test_what_loads_can_be_saved(tmp_path: Path) -> None:
    odd = "Straße №5 · 漢字 😀 \\ \"x\" 'y' <b>&amp;</b> =1+1"
    data = canonical_lines({**raw(), "notes": [{"block": "hall", "id": "n", "text": odd + "\nsecond"}]})
    project = project_file.decode(data, "x")
    project_file.save(project, tmp_path / "a.cage", ABSENT)
    assert project_file.load(tmp_path / "a.cage")[0].same_records(project)


def test_what_would_not_load_is_not_saved(tmp_path: Path) -> None:
    """A record that came in past the door must not cost the good file."""
    path = tmp_path / "hall.cage"
    project = small()
    digest = project_file.save(project, path, ABSENT)
    before = path.read_bytes()
    for value in (float("nan"), "a\x00b"):
        bad = Setting(id="odd", value=value)
        project.apply(Change("x", (Delta("settings", bad.key, project.get("settings", bad.key), bad),)))
        with pytest.raises(FileError, match="would not load"):
            project_file.save(project, path, digest)
    assert path.read_bytes() == before


def test_save_refuses_a_file_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "hall.cage"
    digest = project_file.save(small(), path, ABSENT)
    path.write_bytes(b"theirs")
    with pytest.raises(FileConflictError):
        project_file.save(small(), path, digest)
    assert path.read_bytes() == b"theirs"
    project_file.save(small(), path, None)
    assert project_file.load(path)[0].same_records(small())


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        project_file.load(tmp_path / "none.cage")
    with pytest.raises(FileError, match="cannot be read"):
        project_file.load(tmp_path)
    path = tmp_path / "large.cage"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(project_file, "MOST_BYTES", 99)
    with pytest.raises(FileError, match="larger than"):
        project_file.load(path)


def test_a_long_line_is_read_once() -> None:
    """Many records in one line of megabytes must not be searched again for each of them."""
    notes = [{"block": "b", "id": f"n{n}", "text": "x" * 100} for n in range(20_000)]
    data = {
        "format": 1,
        "project": "p",
        "blocks": [{"id": "b", "name": "b", "kind": "floor"}],
        "notes": notes,
    }
    begin = time.perf_counter()
    assert project_file.decode(json.dumps(data).encode(), "x").count() == 20_001
    assert time.perf_counter() - begin < 5.0
