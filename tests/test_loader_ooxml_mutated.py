"""Word and Excel files damaged at random: they are read or refused in plain words, and nothing else."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice

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
    row,
    style,
    styles,
    table,
    text_box,
    zipped,
)
from openpyxl.worksheet.worksheet import Worksheet
from xlsx_samples import HEAD, sheet

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders import docx as docx_loader
from extractor.loaders import xlsx as xlsx_loader

Mutation = Callable[[random.Random, bytes], bytes]


def flipped(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 8)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def truncated(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data))]


def doubled(dice: random.Random, data: bytes) -> bytes:
    start, end = _cut(dice, data)
    return data[:end] + data[start:]


def spliced(dice: random.Random, data: bytes) -> bytes:
    start, end = _cut(dice, data)
    at = dice.randrange(len(data))
    return data[:at] + data[start:end] + data[at + dice.randrange(20) :]


def renumbered(dice: random.Random, data: bytes) -> bytes:
    """Values of attributes and elements replaced by impossible ones: the markup stays well-formed."""
    odd = (b"-1", b"99999999999999999999", b"", b"NaN", b"1e400", b"A0", "Ⅷ".encode(), b"&#x10FFFF;")
    places = [i for i in range(1, len(data) - 1) if data[i : i + 1] == b'"' and data[i - 1 : i] != b"="]
    changed = data
    for place in sorted(dice.sample(places, min(3, len(places))), reverse=True):
        start = changed.rfind(b'"', 0, place)
        changed = changed[: start + 1] + dice.choice(odd) + changed[place:]
    return changed


def _cut(dice: random.Random, data: bytes) -> tuple[int, int]:
    start = dice.randrange(len(data))
    return start, min(len(data), start + dice.randrange(1, 400))


def inside(mutation: Mutation, dice: random.Random, data: bytes) -> bytes:
    """The same zip with one of its parts changed, so that its checksum still holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice([name for name, part in parts.items() if part])
    return zipped({**parts, name: mutation(dice, parts[name])})


MUTATIONS: tuple[Mutation, ...] = (flipped, truncated, doubled, spliced, renumbered)


def word_file() -> bytes:
    down = '<w:vMerge w:val="restart"/>'
    rows = row("1", cell(DUTY, properties=down), "x"), row("2", cell(properties="<w:vMerge/>"), cell("y"))
    body = table(*rows) + item("a") + para("b", inside=note(1) + text_box(para("c")))
    chunk = '<Relationship Id="c" Type="http://x/aFChunk" Target="a.html"/>'
    return docx(
        body + '<w:altChunk r:id="c"/>',
        relations=chunk,
        files={"word/a.html": f"<html><body><p>{DUTY}</p></body></html>"},
        numbering=DECIMAL,
        footnotes=notes({1: "d"}),
        styles=styles(style("A", based_on="B"), style("B", "<w:rPr><w:b/></w:rPr>")),
    )


def workbook() -> bytes:
    def change(page: Worksheet) -> None:
        page["E3"], page["E3"].number_format = date(2026, 6, 30), "dd/mm/yyyy"
        page["F3"], page["F3"].number_format = 0.98, "0.0%"
        page.merge_cells("A1:F1")
        page.merge_cells("C3:C4")
        page.row_dimensions[5].hidden = True

    task = (1.1, DUTY, "Sở Nội vụ", "UBND các xã", None, None)
    return sheet([("KẾ HOẠCH",), HEAD, task, (2, DUTY), (3, "ẩn")], change)


@pytest.mark.parametrize(
    ("read", "whole"), [(docx_loader.read, word_file()), (xlsx_loader.read, workbook())], ids=["docx", "xlsx"]
)
def test_damaged_files_are_read_or_refused(read: Callable[[bytes], Content], whole: bytes) -> None:
    assert any(block.cells for block in read(whole).blocks)
    dice = random.Random(20260630)
    refused = 0
    for mutation in islice(cycle(MUTATIONS), 120):
        for data in (mutation(dice, whole), inside(mutation, dice, whole)):
            try:
                read(data)
            except UnreadableError:
                refused += 1
    assert 50 < refused < 230  # both ways are taken
