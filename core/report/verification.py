"""Checks a specification set against the design attached to it; made for files of unknown origin."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from typing import Any

from core.report.context import SHORT
from core.report.paper import BLOCK_HEIGHT, BLOCK_WIDTH, OTHER, Box
from core.report.pdf import POINT
from core.report.sheets.control import DESIGN_FILE
from core.report.title_block import cells

MOST_BYTES = 512 * 1024 * 1024
"""Largest attachment that is unpacked [B]."""
MOST_PAGES = 20_000
_TITLE_BLOCK = re.compile(rf"sha256\s+([0-9a-f]{{{SHORT}}})(?![0-9a-f])")
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Verification:
    """The result.

    Attributes
    ----------
    ok : bool
        Every sheet shows the hash of the attached design.
    hash_in_title_blocks : str
        First digits as printed on the sheets; empty if there are none or they differ.
    hash_of_attachment : str
        SHA-256 of the attachment; empty if there is none.
    message : str
        What was found, for people.
    """

    ok: bool
    hash_in_title_blocks: str
    hash_of_attachment: str
    message: str


class _Unreadable(Exception):  # noqa: N818
    """The file cannot be judged."""


def verify(data: bytes) -> Verification:
    """Recompute the hash of the attached design and hold it against the title block of every sheet.

    Never raises: whatever is wrong with the file becomes the message.
    """
    attached = ""
    try:
        attached = hashlib.sha256(_attachment(data)).hexdigest()
        printed = _printed(data)
    except _Unreadable as problem:
        return Verification(False, "", attached, str(problem))
    without = [number for number, found in enumerate(printed, start=1) if not found]
    shown = {hash_ for found in printed for hash_ in found}
    if without:
        return Verification(False, "", attached, f"sheets without a hash: {_listed(without)}")
    if len(shown) != 1:
        return Verification(False, "", attached, f"the sheets show {len(shown)} different hashes")
    (only,) = shown
    if not attached.startswith(only):
        text = f"the sheets were made from design {only}, the attached one is {attached[:SHORT]}"
        return Verification(False, only, attached, text)
    text = f"all {len(printed)} sheets show the hash of the attached design ({only})"
    return Verification(True, only, attached, text)


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(n) for n in numbers[:8])
    return f"{shown} and {len(numbers) - 8} more" if len(numbers) > 8 else shown


def _attachment(data: bytes) -> bytes:
    """Return the design attached to a PDF, however large it claims to be at most `MOST_BYTES`."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            spec = pdf.attachments.get(DESIGN_FILE)
            if spec is None:
                raise _Unreadable(f"no {DESIGN_FILE} is attached")
            stream: Any = spec.get_file().obj
            return _unpacked(stream)
    except _Unreadable:
        raise
    except pikepdf.PasswordError:
        raise _Unreadable("the file is locked with a password") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, MemoryError,
            RecursionError) as error:  # fmt: skip
        raise _Unreadable(f"not a readable PDF ({type(error).__name__})") from None


def _unpacked(stream: Any) -> bytes:
    """Return the bytes of a stream that is stored plainly or deflated once; anything else is refused."""
    raw = bytes(stream.read_raw_bytes())
    filters = stream.get("/Filter")
    if filters is None:
        names: list[str] = []
    elif str(getattr(filters, "_type_name", "")) == "array":
        names = [str(name) for name in filters]
    else:
        names = [str(filters)]
    if stream.get("/DecodeParms") is not None or names not in ([], ["/FlateDecode"]):
        raise _Unreadable(f"{DESIGN_FILE} is packed in a way that is not ours")
    if not names:
        return raw
    unpacker = zlib.decompressobj()
    parts: list[bytes] = []
    total = 0
    waiting = raw
    while True:
        try:
            part = unpacker.decompress(waiting, _CHUNK)
        except zlib.error:
            raise _Unreadable(f"{DESIGN_FILE} is damaged") from None
        total += len(part)
        if total > MOST_BYTES:
            raise _Unreadable(f"{DESIGN_FILE} unpacks to more than {MOST_BYTES // 2**20} MB")
        parts.append(part)
        waiting = unpacker.unconsumed_tail
        if not part and not waiting:
            break
    if not unpacker.eof:
        raise _Unreadable(f"{DESIGN_FILE} is cut off")
    return b"".join(parts)


def _printed(data: bytes) -> list[set[str]]:
    """Return the hashes that the text of each page shows."""
    import pypdfium2

    found: list[set[str]] = []
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            if not 0 < len(document) <= MOST_PAGES:
                raise _Unreadable(f"the file has {len(document)} pages")
            for number in range(len(document)):
                page = document[number]
                text_page = page.get_textpage()
                found.append(set(_TITLE_BLOCK.findall(_cell_text(page, text_page))))
                text_page.close()
                page.close()
        finally:
            document.close()
    except _Unreadable:
        raise
    except (pypdfium2.PdfiumError, ValueError, TypeError, RuntimeError, MemoryError, OSError) as error:
        raise _Unreadable(f"the pages cannot be read ({type(error).__name__})") from None
    return found


def _cell_text(page: Any, text_page: Any) -> str:
    """Return the text of the cell of the title block that holds the hash, wherever else it may be spelt."""
    width, _ = page.get_size()
    cell = cells(Box(width / POINT - OTHER - BLOCK_WIDTH, OTHER, BLOCK_WIDTH, BLOCK_HEIGHT))[-1][0]
    text: str = text_page.get_text_bounded(
        left=cell.x * POINT, bottom=cell.y * POINT, right=cell.right * POINT, top=cell.top * POINT
    )
    return text
