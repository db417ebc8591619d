"""Damage anywhere in a PDF: the loader reads on or refuses, and nothing else escapes it."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest
from conftest import ROOT
from pdf_samples import PROSE, Hand, Page, grid, hand_made, show_lines

from extractor.errors import UnreadableError
from extractor.loaders import pdf
from extractor.loaders.pdf import read

LINES = [PROSE[i : i + 70] for i in range(0, len(PROSE), 70)]
NUMBER = re.compile(
    rb"(?<=/Length )\d+|(?<=/Count )\d+|(?<=/DW )\d+|(?<=/W \[)\d+|\d+(?= 0 R)|\d{10}(?= \d{5} n)"
)
ODD = [b"0", b"-1", b"1", b"7", b"65536", b"2147483648", b"99999999999999"]


@cache
def samples() -> list[bytes]:
    """A plain file, one with a table and a picture, one of two pages, and one by LibreOffice."""
    hand = Hand()
    picture = b"/XObject << /Im1 %d 0 R >>" % hand.image()
    table = grid([60, 200, 400], [200, 230, 260]) + show_lines(LINES, 70, 700, 10)
    mixed = hand.pdf([Page(table + b"q 9 0 0 9 9 9 cm /Im1 Do Q ", picture)])
    plain = hand_made(show_lines(LINES, 70, 700, 10))
    made = sorted((ROOT / "corpus" / "files").glob("*.pdf"))[0].read_bytes()
    return [plain, mixed, hand_made(*[show_lines(LINES[:3], 70, 700, 10)] * 2), made]


def damaged(source: random.Random) -> bytes:
    """One of the samples after one to four accidents."""
    data = bytearray(source.choice(samples()))
    for _ in range(source.randint(1, 4)):
        at, size = source.randrange(len(data)), source.randint(1, 3000)
        match source.choice(["flip", "cut", "double", "lose", "number", "splice"]):
            case "flip":
                for _ in range(source.randint(1, 40)):
                    data[source.randrange(len(data))] = source.randrange(256)
            case "cut":
                data = data[: max(at, 200)]
            case "double":
                data[at:at] = data[at : at + size]
            case "lose":
                del data[at : min(at + size, len(data) - 1)]
            case "number":
                match = source.choice([*NUMBER.finditer(data)] or [None])
                if match:
                    data[match.start() : match.end()] = source.choice(ODD).rjust(len(match[0]))
            case _:
                other = source.choice(samples())
                data = data[: max(at, 200)] + other[source.randrange(len(other)) :]
    return bytes(data)


def outcome(data: bytes) -> bool:
    """Whether a file gives blocks, or a word on why not."""
    try:
        content = read(data)
    except UnreadableError as error:
        return error.code.startswith("E_") and error.message.endswith(".")
    return bool(content.blocks or content.notices)


@pytest.mark.parametrize("seed", range(60))
def test_damage_is_read_or_refused(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.loaders.ocr_reader.is_available", lambda: False)
    monkeypatch.setattr(pdf, "MAX_PAGES", 20)
    assert outcome(damaged(random.Random(seed)))
