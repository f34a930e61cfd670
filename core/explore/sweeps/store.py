"""Finished points of a sweep on disk: a log that only grows, and tables made from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from core.errors import FileError
from core.explore.sweeps.variants import Point
from core.files import writing
from core.files.appending import Appender

LOG = "points.jsonl"
ELSEWHERE = "Give another folder with -o, or --resume"
ANOTHER = "Choose another folder"
TABLES = ("points.csv", "points.parquet")
_decoder = msgspec.json.Decoder(Point)


class Store:
    """The log of a sweep. A piece is written whole; what a killed run left torn is dropped.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    resume : bool
        Whether points that are there already count.

    Raises
    ------
    FileError
        If the folder holds points and they are not to be resumed, if another run has it, or it cannot be
        written.
    """

    def __init__(self, folder: Path, *, resume: bool = False) -> None:
        self.path = folder / LOG
        try:
            writing.make_folder(folder)
            if not self.path.exists():
                self._ensure_no_tables(folder)
                writing.create_new(self.path, b"")
            elif not self.path.is_file():
                raise FileError("this is no file of points", where=str(self.path), cure=ANOTHER)
            elif self.path.stat().st_size and not resume:
                raise FileError("the folder holds a sweep already", where=str(folder), cure=ELSEWHERE)
            elif self.path.stat().st_size and not read_points(self.path):
                raise FileError("this holds no point of a sweep", where=str(self.path), cure=ANOTHER)
            self._log = Appender(self.path)
        except OSError as error:
            why = error.strerror or "it cannot be written"
            raise FileError(why, where=str(self.path), cure=ANOTHER) from None
        self.points = {point.key: point for point in read_points(self.path)}
        if not _ends_whole(self.path):
            self._log.append(b"\n")

    @staticmethod
    def _ensure_no_tables(folder: Path) -> None:
        """Tables without a log are not of a sweep of ours: they would be written over."""
        there = next((folder / name for name in TABLES if (folder / name).exists()), None)
        if there is not None:
            raise FileError("the file exists", where=str(there), cure="Give another folder with -o")

    def add(self, points: Iterable[Point]) -> None:
        """Keep points, durably.

        Raises
        ------
        FileError
            If they cannot be written.
        """
        fresh = list(points)
        lines = b"".join(msgspec.json.encode(point) + b"\n" for point in fresh)
        try:
            self._log.append(lines)
            self._log.sync()
        except OSError as error:
            raise FileError(
                error.strerror or "it cannot be written",
                where=str(self.path),
                cure="Make room, then run again with --resume; finished points are kept",
            ) from None
        self.points.update((point.key, point) for point in fresh)

    def close(self) -> None:
        self._log.close()


def read_points(path: Path) -> list[Point]:
    """Return the points of a log; a line that a killed run left torn is left out.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise FileError(
            why, where=str(path), cure="Run the sweep first, or name its folder with --from"
        ) from None
    found = []
    for line in data.splitlines():
        try:
            found.append(_decoder.decode(line))
        except msgspec.DecodeError:
            continue
    return found


def rows_of(
    points: Iterable[Point], ranks: Mapping[str, int], broken: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a row for each point: number, values, quantities, front, broken limits, failure."""
    return [
        {
            "point": point.number,
            **point.values,
            **point.quantities,
            "front": ranks.get(point.key),
            "broken": broken.get(point.key, ""),
            "failure": point.failure,
        }
        for point in points
    ]


def prune(folder: Path, most: int) -> None:
    """Remove all but the latest searches of a folder that holds nothing else; what cannot go stays."""
    try:
        logs = sorted(folder.glob(f"*/{LOG}"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return
    for log in logs[most:]:
        try:
            for file in log.parent.iterdir():
                writing.remove(file)
            log.parent.rmdir()
        except (OSError, FileError):
            continue


def write_tables(folder: Path, rows: list[dict[str, Any]]) -> list[Path]:
    """Write rows as `points.csv`, and as `points.parquet` where pyarrow is installed; return the files."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    table.writerows([{name: _cell(value) for name, value in row.items()} for row in rows])
    made = [folder / TABLES[0]]
    writing.write_safely(made[0], text.getvalue().encode())
    try:
        data = _parquet(rows, columns)
    except ImportError:
        return made
    made.append(folder / TABLES[1])
    writing.write_safely(made[1], data)
    return made


def _parquet(rows: list[dict[str, Any]], columns: list[str]) -> bytes:
    import pyarrow as arrow
    from pyarrow import parquet

    def column(name: str) -> Any:
        values = [row.get(name) for row in rows]
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {int, float} and kinds:
            kind = arrow.int64() if kinds == {int} else arrow.float64()
            return arrow.array(
                [None if v is None else (v if kinds == {int} else float(v)) for v in values], kind
            )
        if kinds == {bool}:
            return arrow.array(values, arrow.bool_())
        if not kinds:
            return arrow.array(values, arrow.float64())
        return arrow.array([None if v is None else str(v) for v in values], arrow.string())

    sink = io.BytesIO()
    parquet.write_table(arrow.table({name: column(name) for name in columns}), sink)
    return sink.getvalue()


def _cell(value: Any) -> Any:
    """A word that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _ends_whole(path: Path) -> bool:
    data = path.read_bytes()
    return not data or data.endswith(b"\n")
