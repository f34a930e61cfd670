"""Finding types, and overlaying the user's own."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from core.catalogue import library as library_module
from core.catalogue.library import Library, kind_of
from core.catalogue.type_file import write_type
from core.errors import CatalogueError
from core.model.types import Bay, DeviceType


def ids(words: str, **filters: object) -> list[str]:
    return [spec.id for spec in Library.builtin().search(words, **filters)]  # type: ignore[arg-type]


def write(folder: Path, spec: DeviceType, name: str = "") -> None:
    folder.mkdir(exist_ok=True)
    (folder / (name or f"{spec.id}.toml")).write_text(write_type(spec), "utf-8")


def test_builtin_is_read_once_and_quickly() -> None:
    library_module._builtin.cache_clear()
    start = time.perf_counter()
    library = Library.builtin()
    assert time.perf_counter() - start < 1.0, "150 ms is the aim; this catches a slip of another order"
    assert Library.builtin() is library


def test_get_and_find() -> None:
    library = Library.builtin()
    assert library.get("nvidia-dgx-h100") is library.find("nvidia-dgx-h100")
    assert library.find("no-such") is None
    with pytest.raises(CatalogueError, match="no type 'no-such'"):
        library.get("no-such")


def test_iteration_goes_by_kind() -> None:
    kinds = [kind_of(spec) for spec in Library.builtin()]
    assert kinds[0] == "rack"
    assert list(dict.fromkeys(kinds)) == list(Library.builtin().kinds())
    assert sum(a != b for a, b in pairwise(kinds)) == len(set(kinds)) - 1


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("sn5600", "nvidia-sn5600"),
        ("QM9700", "nvidia-qm9700"),
        ("dgx b300", "nvidia-dgx-b300"),
        ("h100 dgx", "nvidia-dgx-h100"),
        ("n9364esg2", "cisco-n9364e-sg2"),
        ("MMA4Z00-NS", "nvidia-mma4z00-ns"),
        ("nvl72 rack", "nvidia-mgx-nvl72"),
        ("vertiv in-row cdu", "vertiv-coolchip-cdu-2300"),
        ("33kw nvidia", "nvidia-power-shelf-33kw"),
        ("52u", "generic-52u-800x1200"),
        ("44ou", "ocp-orv3-frame-meta"),
        ("nvidia 8u", "nvidia-dgx-h100"),
        ("gpu mi300x", "amd-mi300x"),
    ],
)
def test_search_finds_first(words: str, first: str) -> None:
    assert ids(words)[0] == first


def test_search_needs_every_word() -> None:
    assert ids("dgx arista") == []
    assert set(ids("dgx 10u")) == {"nvidia-dgx-b200", "nvidia-dgx-b300"}
    assert ids("800g") != []
    assert len(ids("")) == len(Library.builtin())


def test_search_understands_rates_and_lengths() -> None:
    assert "nvidia-q3400-ra" in ids("800g switch")
    assert "nvidia-mms4a00" in ids("1.6t optic")
    assert set(ids("0.5m nvidia dac")) == {"nvidia-mcp4y10", "nvidia-mcp4y10-flt"}


def test_search_is_blind_to_case_and_accents() -> None:
    spec = DeviceType(id="x", name="Kühlgerät Größe 2", kind="cdu", maker="Émile")
    library = Library({"x": spec})
    assert library.search("KUHLGERAT grosse emile") == [spec]


def test_search_filters() -> None:
    assert {kind_of(s) for s in Library.builtin().search("", kind="cdu")} == {"cdu"}
    assert {s.maker for s in Library.builtin().search("", maker="arista")} == {"Arista"}
    fast = ids("", kind="switch", min_rate_gbps=1600)
    assert "nvidia-q3400-ra" in fast
    assert "nvidia-sn5600" not in fast
    low = Library.builtin().search("", kind="server", max_height_u=4)
    assert low
    assert all(isinstance(s, DeviceType) and 0 < s.height_u <= 4 for s in low)


def test_search_is_fast_enough_to_type_by() -> None:
    ids("warm up")
    start = time.perf_counter()
    ids("nvidia 800g switch")
    assert time.perf_counter() - start < 0.1


def test_user_types_win_and_are_marked(tmp_path: Path) -> None:
    builtin = Library.builtin().get("nvidia-sn5600")
    assert isinstance(builtin, DeviceType)
    write(tmp_path / "a", msgspec.structs.replace(builtin, name="Mine"))
    write(tmp_path / "a", DeviceType(id="new-one", name="New", kind="other"))
    write(tmp_path / "b", msgspec.structs.replace(builtin, name="Ours"))
    library = Library.load(tmp_path / "a", tmp_path / "b", tmp_path / "missing")
    assert library.get("nvidia-sn5600").name == "Ours"
    assert library.is_user("nvidia-sn5600")
    assert library.is_user("new-one")
    assert not library.is_user("nvidia-qm9700")
    assert library.file_of("new-one") == tmp_path / "a" / "new-one.toml"
    assert library.problems == ()
    assert Library.builtin().get("nvidia-sn5600") is builtin
    assert len(library) == len(Library.builtin()) + 1


def test_a_bad_user_file_leaves_the_rest_usable(tmp_path: Path) -> None:
    good = DeviceType(id="good", name="Good", kind="other")
    write(tmp_path, good)
    write(tmp_path, good, "twice.toml")
    (tmp_path / "bad.toml").write_text("id = 3", "utf-8")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    (tmp_path / "folder.toml").mkdir()
    library = Library.load(tmp_path)
    assert library.get("good") == good
    assert [Path(error.where.split(",")[0]).name for error in library.problems] == [
        "bad.toml",
        "folder.toml",
        "huge.toml",
        "latin.toml",
        "twice.toml",
    ]


def test_closure_follows_bays_and_names_what_is_missing() -> None:
    nic = DeviceType(id="nic", name="NIC", kind="module")
    host = DeviceType(id="host", name="Host", kind="server", bays=(Bay(name="nic{1..2}", fitted="nic"),))
    assert Library({"host": host, "nic": nic}).closure("host") == [host, nic]
    with pytest.raises(CatalogueError, match="no type 'nic'"):
        Library({"host": host}).closure("host")
