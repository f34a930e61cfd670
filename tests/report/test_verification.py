"""Verifying a set, also when somebody has been at it."""

import io
import re

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.report import verification
from core.report.verification import verify


def test_a_fresh_set_verifies(unit_pdf):
    found = verify(unit_pdf)
    assert found.ok, found.message
    assert found.hash_of_attachment.startswith(found.hash_in_title_blocks)


def _with_attachment(data, content):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.attachments["design.cage"] = pikepdf.AttachedFileSpec(pdf, content, filename="design.cage")
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_one_byte_changed_is_seen(unit_pdf):
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf:
        content = bytearray(pdf.attachments["design.cage"].get_file().read_bytes())
    content[len(content) // 2] ^= 1
    found = verify(_with_attachment(unit_pdf, bytes(content)))
    assert not found.ok
    assert "made from design" in found.message


def test_a_set_without_its_design(unit_pdf):
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf:
        del pdf.attachments["design.cage"]
        out = io.BytesIO()
        pdf.save(out)
    assert verify(out.getvalue()).message == "no design.cage is attached"


def test_a_page_added_from_elsewhere(unit_pdf):
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    found = verify(out.getvalue())
    assert not found.ok
    assert "sheets without a hash" in found.message


def test_the_message_says_what_is_not_checked(unit_pdf):
    assert "not checked: what the sheets show" in verify(unit_pdf).message


def _with_pages(data, change):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_a_page_taken_out_is_seen(unit_pdf):
    def change(pdf):
        del pdf.pages[4]

    found = verify(_with_pages(unit_pdf, change))
    assert not found.ok
    assert re.fullmatch(r"sheets missing from the set of \d+: 5", found.message)


def test_the_last_page_taken_out_is_seen(unit_pdf):
    def change(pdf):
        del pdf.pages[-1]

    assert "sheets missing" in verify(_with_pages(unit_pdf, change)).message


def test_a_page_twice_is_seen(unit_pdf):
    def change(pdf):
        pdf.pages.append(pdf.pages[2])

    assert "pages" in verify(_with_pages(unit_pdf, change)).message


def test_pages_out_of_order_are_seen(unit_pdf):
    def change(pdf):
        pages = [pdf.pages[2], pdf.pages[1]]
        pdf.pages[1:3] = pages

    assert "order" in verify(_with_pages(unit_pdf, change)).message


def test_a_page_of_another_set(unit_pdf, hall_pdf):
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf, pikepdf.open(io.BytesIO(hall_pdf)) as other:
        pdf.pages.append(other.pages[3])
        out = io.BytesIO()
        pdf.save(out)
    assert "2 different hashes" in verify(out.getvalue()).message


def test_a_bomb_is_refused(unit_pdf, monkeypatch):
    monkeypatch.setattr(verification, "MOST_BYTES", 1_000_000)
    found = verify(_with_attachment(unit_pdf, b"\0" * 3_000_000))
    assert "unpacks to more than" in found.message


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"hello", b"%PDF-1.7\n%%EOF", b"\0" * 5000])
def test_rubbish_is_no_crash(data):
    assert not verify(data).ok


@settings(max_examples=25)
@given(at=st.integers(0, 10**9), value=st.integers(0, 255))
def test_damaged_files_are_no_crash(unit_pdf, at, value):
    data = bytearray(unit_pdf)
    at %= len(data)
    for i in range(at, min(at + 40, len(data))):
        data[i] = value
    found = verify(bytes(data))
    assert found.message
    if found.ok:  # what was damaged is then neither the design nor the title blocks
        assert found.hash_of_attachment.startswith(found.hash_in_title_blocks)
        assert len(found.hash_in_title_blocks) == verification.SHORT


def test_locked_file(unit_pdf):
    with pikepdf.open(io.BytesIO(unit_pdf)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert "password" in verify(out.getvalue()).message
