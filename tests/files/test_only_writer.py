"""No module but `core/files/writing.py` opens a file for writing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITER = ROOT / "core" / "files" / "writing.py"
WRITE_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC", "O_EXCL"}
METHODS = {"write_text", "write_bytes", "touch", "hardlink_to", "symlink_to"}
FUNCTIONS = {
    "os": {
        "open",
        "replace",
        "rename",
        "renames",
        "mkfifo",
        "truncate",
        "link",
        "symlink",
        "unlink",
        "remove",
    },
    "shutil": {"copy", "copy2", "copyfile", "copyfileobj", "copytree", "move", "rmtree", "make_archive"},
    "tempfile": {"NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp", "TemporaryDirectory"},
    "io": {"FileIO"},
}
MODULES = {"tempfile", "shelve", "dbm", "sqlite3"}
OPENERS = {"open", "ZipFile", "TarFile", "GzipFile", "fdopen"}
SAVERS = {"save", "saveas", "Canvas", "writexml", "write_graphml", "to_csv", "savez", "dump"}
"""Methods of libraries that take a path: they must be given a buffer."""
OURS = {"session", "project_file", "document"}
LIBRARIES = {
    "reportlab",
    "pikepdf",
    "pypdfium2",
    "openpyxl",
    "ezdxf",
    "networkx",
    "numpy",
    "segno",
    "PySide6",
}
"""Methods of libraries that take a path: they must be given a buffer."""


def modules() -> list[Path]:
    found = [*(ROOT / "core").rglob("*.py"), *(ROOT / "desktop").rglob("*.py")]
    return [path for path in found if path != WRITER]


def mode_of(call: ast.Call, place: int) -> str:
    values = [k.value for k in call.keywords if k.arg == "mode"] + call.args[place : place + 1]
    return (
        str(values[0].value) if values and isinstance(values[0], ast.Constant) else "r" if not values else "?"
    )


def faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and reason of whatever writes."""
    nodes = list(ast.walk(tree))
    uses_library = bool(imported(nodes) & LIBRARIES)
    for node in nodes:
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
            yield from ((node.lineno, f"import {name}") for name in names & MODULES)
        elif isinstance(node, ast.ImportFrom):
            forbidden = FUNCTIONS.get(node.module or "", set())
            yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names if a.name in forbidden)
        elif isinstance(node, ast.Call):
            reason = fault_of(node)
            if reason and (uses_library or not reason.endswith("with a path")):
                yield node.lineno, reason


def imported(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the packages a module imports."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def fault_of(call: ast.Call) -> str:
    """Return why a call is one that writes, or an empty text."""
    function = call.func
    if isinstance(function, ast.Name):
        if function.id in OPENERS and set(mode_of(call, 1)) & set("wax+?"):
            return f"{function.id} to write"
        is_path = any(looks_like_a_path(argument) for argument in call.args[:2])
        return f"{function.id} with a path" if function.id in SAVERS and is_path else ""
    if not isinstance(function, ast.Attribute):
        return ""
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if owner == "os" and function.attr == "open":
        names = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
        return "os.open to write" if names & WRITE_FLAGS else ""
    if function.attr in FUNCTIONS.get(owner, ()):
        return f"{owner}.{function.attr}"
    if function.attr in METHODS:
        return f".{function.attr}"
    if function.attr in OPENERS and owner not in ("os", "webbrowser"):
        place = 1 if owner in ("io", "zipfile", "tarfile", "gzip", "bz2", "lzma", "codecs") else 0
        if set(mode_of(call, place)) & set("wax+") and mode_of(call, place) in MODES:
            return f".{function.attr} to write"
    holder = owner or getattr(function.value, "attr", "")
    if (
        function.attr in SAVERS
        and holder.lstrip("_") not in OURS
        and any(looks_like_a_path(argument) for argument in call.args[:2])
    ):
        return f".{function.attr} with a path"
    return ""


MODES = {a + b for a in ("w", "a", "x", "r+", "w+", "a+", "x+") for b in ("", "b", "t")} | {
    "rb+",
    "wb+",
    "ab+",
}


def looks_like_a_path(argument: ast.expr) -> bool:
    """Whether an argument is a file name: a text constant, `str(...)`, or something called path or file."""
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str) and "." in argument.value
    if isinstance(argument, ast.Call):
        return isinstance(argument.func, ast.Name) and argument.func.id in ("str", "Path", "fspath")
    name = argument.id if isinstance(argument, ast.Name) else getattr(argument, "attr", "")
    return name in ("path", "target", "filename", "file_name", "out_path")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_writes_no_file(path: Path) -> None:
    found = list(faults(ast.parse(path.read_text(encoding="utf-8"))))
    assert found == [], "hand the bytes to core.files.writing.write_safely"


@pytest.mark.parametrize(
    "source",
    [
        "open('a', 'w')", "open(p, mode='ab')", "open(p, m)", "io.open(p, 'x')", "p.open('r+')",
        "os.open(p, os.O_WRONLY | os.O_CREAT)", "p.write_text('x')", "Path('a').write_bytes(b'')",
        "shutil.copy2(a, b)", "from shutil import copyfile", "tempfile.mkstemp()", "import tempfile",
        "os.replace(a, b)", "import pikepdf; pdf.save(path)",
        "from reportlab.pdfgen.canvas import Canvas; Canvas('out.pdf')",
        "zipfile.ZipFile(p, 'w')", "p.touch()", "io.FileIO(p, 'w')",
    ],
)  # fmt: skip
def test_the_check_sees(source: str) -> None:
    assert list(faults(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["open(p, 'rb')", "open(p)", "p.open()", "os.open(p, os.O_RDONLY)", "pdf.save(buffer)", "x.save()"],
)
def test_the_check_lets_pass(source: str) -> None:
    assert not list(faults(ast.parse(source)))
