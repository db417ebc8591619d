"""The Word loader: automatic numbering, tables of data and tables of layout."""

from __future__ import annotations

import pytest
from docx_samples import (
    DECIMAL,
    DUTY,
    cell,
    codes,
    docx,
    item,
    level,
    numbering,
    of,
    para,
    row,
    style,
    styles,
    table,
    text_box,
    texts,
)

from extractor.document import RawCell
from extractor.loaders.docx import read
from extractor.loaders.docx_numbering import format_number
from extractor.loaders.docx_tables import is_layout

# --- automatic numbering -------------------------------------------------------------------------


def test_levels_count_and_restart() -> None:
    body = "".join(
        [
            item("A"),
            item("B", 1),
            item("C", 2),
            item("D", 2),
            item("E", 1),
            item("F", 2),
            item("G"),
            item("H", 1),
        ]
    )
    assert texts(body, numbering=DECIMAL) == [
        "1. A",
        "1.1. B",
        "a) C",
        "b) D",
        "1.2. E",
        "a) F",
        "2. G",
        "2.1. H",
    ]


def test_a_level_without_its_parent_shows_the_parents_start() -> None:
    assert texts(item("A", 1) + item("B", 1), numbering=DECIMAL) == ["1.1. A", "1.2. B"]


@pytest.mark.parametrize(("restart", "second"), [(0, "c)"), (1, "a)"), (2, "a)")])
def test_lvl_restart(restart: int, second: str) -> None:
    deep = level(2, "lowerLetter", "%3)", more=f'<w:lvlRestart w:val="{restart}"/>')
    part = numbering({1: [level(0, "decimal", "%1."), level(1, "decimal", "%2."), deep]})
    body = item("x") + item("y", 2) + item("z", 2) + item("t") + item("u", 2)
    assert texts(body, numbering=part)[-1] == f"{second} u"


def test_lvl_restart_only_after_the_stated_level() -> None:
    deep = level(2, "decimal", "%3)", more='<w:lvlRestart w:val="1"/>')
    part = numbering({1: [level(0, "decimal", "%1."), level(1, "decimal", "%2."), deep]})
    assert texts(item("a", 1) + item("b", 2) + item("c", 1) + item("d", 2), numbering=part)[-1] == "2) d"


def test_lists_of_one_definition_count_on_and_a_start_override_restarts() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    part = numbering({1: [level(0, "decimal", "%1.")]}, {1: of(1), 2: of(1), 3: of(1) + override})
    body = item("a") + item("b", number=2) + item("c", number=3) + item("d", number=3)
    assert texts(body, numbering=part) == ["1. a", "2. b", "1. c", "2. d"]


def test_a_level_override_changes_the_format() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1.", start=3)}</w:lvlOverride>'
    part = numbering({1: [level(0, "decimal", "%1.")]}, {1: of(1) + override})
    assert texts(item("a") + item("b"), numbering=part) == ["III. a", "IV. b"]


def test_legal_numbering_writes_higher_levels_as_digits() -> None:
    part = numbering({1: [level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2.", more="<w:isLgl/>")]})
    assert texts(item("a") + item("b", 1), numbering=part) == ["I. a", "1.1. b"]


@pytest.mark.parametrize(
    ("glyph", "label"), [("\uf0b7", "- "), ("-", "- "), ("–", "- "), ("+", "+ "), ("o", "- "), ("", "")]
)
def test_bullets(glyph: str, label: str) -> None:
    assert texts(item(DUTY), numbering=numbering({1: [level(0, "bullet", glyph)]})) == [label + DUTY]


def test_numbering_by_style_through_its_ancestors() -> None:
    linked = level(1, "decimal", "%1.%2.", more='<w:pStyle w:val="Muc2"/>')
    part = numbering({1: [level(0, "upperRoman", "%1.", more='<w:pStyle w:val="Muc1"/>'), linked]})
    part_of_1 = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    outline = styles(style("Muc1", part_of_1), style("Muc2", based_on="Muc1"))
    one, two = '<w:pStyle w:val="Muc1"/>', '<w:pStyle w:val="Muc2"/>'
    none = two + '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = para("A", one) + para("B", two) + para("C", none) + para("D", one)
    assert texts(body, numbering=part, styles=outline) == ["I. A", "I.1. B", "C", "II. D"]


def test_a_definition_linked_to_a_list_style() -> None:
    part = numbering(
        {1: ['<w:numStyleLink w:val="DanhSach"/>'], 2: [level(0, "decimal", "Điều %1.")]},
        {1: of(1), 2: of(2)},
    )
    linked = style("DanhSach", "<w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr>", "numbering")
    assert texts(item("Phạm vi"), numbering=part, styles=styles(linked)) == ["Điều 1. Phạm vi"]


def test_a_definition_linked_to_itself_gives_no_label() -> None:
    part = numbering({1: ['<w:numStyleLink w:val="S"/>']})
    linked = style("S", "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>", "numbering")
    assert texts(item(DUTY), numbering=part, styles=styles(linked)) == [DUTY]


def test_empty_numbered_paragraphs_count_but_a_deleted_one_does_not() -> None:
    removed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
    assert texts(item("a") + item("") + para("", removed) + item("b"), numbering=DECIMAL) == ["1. a", "3. b"]


def test_numbering_values_out_of_range_do_no_harm() -> None:
    huge = '<w:numPr><w:ilvl w:val="99999"/><w:numId w:val="1"/></w:numPr>'
    wild = numbering({1: [level(0, "upperRoman", "%1.%9", start=10**9)]})
    assert texts(item("a") + para("b", huge), numbering=wild) == ["1000000000. a", "b"]


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (4, "decimal", "4"), (4, "decimalZero", "04"), (12, "decimalZero", "12"), (9, "upperRoman", "IX"),
        (1994, "lowerRoman", "mcmxciv"), (0, "upperRoman", "0"), (5, "lowerLetter", "e"),
        (27, "upperLetter", "AA"),
        (781, "lowerLetter", "781"), (2, "none", ""), (3, "ordinalText", "3"),
    ],
)  # fmt: skip
def test_number_formats(number: int, form: str, shown: str) -> None:
    assert format_number(number, form) == shown


# --- tables --------------------------------------------------------------------------------------


def test_rows_with_spans_and_merged_cells() -> None:
    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        table(
            row(cell("I. Tuyên truyền", properties='<w:gridSpan w:val="3"/>')),
            row("1", DUTY, cell("Sở Nội vụ", properties=start)),
            row("2", "Báo cáo\nhai", cell("ẩn", properties=on)),
            row(cell("Kèm theo"), "Ba", properties='<w:gridBefore w:val="1"/>'),
        )
        + para()
        + table(row("a", "b", "c"))
    )
    blocks = read(docx(body)).blocks
    assert [(b.kind, b.table, b.gap) for b in blocks] == [("row", 0, False)] * 4 + [("row", 1, True)]
    assert blocks[0].cells == (RawCell("I. Tuyên truyền", 0, 3),)
    assert blocks[1].cells == (RawCell("1", 0), RawCell(DUTY, 1), RawCell("Sở Nội vụ", 2))
    assert blocks[2].cells == (RawCell("2", 0), RawCell("Báo cáo hai", 1), RawCell("", 2, merged=True))
    assert blocks[3].cells == (RawCell("Kèm theo", 1), RawCell("Ba", 2))


def test_a_merge_that_goes_on_from_nothing_keeps_its_text() -> None:
    on = "<w:vMerge/>"
    body = table(row(cell("x", properties=on), "y", "z"), row(cell("", properties=on), "y", "z"))
    assert [b.cells[0] for b in read(docx(body)).blocks] == [RawCell("x", 0), RawCell("", 0, merged=True)]


@pytest.mark.parametrize(("span", "columns"), [("-5", 1), ("0", 1), ("100000", 63), ("nhiều", 1)])
def test_impossible_spans_are_capped(span: str, columns: int) -> None:
    data = docx(table(row(cell("a", properties=f'<w:gridSpan w:val="{span}"/>'), "b", "c")))
    assert read(data).blocks[0].cells[:2] == (RawCell("a", 0, columns), RawCell("b", columns))
    assert codes(data) == ["W_SPAN_CAP"]


def test_paragraphs_of_a_cell_stand_on_lines_and_numbers_count_in_cells() -> None:
    body = table(
        row("TT", "Nhiệm vụ", "Hạn"),
        row(cell(item("")), cell(DUTY, "Báo cáo"), ""),
        row(cell(item("")), "B", ""),
    )
    rows = [[c.text for c in b.cells] for b in read(docx(body, numbering=DECIMAL)).blocks]
    assert rows == [["TT", "Nhiệm vụ", "Hạn"], ["1.", f"{DUTY}\nBáo cáo", ""], ["2.", "B", ""]]


def test_nested_tables_text_boxes_and_controls_stay_in_their_cell() -> None:
    nested = table(row("n1", "n2", "n3"), row("n4", "n5", ""))
    crowded = cell("trước", nested, para("sau", inside=text_box(para("hộp"))))
    controlled = f"<w:sdt><w:sdtContent>{row('a', crowded, 'c')}</w:sdtContent></w:sdt>"
    blocks = read(docx(table(controlled, row("d", "e", "f")) + table(row("g", "h", "i")))).blocks
    assert blocks[0].cells[1].text == "trước\nn1 n2 n3\nn4 n5\nsau\nhộp"
    assert [b.table for b in blocks] == [0, 0, 1]


def test_a_deleted_row_is_left_out() -> None:
    body = table(row("a", "b", "c"), row("x", "y", "z", properties="<w:del/>"))
    assert texts(body) == ["a | b | c"]


# --- layout tables -------------------------------------------------------------------------------

LETTERHEAD = [
    ["UBND TỈNH VÂN HÀ\nSỞ NỘI VỤ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"]
]


@pytest.mark.parametrize(
    "rows",
    [
        LETTERHEAD,
        [*LETTERHEAD, ["Số: 12/KH-SNV", "Vân Hà, ngày 3 tháng 2 năm 2026"], ["", ""]],
        [["Số:     /KH-UBND", "Vân Hà, ngày     tháng 2 năm 2026"]],
        [["TỈNH ỦY VÂN HÀ\n*", "ĐẢNG CỘNG SẢN VIỆT NAM"]],
        [["Nơi nhận:\n- Như trên;\n- Lưu: VT.", "", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\nLê Văn Mẫu"]],
        [["Nơi nhận:\n- Lưu: VT.", "T/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ"]],
        [["", "GIÁM ĐỐC"], ["", "Trần Thị Mẫu"]],
        [["NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"]],
        [["BÍ THƯ ĐOÀN", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", "GIÁM ĐỐC CÔNG AN TỈNH"]],
        [["Kính gửi:", "- Sở Nội vụ;\n- Sở Tài chính."]],
        [["cả văn bản trong một khung"]],
    ],
)
def test_layout_tables(rows: list[list[str]]) -> None:
    assert is_layout(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["Nhiệm vụ", "Cơ quan chủ trì"], [DUTY, "Chủ tịch UBND các xã"]],
        [["NHIỆM VỤ", "CHỦ TRÌ"], ["Rà soát hồ sơ", "GIÁM ĐỐC SỞ NỘI VỤ"]],
        [["Nơi nhận", "Số lượng"], ["Sở Nội vụ", "02"]],
        [["Giám đốc Sở Tài chính", "Bố trí kinh phí"], ["Giám đốc Sở Y tế", "Khám bệnh"]],
        [["KTXH", "TMĐT"], ["TLBB", "KT - XH"]],
        [["Số: 5", "Ghi chú"], ["Họp ngày 5 tháng 6", ""]],
        [["TT", "Nhiệm vụ", "Chủ trì"], ["1", DUTY, "GIÁM ĐỐC SỞ"]],
        [[f"{n}. {DUTY}", "GIÁM ĐỐC"] for n in range(5)],
        [["Nội dung", "TM. UBND"], *[[DUTY, "5/2026"]] * 4],
    ],
)
def test_tables_of_data_stay_tables(rows: list[list[str]]) -> None:
    assert not is_layout(rows)


def test_a_letterhead_and_a_signature_come_as_paragraphs_left_cell_first() -> None:
    signature = table(row(cell("Nơi nhận:", "- Như trên;"), cell("TM. ỦY BAN NHÂN DÂN", "", "Lê Văn Mẫu")))
    body = para("./.") + signature + table(row("1", DUTY, "Sở Nội vụ"))
    blocks = read(docx(body)).blocks
    assert [(b.text, b.gap, b.kind, b.table) for b in blocks] == [
        ("./.", False, "paragraph", None),
        ("Nơi nhận:", True, "paragraph", None),
        ("- Như trên;", False, "paragraph", None),
        ("TM. ỦY BAN NHÂN DÂN", True, "paragraph", None),
        ("Lê Văn Mẫu", True, "paragraph", None),
        ("", False, "row", 0),
    ]


def test_a_frame_around_the_document_keeps_its_tables() -> None:
    body = table(row(cell("KẾ HOẠCH", table(row("1", DUTY, "5/2026")))))
    assert [(b.kind, b.table) for b in read(docx(body)).blocks] == [("paragraph", None), ("row", 0)]
