from __future__ import annotations

import struct
from pathlib import Path

import pytest

from extractor.errors import UnreadableError
from extractor.loaders.doc import read

SAMPLE = (Path(__file__).parent / "data" / "old-formats" / "lists-and-tables.doc").read_bytes()
FIB = SAMPLE.index(b"\xec\xa5")  # where the WordDocument stream starts: wIdent and nFib


def patched(at: int, change: bytes, data: bytes = SAMPLE) -> bytes:
    return data[:at] + change + data[at + len(change) :]


def renamed(old: str, new: str) -> bytes:
    """The file with an entry of its directory under another name ([MS-CFB] 2.6.1)."""
    at = SAMPLE.index(old.encode("utf-16-le") + b"\0\0")
    entry = new.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(new) + 2)
    return patched(at, entry)


def with_fat_loop() -> bytes:
    """The file with every chain of sectors leading back to its first."""
    table = struct.unpack_from("<I", SAMPLE, 76)[0]
    return patched(512 * (table + 1), struct.pack("<I", 0) * 128)


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.message[0].islower()
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (patched(FIB + 11, bytes([SAMPLE[FIB + 11] | 1])), "E_ENCRYPTED"),
        (renamed("WordDocument", "EncryptedPackage"), "E_ENCRYPTED"),
        (renamed("WordDocument", "Workbook"), "E_UNSUPPORTED"),
        (renamed("WordDocument", "Something"), "E_UNSUPPORTED"),
        (renamed("1Table", "Other"), "E_CORRUPT"),
        (with_fat_loop(), "E_CORRUPT"),
        (patched(44, b"\xff\xff\xff\x7f"), "E_CORRUPT"),
        (patched(FIB + 418, b"\xff\xff\xff\x7f"), "E_CORRUPT"),
        (patched(FIB + 76, b"\xff\xff\xff\x7f"), "E_CORRUPT"),
        (patched(FIB, b"\0\0"), "E_CORRUPT"),
        (SAMPLE[:600], "E_CORRUPT"),
        (SAMPLE[:8], "E_CORRUPT"),
    ],
    ids=["password", "password on a .docx", "Excel", "unknown", "no table", "loop of sectors", "huge table",
         "piece table", "length of the text", "not Word", "header only", "signature only"],
)  # fmt: skip
def test_what_is_refused(data, code):
    assert refused(data) == code


@pytest.mark.parametrize("part", [0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_file_that_is_cut_off_is_refused(part):
    assert refused(SAMPLE[: int(len(SAMPLE) * part)]) == "E_CORRUPT"


def test_an_older_file_needs_libreoffice(monkeypatch):
    monkeypatch.setenv("KEHOACH_SOFFICE", "")
    word_95 = patched(FIB + 2, struct.pack("<H", 104))
    assert refused(word_95) == "E_NEEDS_OFFICE"


@pytest.mark.parametrize(
    ("instruction", "code"),
    [(' DDEAUTO "c:\\\\x" ', "W_ACTIVE_CONTENT"), (' INCLUDETEXT "\\\\\\\\a\\\\b" ', "W_EXTERNAL_REF")],
)
def test_a_field_that_asks_for_something_outside_is_told_and_not_followed(instruction, code):
    old = ' HYPERLINK "http://example.invalid'
    for encoding in ("latin-1", "utf-16-le"):
        if old.encode(encoding) in SAMPLE:
            changed = SAMPLE.replace(old.encode(encoding), instruction.ljust(len(old)).encode(encoding))
            break
    content = read(changed)
    assert code in [notice.code for notice in content.notices]
    assert "liên kết hết" in [block.text for block in content.blocks]
