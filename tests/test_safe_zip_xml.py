"""Zips and XML of strangers: what is refused, and with which code."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from extractor.errors import UnreadableError
from extractor.loaders.safe_xml import parse, refuse_dtd
from extractor.loaders.safe_zip import Limits, Parts, SafeZip, is_outside


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(UnreadableError) as caught:
        act()
    assert caught.value.message[0].islower()
    assert not caught.value.message.endswith(".")
    return caught.value.code


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def flagged(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[data.index(b"PK\x01\x02") + 8] |= bit
    return bytes(changed)


def lying(data: bytes, size: int) -> bytes:
    """The same zip, whose directory claims another unpacked size of its first member."""
    at = data.index(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


ONE = zipped(("a.xml", b"<a/>"))


def test_members_are_read_in_order_and_folders_left_out() -> None:
    archive = SafeZip(zipped(("b/", b""), ("b/kế hoạch.txt", b"mot"), ("a.txt", b"hai")))
    assert [(m.name, m.utf8, archive.read(m)) for m in archive.members] == [
        ("b/kế hoạch.txt", True, b"mot"),
        ("a.txt", True, b"hai"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_CORRUPT"),
        (b"PK\x03\x04 and no more", "E_CORRUPT"),
        (ONE[: len(ONE) * 6 // 10], "E_CORRUPT"),
        (flagged(ONE, 0x01), "E_ENCRYPTED"),
        (flagged(ONE, 0x40), "E_ENCRYPTED"),
        (zipped(("../a.xml", b"")), "E_ZIP_PATH"),
        (zipped(("/etc/a.xml", b"")), "E_ZIP_PATH"),
        (zipped((link("a.xml"), b"/etc/passwd")), "E_ZIP_PATH"),
        (zipped(("a.xml", b"x" * 99), method=zipfile.ZIP_LZMA), "E_UNSUPPORTED"),
        (zipped(("a.xml", b"x" * 99), method=zipfile.ZIP_BZIP2), "E_UNSUPPORTED"),
        (zipped(("a.xml", b"1"), ("A.xml", b"2")), "E_CORRUPT"),
        (zipped(("a.xml", b"0" * 40_000_000)), "E_ZIP_BOMB"),
        (lying(zipped(("a.xml", b"0" * 40_000_000)), 4096), "E_ZIP_BOMB"),
        (zipped(("a.xml", b"<a/>"), method=zipfile.ZIP_STORED).replace(b"<a/>", b"<b/>"), "E_CORRUPT"),
        (zipped(("b.xml", b"")), "E_CORRUPT"),
    ],
)
def test_refused_zips(data: bytes, code: str) -> None:
    assert code_of(lambda: Parts(data, "Word file").read("a.xml")) == code


def test_a_small_zip_may_unpack_to_many_times_its_size() -> None:
    assert len(Parts(zipped(("a.xml", b"0" * 10_000_000)), "Word file").read("A.XML")) == 10_000_000


def test_parts_are_found_by_their_names_however_these_are_written() -> None:
    parts = Parts(zipped(("Word\\Document.xml", b"<a/>")), "Word file")
    assert parts.names == ["Word/Document.xml"]
    assert "word/document.xml" in parts
    assert parts.read("word/document.xml") == b"<a/>"


def test_the_members_together_are_counted() -> None:
    archive = SafeZip(zipped(("a", b"x" * 600), ("b", b"y" * 600)), limits=Limits(unpacked=1000))
    assert archive.read(archive.members[0]) == b"x" * 600
    assert code_of(lambda: archive.read(archive.members[1])) == "E_ZIP_BOMB"


def test_too_many_members_before_and_after_the_directory_is_read() -> None:
    data = zipped(*((f"{n}.txt", b"") for n in range(30)))
    assert code_of(lambda: SafeZip(data, limits=Limits(members=20))) == "E_ZIP_BOMB"
    assert code_of(lambda: SafeZip(data, limits=Limits(members=2))) == "E_ZIP_BOMB"


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("a/b.txt", False), ("a..b/c.txt", False), ("...", False), ("..", True), ("a/../../b", True),
        ("..\\b", True), ("\\\\server\\b", True), ("C: b", False), ("C:/b", True),
        ("c:\\b", True), ("/b", True),
    ],
)  # fmt: skip
def test_paths(name: str, outside: bool) -> None:
    assert is_outside(name) is outside


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (b"", "E_CORRUPT"),
        (b"<a>", "E_CORRUPT"),
        (b"<a>\x0b</a>", "E_CORRUPT"),
        (b"<a>&b;</a>", "E_CORRUPT"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "E_CORRUPT"),
        (b"<a>" * 5000 + b"</a>" * 5000, "E_XML_DEPTH"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x"><a/>', "E_XML_DTD"),
        (b"<?xml version='1.0'?><!-- b --><?c d?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "E_XML_DTD"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "E_XML_DTD"),
        (b"<!--" + b" " * 70_000 + b"--><!DOCTYPE a><a/>", "E_XML_DTD"),
    ],
)
def test_refused_xml(part: bytes, code: str) -> None:
    assert code_of(lambda: parse(part)) == code


def test_xml_that_only_speaks_of_a_doctype_is_read() -> None:
    assert parse(b"<a><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


def test_the_search_for_a_doctype_is_linear() -> None:
    refuse_dtd(b"<?a?><!--b-->" * 200_000)


def test_bytes_that_go_by_several_names_are_read_once():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", b"once")
    data = packed.getvalue()
    start, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    entry = data[start:end]
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 3, 3, 3 * len(entry), start, 0)
    found = SafeZip(data[:start] + 3 * entry + tail).members
    assert [member.fault and member.fault.code for member in found] == [None, "E_ZIP_BOMB", "E_ZIP_BOMB"]
