"""Pictures as underlays."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.errors import FileError
from core.exchange.image_underlay import parse_image, read_image


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 1).save(made, kind)
    return made.getvalue()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "1"), ("PNG", "P"), ("JPEG", "CMYK")])
def test_png_and_jpeg_are_written_anew(kind: str, mode: str, tmp_path: Path) -> None:
    data = picture(kind, mode=mode)
    (tmp_path / "plan").write_bytes(data + b"<script>")
    found = read_image(tmp_path / "plan")
    assert (found.width, found.height) == (40, 20)
    assert b"script" not in found.data
    with Image.open(io.BytesIO(found.data)) as again:
        assert again.size == (40, 20)


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"BM" + b"0" * 60]
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(FileError, match="neither PNG nor JPEG"):
        parse_image(data, "plan.svg")


def test_a_picture_that_is_too_large_is_refused_by_its_head() -> None:
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    with pytest.raises(FileError, match=r"million|damaged"):
        parse_image(data, "bomb.png")


def test_a_picture_that_is_cut_off_is_refused() -> None:
    data = picture("PNG", (400, 400))
    with pytest.raises(FileError, match="damaged"):
        parse_image(data[: len(data) // 2], "half.png")
