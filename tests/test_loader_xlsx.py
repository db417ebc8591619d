"""The Excel loader: sheets as offices keep them, as paragraphs and table rows."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT
from docx_samples import zipped
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from xlsx_samples import HEAD, MAIN, annex_of, codes, lines, raw, sheet, text_cell, xlsx

from extractor import extract
from extractor.document import RawCell
from extractor.errors import UnreadableError
from extractor.loaders.xlsx import read
from extractor.loaders.xlsx_format import shown
from extractor.schema import Task

TASK = ("1", "Rà soát vị trí việc làm", "Sở Nội vụ", "Các sở", "Quý II/2026", "Báo cáo")
OTHER = ("2", "Số hóa hồ sơ", "Sở Tư pháp", "", "Tháng 5/2026", "")


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.98, "0%", "98%"),
        (0.985, "0.0%", "98,5%"),
        (12500, "#,##0", "12.500"),
        (5, "General", "5"),
        (12500.46, "#,##0.0", "12.500,5"),
        (3.14159, "0.##", "3,14"),
        (7, "00", "07"),
        (12, '0" xã"', "12 xã"),
        (46203, "mm-dd-yy", "30/06/2026"),
        (46203, "dd/mm/yyyy;@", "30/06/2026"),
        (46203, "mmm-yy", "06/2026"),
        (46203, "yyyy", "2026"),
        (46203, '[$-42A]dd "tháng" mm "năm" yyyy', "30/06/2026"),
        (0.5, "h:mm", "12:00"),
        (46203.5, "dd/mm/yyyy hh:mm", "12:00 30/06/2026"),
        (46203, "General", "46203"),
        (1, '"Quý "0', "Quý 1"),
        (-3, "#,##0;(#,##0)", "(3)"),
        (-3, "#,##0", "-3"),
        (0, '0;-0;"-"', "-"),
        (0.1 + 0.2, "General", "0,3"),
        (1500000, '#,##0,, "triệu đồng"', "2 triệu đồng"),
        (2500, "#,##0 [$₫-42A]", "2.500 ₫"),
        (1234567, '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "1.234.567"),
        (5000000000.0, "dd/mm/yyyy", "5000000000"),
        (59, "dd/mm/yyyy", "28/02/1900"),
        (1e300, "0.00", "1e+300"),
        (0.5, "# ?/?", "0,5"),
        (9, "0" * 999, "9"),
        (9e14, "0.00000000%%%", "9000000000000000000,00000000%%%"),
    ],
)
def test_numbers_as_the_sheet_shows_them(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_counted_from_1904() -> None:
    assert shown(44741, "dd/mm/yyyy", from_1904=True) == "30/06/2026"


def test_cells_of_every_type() -> None:
    def change(page: Worksheet) -> None:
        page["E2"], page["E2"].number_format = date(2026, 6, 30), "dd/mm/yyyy"
        page["F2"], page["F2"].number_format = 0.98, "0%"

    assert lines(sheet([HEAD, ("1", "Một\n- hai", True, 12.5)], change)) == [
        " | ".join(HEAD),
        "1 | Một\n- hai | TRUE | 12,5 | 30/06/2026 | 98%",
    ]


def test_text_that_begins_like_a_formula_stays_text() -> None:
    def change(page: Worksheet) -> None:
        page["B2"].data_type = "s"

    data = sheet([HEAD, ("1", '=HYPERLINK("http://127.0.0.1:9")', "Sở Nội vụ")], change)
    assert lines(data)[1].startswith('1 | =HYPERLINK("http://127.0.0.1:9") | Sở Nội vụ')
    assert codes(data) == []


def test_formulas_give_their_stored_results_and_nothing_else() -> None:
    stored = '<c><f>1+1</f><v>2</v></c><c t="str"><f>A1</f><v>hai</v></c>'
    without = '<c><f>A2</f></c><c t="e"><v>#REF!</v></c>'
    data = raw(f"<sheetData><row>{stored}{without}</row></sheetData>")
    assert lines(data) == ["2", "hai"]
    assert codes(data) == ["W_CELL_ERROR", "W_FORMULA_NOT_COMPUTED"]


# --- the sheet's layout --------------------------------------------------------------------------


def test_what_stands_over_and_under_a_table_is_read_as_paragraphs() -> None:
    state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    rows = [
        ("UBND TỈNH SÔNG MÂY", "", "", state),
        ("SỞ NỘI VỤ", "", "", "Độc lập - Tự do - Hạnh phúc"),
        ("Số: 12/KH-SNV", "", "", "Sông Mây, ngày 02 tháng 3 năm 2026"),
        (),
        ("", "KẾ HOẠCH\nCải cách hành chính năm 2026"),
        HEAD,
        ("I", "Thể chế"),
        TASK,
        OTHER,
        ("Ghi chú: số liệu tạm tính",),
        (),
        ("Nơi nhận:", "", "", "GIÁM ĐỐC"),
        ("- Như trên;",),
        ("- Lưu: VT.", "", "", "Lê Thí Dụ"),
    ]
    blocks = read(sheet(rows)).blocks
    assert [b.text for b in blocks if not b.cells] == [
        "UBND TỈNH SÔNG MÂY", "SỞ NỘI VỤ", "Số: 12/KH-SNV", state, "Độc lập - Tự do - Hạnh phúc",
        "Sông Mây, ngày 02 tháng 3 năm 2026", "KẾ HOẠCH", "Cải cách hành chính năm 2026",
        "Ghi chú: số liệu tạm tính", "Nơi nhận:", "- Như trên;", "- Lưu: VT.", "GIÁM ĐỐC", "Lê Thí Dụ",
    ]  # fmt: skip
    assert [[c.text for c in b.cells if c.text] for b in blocks if b.cells] == [
        list(HEAD), ["I", "Thể chế"], list(TASK), [text for text in OTHER if text],
    ]  # fmt: skip


def test_merged_cells_and_a_header_of_two_rows() -> None:
    rows = [
        ("TT", "Nhiệm vụ", "Thời gian", "", "Chủ trì"),
        ("", "", "Bắt đầu", "Kết thúc", ""),
        ("1", "Một", "01/2026", "02/2026", "Sở Nội vụ"),
        ("2", "Hai", "03/2026", "04/2026", ""),
        ("II. Nhóm việc khác",),
        ("3", "Ba", "03/2026", "04/2026", "Sở Y tế"),
    ]

    def change(page: Worksheet) -> None:
        for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "E3:E4", "A5:E5"):
            page.merge_cells(area)

    cells = [block.cells for block in read(sheet(rows, change)).blocks]
    assert cells[0][2] == RawCell("Thời gian", 2, 2)
    assert [c.column for c in cells[0]] == [0, 1, 2, 4]
    assert [(c.text, c.merged) for c in cells[1]] == [
        ("", True), ("", True), ("Bắt đầu", False), ("Kết thúc", False), ("", True),
    ]  # fmt: skip
    assert cells[3][4] == RawCell("", 4, 1, True)
    assert cells[4] == (RawCell("II. Nhóm việc khác", 0, 5),)


def test_columns_that_are_empty_or_only_widen_others_are_dropped() -> None:
    rows = [("", "TT", "Nhiệm vụ", "", "Chủ trì", ""), ("", 1, "Một", "", "Sở Nội vụ")]

    def change(page: Worksheet) -> None:
        page.merge_cells("C1:D1")
        page.merge_cells("C2:D2")

    assert [[(c.text, c.column, c.columns) for c in b.cells] for b in read(sheet(rows, change)).blocks] == [
        [("TT", 0, 1), ("Nhiệm vụ", 1, 1), ("Chủ trì", 2, 1)],
        [("1", 0, 1), ("Một", 1, 1), ("Sở Nội vụ", 2, 1)],
    ]


def test_a_code_that_excel_took_for_a_number_keeps_its_dot() -> None:
    assert lines(sheet([HEAD, (1.1, "Một", "Sở Nội vụ", 2.5)]))[1].startswith("1.1 | Một | Sở Nội vụ | 2,5")


def test_a_second_table_under_a_title_of_its_own() -> None:
    rows = [HEAD, TASK, (), ("BIỂU 2. CHỈ TIÊU",), ("STT", "Chỉ tiêu", "Đơn vị tính"), ("1", "Tỷ lệ", "%")]
    blocks = read(sheet(rows)).blocks
    assert [(b.table, b.text) for b in blocks] == [
        (0, ""), (0, ""), (None, "BIỂU 2. CHỈ TIÊU"), (1, ""), (1, ""),
    ]  # fmt: skip


def test_several_sheets_come_under_their_names() -> None:
    sheets = {"Kế hoạch": [("KẾ HOẠCH",), HEAD, TASK], "Rỗng": [], "Xã hội": [HEAD, OTHER],
              "Phụ lục 2": [HEAD, TASK], "PL3": [("Phụ lục III",), HEAD, TASK]}  # fmt: skip
    blocks = read(xlsx(sheets)).blocks
    assert [b.text for b in blocks if b.text] == ["KẾ HOẠCH", "Phụ lục: Xã hội", "Phụ lục 2", "Phụ lục III"]
    assert [b.table for b in blocks if b.cells] == [0, 0, 1, 1, 2, 2, 3, 3]


# --- what is left out is said --------------------------------------------------------------------


def test_hidden_sheets_rows_and_columns_are_left_out_and_named() -> None:
    def change(book: Workbook) -> None:
        page = book.worksheets[0]
        page.row_dimensions[3].hidden = True
        page.column_dimensions["D"].hidden = True
        book.worksheets[1].sheet_state = "hidden"

    data = xlsx({"A": [HEAD, TASK, OTHER], "B": [HEAD, OTHER]}, change)
    assert lines(data) == [
        "TT | Nhiệm vụ | Cơ quan chủ trì | Thời hạn | Sản phẩm",
        "1 | Rà soát vị trí việc làm | Sở Nội vụ | Quý II/2026 | Báo cáo",
    ]
    assert [(n.code, n.where) for n in read(data).notices] == [("W_HIDDEN_TEXT", "A"), ("W_HIDDEN_TEXT", "B")]


def test_a_merged_cell_that_begins_in_a_hidden_row_is_seen_below() -> None:
    def change(page: Worksheet) -> None:
        page.merge_cells("C2:C3")
        page.row_dimensions[2].hidden = True

    assert lines(sheet([HEAD, TASK, (*OTHER[:2], "", *OTHER[3:])], change))[1].startswith(
        "2 | Số hóa hồ sơ | Sở Nội vụ"
    )


def test_comments_links_macros_and_text_boxes() -> None:
    def change(page: Worksheet) -> None:
        page["B2"].comment = Comment("xem lại", "a")

    assert codes(sheet([HEAD, TASK], change)) == ["W_COMMENTS"]
    link = '<Relationship Id="x" Type="http://x/externalLinkPath" Target="//x/y" TargetMode="External"/>'
    row = f"<sheetData><row>{text_cell('a')}</row></sheetData>"
    assert codes(raw(row, more=link)) == ["W_EXTERNAL_REF"]
    assert codes(raw(row, files={"xl/connections.xml": "<a/>"})) == ["W_EXTERNAL_REF"]
    assert codes(raw(row, files={"xl/vbaProject.bin": b"x"})) == ["W_ACTIVE_CONTENT"]


def test_a_workbook_without_text() -> None:
    assert codes(sheet([])) == ["W_NO_TEXT"]
    assert codes(raw("", files={"xl/media/image1.png": b"x"})) == ["W_NEEDS_OCR"]


def test_a_sheet_that_claims_a_million_rows_costs_what_it_holds() -> None:
    ends = f'<row r="1">{text_cell("đầu")}</row><row r="1048576">{text_cell("cuối")}</row>'
    styled = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 200_000))
    data = raw(f'<dimension ref="A1:XFD1048576"/><sheetData>{ends}{styled}</sheetData>'
               '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')  # fmt: skip
    start = time.process_time()
    assert lines(data) == ["đầu"]
    assert time.process_time() - start < 5


def test_rows_beyond_the_cap_are_counted_and_named() -> None:
    rows = "".join(f"<row>{text_cell('a')}{text_cell('b')}</row>" for _ in range(20_010))
    content = read(raw(f"<sheetData>{rows}</sheetData>"))
    assert len(content.blocks) == 20_000
    assert [n.code for n in content.notices] == ["W_TABLE_CAP"]
    assert "first 20000 filled rows" in content.notices[0].message


def test_one_long_text_in_very_many_cells_does_not_fill_the_memory() -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>{"a" * 32_000}</t></si></sst>'
    more = '<Relationship Id="s" Type="http://x/sharedStrings" Target="s.xml"/>'
    rows = '<row><c t="s"><v>0</v></c></row>' * 15_000
    data = raw(f"<sheetData>{rows}</sheetData>", files={"xl/s.xml": strings}, more=more)
    assert len(read(data).blocks) < 1000
    assert codes(data) == ["W_TABLE_CAP"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_CORRUPT"),
        (zipped({"a": "b"}), "E_CORRUPT"),
        (raw("", files={"xl/worksheets/sheet1.xml": "<worksheet>"}), "E_CORRUPT"),
        (raw("", files={"xl/workbook.xml": "<!DOCTYPE a><a/>"}), "E_XML_DTD"),
        (raw("", files={"xl/worksheets/sheet1.xml": "<!DOCTYPE a><a/>"}), "E_XML_DTD"),
        (raw("<a>" * 5000 + "</a>" * 5000), "E_XML_DEPTH"),
        (raw("", files={"../x.xml": "<a/>"}), "E_ZIP_PATH"),
        (raw(" " * 40_000_000), "E_ZIP_BOMB"),
    ],
)
def test_refused_workbooks(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.code == code


# --- the whole way -------------------------------------------------------------------------------


def fields(task: Task) -> dict[str, object]:
    return {
        "text": task.text,
        "lead": [agency.name for agency in task.lead],
        "support": [agency.name for agency in task.support],
        "deadline": [(d.text, d.kind, d.start, d.due, d.edtf, d.event) for d in task.deadlines],
        "deliverable": [each.text for each in task.deliverables],
    }


def test_the_annex_as_a_workbook_gives_the_tasks_of_the_annex_as_text(tmp_path: Path) -> None:
    plan = ROOT / "corpus" / "song-may-chuyen-doi-so.txt"
    file = tmp_path / "phu-luc.xlsx"
    file.write_bytes(sheet(annex_of(plan)))
    written = [fields(task) for task in extract(plan).tasks if task.origin == "table"]
    assert len(written) == 7
    assert [fields(task) for task in extract(file).tasks] == written


def test_a_title_between_two_rows_of_two_cells_stays_between_them() -> None:
    rows = [
        ("SỞ NỘI VỤ", "", "CỘNG HÒA"),
        (),
        ("KẾ HOẠCH",),
        (),
        ("Năm 2026", "", "Đơn vị: triệu đồng"),
        HEAD,
        TASK,
    ]
    got = lines(sheet(rows))
    assert got[:5] == ["SỞ NỘI VỤ", "CỘNG HÒA", "KẾ HOẠCH", "Năm 2026", "Đơn vị: triệu đồng"]


def test_a_whole_plan_in_one_sheet(tmp_path: Path) -> None:
    rows = [
        ("UBND TỈNH SÔNG MÂY", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("SỞ NỘI VỤ", "", "", "Độc lập - Tự do - Hạnh phúc"),
        ("Số: 12/KH-SNV", "", "", "Sông Mây, ngày 02 tháng 3 năm 2026"),
        (),
        ("KẾ HOẠCH\nCải cách hành chính năm 2026",),
        HEAD,
        TASK,
        (),
        ("Nơi nhận:", "", "", "GIÁM ĐỐC"),
        ("- Lưu: VT.", "", "", "Lê Thí Dụ"),
    ]
    file = tmp_path / "a.xlsx"
    file.write_bytes(sheet(rows))
    plan = extract(file)
    assert (plan.document.type, plan.document.number, plan.document.issued) == (
        "Kế hoạch",
        "12/KH-SNV",
        "2026-03-02",
    )
    assert plan.document.title == "Cải cách hành chính năm 2026"
    assert plan.document.signer
    assert plan.document.signer.name == "Lê Thí Dụ"
    assert [task.text for task in plan.tasks] == [TASK[1]]
    cell = plan.tasks[0].lead[0].evidence[0].cell
    assert cell
    assert (cell.table, cell.row, cell.column) == (0, 1, 2)


def test_no_cell_of_a_table_is_taken_for_a_letterhead(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(sheet([HEAD, TASK, OTHER]))
    document = extract(file).document
    assert (document.type, document.title, document.issuer) == (None, None, None)
