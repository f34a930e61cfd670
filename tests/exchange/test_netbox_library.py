"""A whole library of NetBox types: its files, its limits, what is stored, and what is not."""

from __future__ import annotations

import errno
import io
import json
import pickle
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.catalogue.type_file import write_type
from core.catalogue.type_set import read_types, write_types
from core.errors import CatalogueError, FileError
from core.exchange import netbox_folders
from core.exchange.netbox_choices import Choices, read_choices
from core.exchange.netbox_folders import type_files
from core.exchange.netbox_library import FILE_NAME, LibraryReading, as_data, read_library, store
from core.model.types import DeviceType, RackType
from tests.exchange.library import VARIABLE, archive
from tests.files.faults import Faulty, faulty

ONE = "manufacturer: Acme\nmodel: {model}\nslug: acme-{slug}\nu_height: {u}\nis_full_depth: true\n"
MODULE = "manufacturer: Acme\nmodel: {model}\n"
RACK = (
    "manufacturer: Acme\nmodel: R42\nslug: acme-r42\nform_factor: 4-post-cabinet\nwidth: 19\nu_height: 42\n"
    "starting_unit: 1\n"
)
FILES = {
    "device-types/Acme/a.yaml": ONE.format(model="A", slug="a", u=1),
    "device-types/Acme/b.yml": ONE.format(model="B", slug="b", u=2),
    "device-types/Acme/bad.yaml": ONE.format(model="C", slug="c", u="1.3"),
    "module-types/Acme/m.yaml": MODULE.format(model="M"),
    "rack-types/Acme/r.yaml": RACK,
    "elevation-images/Acme/a.front.png": "no picture",
    "schema/devicetype.json": "{}",
    ".github/workflows/ci.yaml": "on: push",
    "mkdocs.yaml": "site_name: no type",
}
NAMES = sorted(name for name in FILES if "-types/" in name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "library"
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def packed(path: Path, files: dict[str, str], top: str = "devicetype-library") -> Path:
    with tarfile.open(path, "w:xz") as opened:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{top}/{name}" if top else name)
            member.size = len(text.encode())
            opened.addfile(member, io.BytesIO(text.encode()))
    return path


def read(source: Path, choices: Choices | None = None) -> LibraryReading:
    return read_library(source, choices or Choices(), "2026-11-22")


def refused(reading: LibraryReading) -> dict[str, str]:
    return {row.file: row.reason for row in reading.rows if row.spec is None}


def test_only_files_of_types_are_read(folder: Path) -> None:
    reading = read(folder)
    assert [row.file for row in reading.rows] == NAMES
    assert refused(reading) == {
        "device-types/Acme/bad.yaml": "line 4: a height of 1.3 units is not possible. "
        "Give a multiple of 0.5 from 0 to 60"
    }


@pytest.mark.parametrize("top", ["devicetype-library", ""])
def test_an_archive_is_read_as_its_folder_is(folder: Path, tmp_path: Path, top: str) -> None:
    source = packed(tmp_path / "library.tar.xz", FILES, top)
    assert read(source).rows == read(folder).rows


@pytest.mark.parametrize("part", ["device-types", "device-types/Acme"])
def test_a_part_of_a_library(folder: Path, part: str) -> None:
    rows = read(folder / part).rows
    assert [row.file for row in rows] == [name for name in NAMES if name.startswith("device-types")]


def test_the_report_counts_every_file(folder: Path) -> None:
    data = as_data(read(folder).rows)
    assert json.loads(json.dumps(data)) == data
    assert [entry["file"] for entry in data["refused"]] == ["device-types/Acme/bad.yaml"]
    assert [(entry["id"], entry["kind"]) for entry in data["imported"]] == [
        ("acme-a", "other"),
        ("acme-b", "other"),
        ("acme-m", "module"),
        ("acme-r42", "rack"),
    ]
    counts = data["counts"]
    assert (counts["files"], counts["imported"], counts["refused"]) == (5, 4, 1)
    assert counts["folders"]["device-types"] == {"imported": 2, "refused": 1}
    assert counts["kinds"] == {"other": 2, "module": 1, "rack": 1}


def test_what_is_stored_is_in_the_catalogue(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "types"
    stored = store(read(folder).rows, place)
    assert (stored.new, stored.replaced, stored.same) == (4, 0, 0)
    library = Library.load(place)
    assert not library.problems
    assert isinstance(library.get("acme-r42"), RackType)
    assert library.is_user("acme-a")
    assert sorted(path.name for path in place.iterdir()) == [FILE_NAME]


def test_again_changes_nothing_and_a_change_replaces(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "types"
    store(read(folder).rows, place)
    before = (place / FILE_NAME).read_bytes()
    stored = store(read(folder).rows, place)
    assert (stored.new, stored.replaced, stored.same) == (0, 0, 4)
    assert (place / FILE_NAME).read_bytes() == before
    (folder / "device-types/Acme/a.yaml").write_text(ONE.format(model="A", slug="a", u=4), "utf-8")
    stored = store(read(folder / "device-types").rows, place)
    assert (stored.new, stored.replaced, stored.same) == (0, 1, 1)
    found = Library.load(place).get("acme-a")
    assert isinstance(found, DeviceType)
    assert found.height_u == 4
    assert "acme-m" in Library.load(place)


def test_a_type_of_the_user_s_own_stays(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "types"
    place.mkdir()
    own = DeviceType(id="acme-a", name="Mine", kind="server")
    (place / "mine.toml").write_text(write_type(own), "utf-8")
    stored = store(read(folder).rows, place)
    assert stored.new == 3
    assert (
        "mine.toml in that folder is a type of your own" in {r.file: r.reason for r in stored.rows}[NAMES[0]]
    )
    assert Library.load(place).get("acme-a").name == "Mine"


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES, errno.EIO, "short"])
def test_a_failure_leaves_the_library_as_it_was(folder: Path, tmp_path: Path, fault: int | str) -> None:
    """Whichever call to the system fails, there is all or nothing of it."""
    place, whole = tmp_path / "types", tmp_path / "whole"
    rows = read(folder).rows
    store(rows, whole)
    store(read(folder / "rack-types").rows, place)
    before, after = (place / FILE_NAME).read_bytes(), (whole / FILE_NAME).read_bytes()
    found = set()
    for at in range(1, 30):
        with faulty(Faulty(at, fault, lasting=True)):
            try:
                store(rows, place)
                break
            except FileError as error:
                cure = error.cure
        assert cure
        now = (place / FILE_NAME).read_bytes()
        assert now in (before, after), at
        found.add(now)
    assert before in found
    assert Library.load(place).get("acme-b").name == "B"


def test_a_damaged_import_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "types"
    store(read(folder).rows, place)
    path = place / FILE_NAME
    damaged = path.read_bytes().replace(b'"height_u":2', b'"height_u":x')
    path.write_bytes(damaged)
    with pytest.raises(FileError, match="damaged"):
        store(read(folder).rows, place)
    assert path.read_bytes() == damaged
    library = Library.load(place)
    assert "acme-a" in library
    assert "acme-b" not in library
    assert len(library.problems) == 1


def test_two_with_one_slug_and_a_module_beside_a_device(folder: Path) -> None:
    (folder / "device-types/Acme/z.yaml").write_text(ONE.format(model="Z", slug="a", u=1), "utf-8")
    (folder / "module-types/Acme/b.yaml").write_text(MODULE.format(model="B"), "utf-8")
    reading = read(folder)
    assert "'acme-a' is that of device-types/Acme/a.yaml" in refused(reading)["device-types/Acme/z.yaml"]
    ids = {row.file: row.spec.id for row in reading.rows if row.spec is not None}
    assert ids["module-types/Acme/b.yaml"] == "acme-b-module"


def test_what_the_catalogue_knows_better_stands_beside_it(folder: Path) -> None:
    text = ONE.format(model="SN4600C", slug="x", u=1).replace("Acme", "Mellanox")
    (folder / "device-types/Acme/sn.yaml").write_text(text.replace("acme-x", "mellanox-sn4600c"), "utf-8")
    row = next(row for row in read(folder).rows if row.file.endswith("sn.yaml"))
    assert row.verdict == "doubtful"
    assert "'nvidia-sn4600c'" in row.doubts[0]
    assert "height_u is 2, not 1" in row.doubts[0]


HOSTILE = {
    "alias": ("a: &x [1]\nb: *x\n", "aliases"),
    "merge": ("a: &x {k: 1}\nb:\n  <<: *x\n", "aliases"),
    "tag": ("a: !!python/object/apply:os.system ['x']\n", "tag"),
    "deep": ("[" * 5000, "nested"),
    "twice": ("model: A\nmodel: B\n", "twice"),
    "large": ("a: '" + "x" * 1_000_000 + "'\n", "larger than"),
    "broken": ("model: ]\n", "no YAML"),
    "empty": ("", "no type"),
    "two": ("model: A\n---\nmodel: B\n", "second document"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_and_the_others_are_read(folder: Path, kind: str) -> None:
    text, reason = HOSTILE[kind]
    (folder / "device-types/Acme/hostile.yaml").write_text(text, "utf-8")
    reading = read(folder)
    assert reason in refused(reading)["device-types/Acme/hostile.yaml"]
    assert len(refused(reading)) == 2


def test_what_is_no_text_and_what_is_a_link(folder: Path) -> None:
    (folder / "device-types/Acme/latin.yaml").write_bytes(b"model: caf\xe9\n")
    (folder / "device-types/Acme/link.yaml").symlink_to("/etc/hostname")
    found = refused(read(folder))
    assert "no UTF-8" in found["device-types/Acme/latin.yaml"]
    assert "link" in found["device-types/Acme/link.yaml"]


def test_an_archive_whose_names_lead_out_writes_nothing(tmp_path: Path) -> None:
    files = {"../../device-types/a/x.yaml": FILES["device-types/Acme/a.yaml"], **FILES}
    source = packed(tmp_path / "a.tar.xz", files)
    reading = read(source)
    assert "device-types/a/x.yaml" in {row.file for row in reading.rows}
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar.xz"]


def test_no_library(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no types")
    (tmp_path / "bad.tar.xz").write_bytes(b"\xfd7zXZ\x00 torn")
    cut = packed(tmp_path / "whole.tar.xz", FILES).read_bytes()[:300]
    (tmp_path / "cut.tar.xz").write_bytes(cut)
    for name in (".", "absent", "bad.tar.xz", "cut.tar.xz", "note.txt"):
        with pytest.raises(FileError) as failed:
            type_files(tmp_path / name)
        assert "device-types" in failed.value.cure


def test_too_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_folders, "MOST_FILES", 4)
    with pytest.raises(FileError, match="more than 4 YAML files"):
        read(folder)


def test_an_archive_that_grows_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = packed(tmp_path / "bomb.tar.xz", {**FILES, "elevation-images/a.png": "0" * 500_000})
    assert source.stat().st_size < 5_000
    assert len(read(source).rows) == 5
    monkeypatch.setattr(netbox_folders, "MOST_UNPACKED", 400_000)
    with pytest.raises(FileError, match="too large when unpacked"):
        read(source)


def test_choices_settle_connectors_and_kinds(folder: Path) -> None:
    path = folder / "device-types/Acme/a.yaml"
    path.write_text(path.read_text("utf-8") + "interfaces: [{name: p, type: other}]\n", "utf-8")
    usual = read(folder)
    assert usual.port_types == {("other", ""): 1}
    assert usual.kind_rules == {"nothing": 2}
    choices = Choices().with_connector("other", "Gen-Z 4C").with_rule("nothing", "server")
    choices = choices.with_types({"acme-b": "storage"})
    rows = {row.file: row.spec for row in read(folder, choices).rows}
    a, b = rows["device-types/Acme/a.yaml"], rows["device-types/Acme/b.yml"]
    assert isinstance(a, DeviceType)
    assert isinstance(b, DeviceType)
    assert (a.ports[0].connector, a.kind, b.kind) == ("Gen-Z 4C", "server", "storage")


def test_choices_that_are_none_are_refused() -> None:
    with pytest.raises(CatalogueError):
        read_choices({"kinds": {"nothing": "spaceship"}})


def test_progress_ends_at_the_last_file(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    read_library(folder, Choices(), "", lambda done, total, _: told.append((done, total)))
    assert told[0] == (0, 5)


@given(st.lists(st.integers(1, 60), max_size=8))
def test_a_set_of_types_comes_back(heights: list[int]) -> None:
    types = [DeviceType(id=f"d{n}", name=f"D {n}", kind="other", height_u=u) for n, u in enumerate(heights)]
    assert read_types(write_types(types), "x.types") == (types, [])


def test_a_set_changed_by_hand_is_read_strictly() -> None:
    spec = DeviceType(id="a", name="A", kind="switch", notes=("seen",))
    data = write_types([spec])
    found, problems = read_types(data.replace(b"seen", b"kept"), "x.types")
    assert isinstance(found[0], DeviceType)
    assert found[0].notes == ("kept",)
    assert not problems
    found, problems = read_types(data.replace(b'"switch"', b'"toaster"'), "x.types")
    assert not found
    assert problems[0].where == "x.types, line 2"
    with pytest.raises(CatalogueError, match="no file of types"):
        read_types(b"", "x.types")
    with pytest.raises(CatalogueError, match="format is 9"):
        read_types(data.replace(b'"cagenut_types":1', b'"cagenut_types":9'), "x.types")


def test_the_whole_library() -> None:
    """Totals on the real one: nothing is refused, and what is doubted is doubted for these reasons."""
    source = archive()
    if source is None:
        pytest.skip(f"no copy of the device type library; name one in {VARIABLE}")
    reading = read(source)
    data = as_data(reading.rows)
    assert data["counts"]["folders"] == {
        "device-types": {"imported": 4449, "refused": 0},
        "module-types": {"imported": 1466, "refused": 0},
        "newer-device-types": {"imported": 4, "refused": 0},
        "rack-types": {"imported": 5, "refused": 0},
    }
    reasons = {
        "uses itself": 45, "and yet weighs": 10, "and yet is of full depth": 2, "may be banks": 7,
        "on one leg of three": 3, "mounting_depth": 2, "outlets and no inlet": 1, "weight is zero": 1,
        "The catalogue has": 2,
    }  # fmt: skip
    doubts = [doubt for row in reading.rows for doubt in row.doubts]
    found = {words: sum(words in doubt for doubt in doubts) for words in reasons}
    assert found == reasons
    rows = {row.file: row for row in reading.rows}
    assert "25601 Gbit/s in all, not 24800" in rows["newer-device-types/Nvidia/QM9700.yaml"].doubts[0]
    assert "height_u is 2, not 1" in rows["device-types/Mellanox/SN4600C.yml"].doubts[0]


def test_a_reading_comes_whole_from_another_process(folder: Path) -> None:
    reading = read(folder)
    assert pickle.loads(pickle.dumps(reading)) == reading
