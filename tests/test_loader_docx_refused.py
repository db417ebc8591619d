"""The Word loader: damaged, locked and hostile files are refused in plain words."""

from __future__ import annotations

import contextlib
import random
import struct

import pytest
from docx_samples import (
    DECIMAL,
    DUTY,
    cell,
    docx,
    item,
    note,
    notes,
    para,
    refused,
    rels,
    row,
    styles,
    table,
    texts,
    zipped,
)

from extractor.errors import UnreadableError
from extractor.loaders.docx import read

# --- files that are refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_EMPTY"),
        (b"\x00\x01\x02", "E_CORRUPT"),
        (b"PK\x03\x04 and no more", "E_CORRUPT"),
        (b"{\\rtf1 a}", "E_TYPE_MISMATCH"),
        (b"%PDF-1.7", "E_TYPE_MISMATCH"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", "E_TYPE_MISMATCH"),
        (zipped({"a.txt": "a"}), "E_CORRUPT"),
        (docx("", files={"_rels/.rels": rels({"officeDocument": "word/none.xml"})}), "E_CORRUPT"),
        (docx("", files={"_rels/.rels": rels({})}), "E_CORRUPT"),
        (docx("", files={"word/document.xml": "<a>"}), "E_CORRUPT"),
        (docx("", files={"word/document.xml": "<a/>"}), "E_CORRUPT"),
        (docx("", main_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
         "E_TYPE_MISMATCH"),
        (docx("", files={"customXml/item1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "E_XML_DTD"),
        (docx("", files={"customXml/item1.xml": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/"><a/>'.encode("utf-16")}),
         "E_XML_DTD"),
        (docx("<w:tbl><w:tr><w:tc>" * 300 + "</w:tc></w:tr></w:tbl>" * 300), "E_XML_DEPTH"),
        (docx("<w:tbl><w:tr><w:tc>" * 60 + para("x") + "</w:tc></w:tr></w:tbl>" * 60), "E_XML_DEPTH"),
    ],
)  # fmt: skip
def test_refused_files(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_declaration_in_an_encoding_that_hides_it() -> None:
    hidden = '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [<!ENTITY b "c">]><a/>'
    assert refused(docx("", files={"word/document.xml": hidden})) == "E_XML_DTD"


def test_forty_nested_tables_are_read() -> None:
    body = "<w:tbl><w:tr><w:tc>" * 40 + para(DUTY) + "</w:tc></w:tr></w:tbl>" * 40
    assert texts(body) == [DUTY]


def test_the_limit_on_unpacked_bytes_holds_against_a_lying_directory() -> None:
    data = bytearray(docx(para("a" * (40 << 20))))
    entry = data.rfind(b"word/document.xml", 0, data.rfind(b"word/_rels")) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = struct.pack("<I", 4096)
    assert refused(bytes(data)) == "E_ZIP_BOMB"


def test_a_part_whose_tree_would_fill_the_memory() -> None:
    dice = random.Random(3)
    words = "".join(f"<w:p>{dice.random()}</w:p>" for _ in range(2_000_000))
    assert refused(docx(words)) == "E_TOO_LARGE"


def test_encrypted_members() -> None:
    data = bytearray(docx(para(DUTY)))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused(bytes(data)) == "E_ENCRYPTED"


def ole(stream: str, sectors: int) -> bytes:
    """An OLE2 file of four sectors with one named stream, of which the first ones are there."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(76, b"\0") + struct.pack("<I", 0)).ljust(
        512, b"\xff"
    )
    header[30:32] = struct.pack("<H", 9)
    table = struct.pack("<4I", 0xFFFFFFFD, 2, 3, 0xFFFFFFFE).ljust(512, b"\xff")
    directory = stream.encode("utf-16-le").ljust(512, b"\0")
    return bytes(header + (table + directory + bytes(1024))[: sectors * 512])


@pytest.mark.parametrize(
    ("stream", "sectors", "code"),
    [
        ("EncryptedPackage", 4, "E_ENCRYPTED"),
        ("EncryptedPackage", 3, "E_CORRUPT"),
        ("WordDocument", 4, "E_TYPE_MISMATCH"),
        ("Workbook", 4, "E_CORRUPT"),
        ("EncryptedPackage", 0, "E_CORRUPT"),
    ],
)
def test_ole_files(stream: str, sectors: int, code: str) -> None:
    assert refused(ole(stream, sectors)) == code


def test_damaged_files_never_raise_anything_else() -> None:
    body = table(row("1", DUTY, cell("x", properties="<w:vMerge/>"))) + item("a") + para("b", inside=note(1))
    whole = docx(body, numbering=DECIMAL, footnotes=notes({1: "c"}), styles=styles(""))
    dice = random.Random(5)
    for _ in range(300):
        data = bytearray(whole[: dice.choice([len(whole), dice.randrange(len(whole))])])
        for _ in range(dice.randrange(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with contextlib.suppress(UnreadableError):
            read(bytes(data))
