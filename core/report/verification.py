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
_SHEET_OF_SET = re.compile(r"(?<!\d)(\d{1,5})\s+of\s+(\d{1,5})(?!\d)")
UNCHECKED = "not checked: what the sheets show, which may have been altered, covered or erased"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Verification:
    """The result.

    Attributes
    ----------
    ok : bool
        Every sheet shows the hash of the attached design, and no sheet of the set is missing.
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
    """Hold the hash of the attached design, and the numbers of the sheets, against every title block.

    What else the sheets show is not compared with the design.
    Never raises: whatever is wrong with the file becomes the message.
    """
    attached = ""
    try:
        attached = hashlib.sha256(_attachment(data)).hexdigest()
        printed = _printed(data)
    except _Unreadable as problem:
        return Verification(False, "", attached, str(problem))
    without = [number for number, (found, _) in enumerate(printed, start=1) if not found]
    shown = {hash_ for found, _ in printed for hash_ in found}
    if without:
        return Verification(False, "", attached, f"sheets without a hash: {_listed(without)}")
    if len(shown) != 1:
        return Verification(False, "", attached, f"the sheets show {len(shown)} different hashes")
    (only,) = shown
    if not attached.startswith(only):
        text = f"the sheets were made from design {only}, the attached one is {attached[:SHORT]}"
        return Verification(False, only, attached, text)
    gap = _gap([place for _, place in printed])
    if gap:
        return Verification(False, only, attached, gap)
    text = (
        f"all {len(printed)} sheets of the set are there and their title blocks show the hash of the "
        f"attached design ({only}); {UNCHECKED}"
    )
    return Verification(True, only, attached, text)


def _gap(places: list[tuple[int, int] | None]) -> str:
    """Say what is wrong with the sheet numbers, which must be 1 of m to m of m; empty if nothing is."""
    unread = [page for page, place in enumerate(places, start=1) if place is None]
    if unread:
        return f"pages whose sheet number (n of m) cannot be read: {_listed(unread)}"
    read = [place for place in places if place is not None]
    totals = {total for _, total in read}
    if len(totals) != 1:
        return f"the sheets disagree on how many there are: {_listed(sorted(totals))}"
    (total,) = totals
    numbers = [number for number, _ in read]
    missing = sorted(set(range(1, min(total, MOST_PAGES) + 1)) - set(numbers))
    if missing:
        return f"sheets missing from the set of {total}: {_listed(missing)}"
    if len(numbers) != total:
        return f"the set has {total} sheets, the file {len(numbers)} pages"
    if numbers != sorted(numbers):
        return "the sheets are not in their order"
    return ""


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


def _printed(data: bytes) -> list[tuple[set[str], tuple[int, int] | None]]:
    """Return what the title block of each page shows: hashes, and which sheet of how many it is."""
    import pypdfium2

    found: list[tuple[set[str], tuple[int, int] | None]] = []
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            if not 0 < len(document) <= MOST_PAGES:
                raise _Unreadable(f"the file has {len(document)} pages")
            for number in range(len(document)):
                page = document[number]
                text_page = page.get_textpage()
                hashes = set(_TITLE_BLOCK.findall(_cell_text(page, text_page, -1, 0)))
                places = set(_SHEET_OF_SET.findall(_cell_text(page, text_page, -2, -1)))
                (number, total), *more = [(int(a), int(b)) for a, b in sorted(places)] or [(0, 0)]
                found.append((hashes, (number, total) if number and not more else None))
                text_page.close()
                page.close()
        finally:
            document.close()
    except _Unreadable:
        raise
    except (pypdfium2.PdfiumError, ValueError, TypeError, RuntimeError, MemoryError, OSError) as error:
        raise _Unreadable(f"the pages cannot be read ({type(error).__name__})") from None
    return found


def _cell_text(page: Any, text_page: Any, row: int, column: int) -> str:
    """Return the text of one cell of the title block, wherever else it may be spelt."""
    width, _ = page.get_size()
    cell = cells(Box(width / POINT - OTHER - BLOCK_WIDTH, OTHER, BLOCK_WIDTH, BLOCK_HEIGHT))[row][column]
    text: str = text_page.get_text_bounded(
        left=cell.x * POINT, bottom=cell.y * POINT, right=cell.right * POINT, top=cell.top * POINT
    )
    return text
