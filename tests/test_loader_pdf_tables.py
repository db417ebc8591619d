"""The PDF loader on tables, held to pdfplumber's reading of the same files."""

from __future__ import annotations

import io

import pdf_samples as samples
import pdfplumber
import pypdfium2
import pytest
from conftest import require
from pdf_samples import Page, grid, hand_made, show

from extractor.document import Content, RawBlock
from extractor.loaders.pdf import read
from extractor.loaders.pdf_grid import find_grids
from extractor.loaders.pdf_page import read_page
from extractor.loaders.pdf_reference import Reference
from extractor.loaders.pdf_rules import Rule
from extractor.loaders.pdf_tables import Table

Rows = list[list[str | None]]


def rows(content: Content) -> list[RawBlock]:
    return [block for block in content.blocks if block.kind == "row"]


def texts(content: Content) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows(content)]


# --- against pdfplumber ------------------------------------------------------------------------


def squeezed(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())


def theirs(data: bytes) -> list[Rows]:
    """pdfplumber's tables: None where a merged cell reaches; rows without a word left out."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    return [[[squeezed(c) for c in row] for row in table if any(row)] for table in tables]


def ours(data: bytes) -> list[Rows]:
    """The fast reader's tables, page by page and in the same form; it must be sure of each."""
    document, reference = pypdfium2.PdfDocument(data), Reference(data)
    try:
        pages = [read_page(document, index, reference, None) for index in range(len(document))]
    finally:
        document.close()
    assert not reference.asked
    return [spread(item) for page in pages for item in page.items if isinstance(item, Table)]


def spread(table: Table) -> Rows:
    found: Rows = []
    for row in table.rows:
        cells: list[str | None] = [None] * (len(table.xs) - 1)
        for cell in row.cells:
            cells[cell.column] = None if cell.merged else squeezed(cell.text)
        found.append(cells)
    return found


@pytest.mark.parametrize("name", ["merged_table", "long_table", "narrow_table"])
def test_the_same_rows_and_cells_as_pdfplumber(name: str) -> None:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    data = getattr(samples, name)()
    assert ours(data) == theirs(data)


def test_prose_has_no_tables() -> None:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    assert rows(read(samples.plan())) == []


# --- shapes ------------------------------------------------------------------------------------


def test_merged_cells() -> None:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    content = read(samples.merged_table())
    found = [[(c.text, c.column, c.columns, c.merged) for c in row.cells] for row in rows(content)]
    assert found[1:4] == [
        [("I", 0, 1, False), ("Công tác tuyên truyền", 1, 3, False)],
        [
            ("1", 0, 1, False),
            ("Mở chuyên mục trên Cổng thông tin điện tử tỉnh", 1, 1, False),
            ("Sở Văn hóa", 2, 1, False),
            ("Quý I/2026", 3, 1, False),
        ],
        [
            ("2", 0, 1, False),
            ("Tổ chức hội nghị tập huấn cho cán bộ cấp xã", 1, 1, False),
            ("", 2, 1, True),
            ("Quý II/2026", 3, 1, False),
        ],
    ]
    assert [block.text for block in content.blocks if block.kind == "line"] == [
        "Danh mục nhiệm vụ kèm theo Kế hoạch.",
        "Trên đây là danh mục nhiệm vụ.",
    ]
    assert content.blocks[0].kind == content.blocks[-1].kind == "line"


def test_a_table_over_pages_is_one_table_with_one_header() -> None:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    content = read(samples.long_table())
    assert {row.table for row in rows(content)} == {0}
    assert {row.page for row in rows(content)} == {1, 2, 3}
    assert [row.cells[0].text for row in rows(content)] == ["STT", *map(str, range(1, 41))]


def test_landscape_annex_with_narrow_columns() -> None:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    assert texts(read(samples.narrow_table()))[1] == [
        "1", "Kiểm tra công vụ đột xuất", "Trên 90% đơn vị", "Sở Nội vụ", "Thanh tra tỉnh; Công an tỉnh",
        "x", "", "x", "", "Kinh phí theo Quyết định số 12/QĐ-UBND",
    ]  # fmt: skip


def test_rows_and_cells_have_boxes() -> None:
    ops = grid([50, 150, 400], [700, 720, 740]) + show("1", 60, 726, 10) + show("Rà soát", 160, 726, 10)
    row = rows(read(hand_made(ops)))[0]
    assert row.bbox == (50.0, 102.0, 400.0, 122.0)
    assert [cell.bbox for cell in row.cells] == [(50.0, 102.0, 150.0, 122.0), (150.0, 102.0, 400.0, 122.0)]


CELLS = (
    show("1", 60, 726, 10)
    + show("Rà soát", 160, 726, 10)
    + show("2", 60, 706, 10)
    + show("Báo cáo", 160, 706, 10)
)
TURNED = {90: b"0 1 -1 0 595 0", 180: b"-1 0 0 -1 595 842", 270: b"0 -1 1 0 0 842"}


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_tables_on_rotated_pages(angle: int) -> None:
    ops = grid([50, 150, 400], [700, 720, 740]) + CELLS
    shift = b"1 0 0 1 0 -300 cm" if angle != 180 else b""
    page = Page(b"q %s cm %s %s Q" % (TURNED[angle], shift, ops), extra=b"/Rotate %d" % angle)
    assert texts(read(hand_made(page))) == [["1", "Rà soát"], ["2", "Báo cáo"]]


def test_a_table_turned_by_its_matrix() -> None:
    ops = grid([50, 150, 400], [700, 720, 740]) + CELLS
    content = read(hand_made(b"q %s cm 1 0 0 1 0 -300 cm %s Q" % (TURNED[90], ops)))
    assert texts(content) == [["1", "Rà soát"], ["2", "Báo cáo"]]


def test_a_turned_header_in_an_upright_table() -> None:
    ops = (
        grid([50, 90, 400], [600, 700, 740]) + show("1", 60, 726, 10) + show("Rà soát thủ tục", 100, 726, 10)
    )
    ops += show("Ghi chú", 75, 610, 10, matrix="0 1 -1 0") + show("Nội dung", 100, 650, 10)
    assert texts(read(hand_made(ops))) == [["1", "Rà soát thủ tục"], ["Ghi chú", "Nội dung"]]


def test_thin_filled_bars_are_rules() -> None:
    bars = [f"{x} 700 0.5 40 re f" for x in (50, 150, 400)] + [
        f"50 {y} 350 0.5 re f" for y in (700, 720, 740)
    ]
    assert texts(read(hand_made("\n".join(bars).encode() + b"\n" + CELLS))) == [
        ["1", "Rà soát"],
        ["2", "Báo cáo"],
    ]


def test_stroked_boxes_are_cells() -> None:
    boxes = b"\n".join(
        b"%d %d %d 20 re S" % (x, y, w) for y in (700, 720) for x, w in ((50, 100), (150, 250))
    )
    assert texts(read(hand_made(boxes + b"\n" + CELLS))) == [["1", "Rà soát"], ["2", "Báo cáo"]]


def test_shading_makes_no_table() -> None:
    shades = b"0.9 g " + b" ".join(
        b"%d %d %d 18 re f" % (x, y, w) for y in (701, 721) for x, w in ((51, 98), (151, 248))
    )
    content = read(hand_made(shades + b" 0 g\n" + CELLS))
    assert rows(content) == []
    assert [block.text for block in content.blocks] == ["1 Rà soát", "2 Báo cáo"]


def test_a_frame_round_a_paragraph_makes_no_table() -> None:
    content = read(hand_made(grid([50, 400], [690, 720, 740]) + show("Nội dung trong khung.", 60, 726)))
    assert [(block.kind, block.text) for block in content.blocks] == [("line", "Nội dung trong khung.")]


def test_an_underline_in_a_cell_splits_nothing() -> None:
    ops = grid([50, 150, 400], [700, 720, 740]) + CELLS + b"160 724 m 200 724 l S\n"
    assert texts(read(hand_made(ops))) == [["1", "Rà soát"], ["2", "Báo cáo"]]


def test_a_code_broken_in_a_cell_is_whole_again() -> None:
    ops = grid([50, 150, 400], [700, 740]) + show("Số 12/QĐ-", 60, 726, 10) + show("UBND", 60, 712, 10)
    ops += show("Ban hành", 160, 726, 10)
    assert texts(read(hand_made(ops))) == [["Số 12/QĐ-UBND", "Ban hành"]]


def test_text_before_and_after_a_table_keeps_its_place() -> None:
    ops = (
        show("Trước bảng.", 60, 760)
        + grid([50, 150, 400], [700, 720, 740])
        + CELLS
        + show("Sau bảng.", 60, 660)
    )
    assert [block.kind for block in read(hand_made(ops)).blocks] == ["line", "row", "row", "line"]


def test_two_tables_have_two_numbers() -> None:
    low = b"q 1 0 0 1 0 -200 cm " + grid([50, 150, 400], [700, 720, 740]) + CELLS + b"Q\n"
    ops = grid([50, 150, 400], [700, 720, 740]) + CELLS + show("Bảng sau:", 60, 600) + low
    assert [row.table for row in rows(read(hand_made(ops)))] == [0, 0, 1, 1]


# --- doubt and bounds --------------------------------------------------------------------------


def test_an_unsound_grid_is_handed_to_pdfplumber(monkeypatch: pytest.MonkeyPatch) -> None:
    """An area in the shape of an L is no cell: the page goes to pdfplumber."""
    asked: list[int] = []
    honest = Reference.grids

    def noted(self: Reference, index: int, frame: object) -> object:
        asked.append(index)
        return honest(self, index, frame)  # type: ignore[arg-type]

    monkeypatch.setattr(Reference, "grids", noted)
    ops = b"50 700 m 400 700 l 400 740 l 50 740 l 50 700 l S 150 740 m 150 720 l 50 720 l S\n"
    ops += show("Ô", 60, 726, 10) + show("Rà soát danh mục", 160, 726, 10) + show("chung", 60, 706, 10)
    content = read(hand_made(ops))
    assert asked == [0]
    words = " ".join(block.text or " ".join(c.text for c in block.cells) for block in content.blocks)
    assert sorted(words.split()) == sorted(["Ô", "Rà", "soát", "danh", "mục", "chung"])


def test_too_many_lines_are_not_searched_for_tables() -> None:
    places = [50.0 + 6 * n for n in range(80)]
    content = read(hand_made(grid(places, places) + show("Nội dung.", 60, 700)))
    assert [block.text for block in content.blocks] == ["Nội dung."]
    assert [notice.code for notice in content.notices] == ["W_TABLE_CAP"]


def test_open_lines_make_no_cells() -> None:
    rules = [Rule(False, y, 50, 400) for y in (100, 120)] + [Rule(True, 50, 100, 120)]
    assert find_grids(rules) == []


def test_broken_rules_are_joined() -> None:
    flat = [Rule(False, y, x, x + 50) for y in (100, 120) for x in range(50, 400, 50)]
    grids = find_grids(flat + [Rule(True, x, 100, 120) for x in (50, 200, 400)])
    assert grids is not None
    assert [cell.box for cell in grids[0].cells] == [(50, 100, 200, 120), (200, 100, 400, 120)]
