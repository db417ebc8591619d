"""The same text as .doc, .rtf and .odt says the same: the files of data/old-formats, made by LibreOffice."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from docx_samples import zipped

from extractor.document import Content
from extractor.errors import UnreadableError

DATA = Path(__file__).parent / "data" / "old-formats"
SUFFIXES = ("doc", "rtf", "odt")

LISTS = """\
I. MỤC TIÊU
1. Một
2. Hai
a) con
b) con nữa
II. NHIỆM VỤ
1. Ba
- gạch
+ cộng
- tròn
1. A
1.1. A1
1.2. A2
2. B
Sau chú thích¹ và tiếp²
footnote: ¹ Chân trang
footnote: ² Cuối bài
hiện thêm
Cộng hòa xã hội chủ nghĩa
dòng hai
liên kết hết
0: 0 TT | 1 Nhiệm vụ | 2 Chủ trì
0: 0 1 | 1 Rà soát | 2 Sở A
0: 0^ | 1 Tổng hợp | 2 Sở B
0: 0-1 Ngang | 2 Sở C
0: 0 3 | 1 x y/z t/sau | 2 Sở D
giữa
1: 0 a | 1 b | 2 c | 3 d
1: 0 a2 | 1 b2 | 2 c2 | 3 d2
cuối (centered)
đậm (bold)
ngắt
Không ngắt – 5 km “trích” … 😀"""

BOXES = """\
Trước
Trong khung
hai dòng
Giữa¹ sau
Trong hình
footnote: ¹ Nội dung chú thích
Hiện hết
0: 0 TT | 1-2 Giao
0: 0^ | 1 Chủ trì | 2 Phối hợp²
0: 0 1 | 1 Sở A/Sở B | 2
footnote: ² Nội dung hai chú thích
Cuối"""


def read(name: str, data: bytes) -> Content:
    content: Content = import_module(f"extractor.loaders.{name}").read(data)
    return content


def lines(content: Content) -> list[str]:
    """A line a block: "TABLE: COLUMN text | …" for a row, a "^" where a cell goes on from above."""
    out = []
    for block in content.blocks:
        cells = (
            f"{c.column}{f'-{c.column + c.columns - 1}' if c.columns > 1 else ''}{'^' if c.merged else ''}"
            f" {c.text}".rstrip().replace("\n", "/")
            for c in block.cells
        )
        look = " (centered)" * block.centered + " (bold)" * block.bold
        kind = "footnote: " if block.kind == "footnote" else ""
        out.append(f"{block.table}: {' | '.join(cells)}" if block.kind == "row" else kind + block.text + look)
    return out


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_lists_notes_fields_and_tables(suffix):
    content = read(suffix, (DATA / f"lists-and-tables.{suffix}").read_bytes())
    assert lines(content) == LISTS.split("\n")
    codes = [notice.code for notice in content.notices]
    assert codes == ["W_TRACKED_CHANGES", "W_HIDDEN_TEXT", "W_LEGACY_ENCODING"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_boxes_hidden_text_and_merged_cells(suffix):
    content = read(suffix, (DATA / f"boxes-and-spans.{suffix}").read_bytes())
    # LibreOffice writes a shape's words to RTF as a picture made of letters
    expected = BOXES.replace("Trong hình\n", "") if suffix == "rtf" else BOXES
    assert lines(content) == expected.split("\n")
    assert [notice.code for notice in content.notices] == ["W_HIDDEN_TEXT"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_letterhead_above_the_page_is_read_and_the_rest_there_is_told(suffix):
    content = read(suffix, (DATA / f"letterhead-above.{suffix}").read_bytes())
    letterhead = ["ỦY BAN NHÂN DÂN TỈNH BÌNH LỤC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert lines(content) == [*letterhead, "Nội dung kế hoạch", "Hai"]
    assert [notice.code for notice in content.notices] == ["W_COMMENTS", "W_PAGE_FURNITURE"]


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A zip whose text is damaged, but whole as a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = members["content.xml"].decode()
    for _ in range(chance.choice((1, 3, 9))):
        start, size = chance.randrange(len(content)), chance.choice((1, 9, 99))
        numbers = re.sub(
            "[0-9]", lambda digit: chance.choice((digit[0], "9999999", "-1")), content[start:][:size]
        )
        content = content[:start] + numbers + content[start + size :]
    return zipped({**members, "content.xml": content})


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file cut off, or with some of its bytes overwritten; in a zip, mostly some of its numbers."""
    if data[:2] == b"PK" and chance.random() < 0.7:
        return repacked(data, chance)
    if chance.random() < 0.25:
        return data[: chance.randrange(len(data))]
    broken = bytearray(data)
    for _ in range(chance.choice((1, 4, 30, 300))):
        at, width = chance.randrange(len(data)), chance.choice((1, 2, 4))
        broken[at : at + width] = chance.choice((b"\xff", b"\0", b"{", b"\\", chance.randbytes(1))) * width
    return bytes(broken)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files_are_read_or_refused(suffix):
    chance = random.Random(20)
    files = [path.read_bytes() for path in sorted(DATA.glob(f"*.{suffix}"))]
    seen: Counter[str] = Counter()
    for _ in range(70):
        try:
            read(suffix, damaged(chance.choice(files), chance))
            seen["read"] += 1
        except UnreadableError as error:
            seen[error.code] += 1
    assert seen.total() == 70
    assert seen["read"] > 5
