"""The NetBox device type library, if there is a copy: an archive of its YAML files named by an environment
variable, or beside the project's folder."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

NAME = "devicetype-library.tar.xz"
VARIABLE = "CAGENUT_DEVICETYPES"
_ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("device-types", "module-types", "rack-types", "newer-device-types")


def archive() -> Path | None:
    """Return the archive, or None."""
    named = os.environ.get(VARIABLE)
    places = (
        [Path(named)] if named else [_ROOT.parent / "shared" / "data" / NAME, _ROOT / "tests" / "data" / NAME]
    )
    return next((place for place in places if place.is_file()), None)


def type_files(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and text of every type in the archive, in the order of their names."""
    with tarfile.open(path) as opened:
        members = [m for m in opened.getmembers() if m.isfile() and m.name.endswith((".yaml", ".yml"))]
        texts = {}
        for member in members:
            name = member.name.partition("/")[2]
            data = opened.extractfile(member)
            if name.startswith(_FOLDERS) and data is not None:
                texts[name] = data.read().decode("utf-8")
    yield from sorted(texts.items())
