"""Pictures of floor plans as an underlay: PNG and JPEG, told by their first bytes, written anew."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from core.errors import FileError

MOST_BYTES = 64_000_000
MOST_PIXELS = 20_000_000
MOST_KEPT = 30_000_000
"""Bytes of a picture as it is kept in the project."""
_MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


@dataclass(frozen=True)
class PlanPicture:
    """A picture as it is kept: encoded anew, so that nothing but the picture is in it."""

    data: bytes
    width: int
    height: int
    """Pixels."""


def read_image(path: Path) -> PlanPicture:
    """Read a PNG or JPEG file.

    Raises
    ------
    FileError
        If it is neither, too large, or damaged.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileError(
                f"the file has {size / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f} MB",
                where=path.name,
                cure="Scale the picture down",
            )
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise FileError(
            error.strerror or "it cannot be read", where=path.name, cure="Choose another file"
        ) from error
    return parse_image(data, path.name)


def parse_image(data: bytes, where: str) -> PlanPicture:
    """Return the picture in the bytes of a file, as `read_image`."""
    from PIL import Image, ImageOps

    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")
    if not kind:
        raise FileError("this is neither PNG nor JPEG", where=where, cure="Save the plan as PNG, or as DXF")
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise FileError(
                    f"{found.width} × {found.height} pixels are more than {MOST_PIXELS / 1e6:.0f} million",
                    where=where,
                    cure="Scale the picture down",
                )
            picture = ImageOps.exif_transpose(found)
            clear = "A" in picture.getbands() or "transparency" in picture.info
            plain = picture.convert("RGBA" if clear else "L" if picture.mode in ("1", "L") else "RGB")
    except FileError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise FileError("the picture is damaged", where=where, cure="Save it again") from error
    made = io.BytesIO()
    if kind == "JPEG":
        plain.convert("RGB").save(made, "JPEG", quality=88)
    else:
        plain.save(made, "PNG", optimize=True)
    if len(made.getvalue()) > MOST_KEPT:
        raise FileError(
            f"it would take {len(made.getvalue()) / 1e6:.0f} MB of the project",
            where=where,
            cure="Scale the picture down, or save it as JPEG",
        )
    return PlanPicture(made.getvalue(), plain.width, plain.height)
