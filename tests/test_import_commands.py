"""`cagenut import netbox`, run as a user would: real files, real exit statuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.__main__ import main
from core.catalogue.library import Library
from core.exchange import bounded_reading
from core.exchange.netbox_library import FILE_NAME
from core.files.state import types_folder
from tests.exchange.library import VARIABLE, archive

DEVICE = "manufacturer: Acme\nmodel: {0}\nslug: acme-{0}\nu_height: {1}\nis_full_depth: true\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "library" / "device-types" / "Acme"
    folder.mkdir(parents=True)
    for name, height in (("a", "1"), ("b", "2"), ("c", "1.3")):
        (folder / f"{name}.yaml").write_text(DEVICE.format(name, height), "utf-8")
    for number in range(300):
        (folder / f"{number}.front.png").write_bytes(b"\x89PNG")
    return tmp_path / "library"


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_it_imports_and_reports(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into, report = tmp_path / "types", tmp_path / "report.json"
    assert run("import", "netbox", source, "--into", into, "--report", report) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "3 files: 2 imported" in said.out
    assert "refused device-types/Acme/c.yaml: line 4: a height of 1.3 units" in said.out
    data = json.loads(report.read_text("utf-8"))
    assert [entry["id"] for entry in data["imported"]] == ["acme-a", "acme-b"]
    assert {"file", "id", "kind", "notes"} <= set(data["imported"][0])
    assert [set(entry) for entry in data["refused"]] == [{"file", "reason"}]
    assert data["counts"]["files"] == 3
    assert "acme-a" in Library.load(into)


def test_into_the_types_of_the_user(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "netbox", source, "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"]["imported"] == 2
    assert "acme-b" in Library.load(types_folder())


def test_choices_of_a_file(source: Path, tmp_path: Path) -> None:
    choices, into = tmp_path / "choices.json", tmp_path / "types"
    choices.write_text('{"kinds": {"nothing": "storage"}, "types": {"acme-b": "server"}}', "utf-8")
    assert run("import", "netbox", source, "--into", into, "--choices", choices) == 0
    library = Library.load(into)
    assert [getattr(library.get(name), "kind", "") for name in ("acme-a", "acme-b")] == ["storage", "server"]


def test_what_cannot_be_is_said_with_a_cure(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "types"
    (tmp_path / "empty").mkdir()
    (tmp_path / "choices.json").write_text("{]")
    (tmp_path / "odd.json").write_text('{"kinds": 3}')
    for arguments in (
        [tmp_path / "absent"],
        [tmp_path / "empty"],
        [tmp_path / "choices.json"],
        [source, "--choices", tmp_path / "choices.json"],
        [source, "--choices", tmp_path / "odd.json"],
        [source, "--report", tmp_path / "absent" / "report.json"],
        [source, "--into", tmp_path / "choices.json"],
    ):
        assert run("import", "netbox", "--into", into, *arguments) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("cagenut: ")
        assert said.err.count(". ") >= 1
        assert "Traceback" not in said.err
        assert not into.exists()


def test_a_library_larger_than_the_limits_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bounded_reading._LIMITS, "types", (1_000_000_000, 0))
    into = tmp_path / "types"
    assert run("import", "netbox", source, "--into", into) == 2
    assert "took more than 0 s" in capsys.readouterr().err
    assert not into.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_who_stops_it_finds_the_library_as_it_was(tmp_path: Path, how: signal.Signals) -> None:
    path = archive()
    if path is None:
        pytest.skip(f"no copy of the device type library; name one in {VARIABLE}")
    into = tmp_path / "types"
    into.mkdir()
    command = [sys.executable, "-m", "core", "import", "netbox", str(path), "--into", str(into)]
    # What a shell starts in the background is deaf to the first of these signals, with all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    time.sleep(1.0)
    os.killpg(process.pid, how)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in said
    assert not (into / FILE_NAME).exists()
