"""The Word loader: what a reader of the page sees, in reading order."""

from __future__ import annotations

import io

import docx as python_docx
import pytest
from docx_samples import (
    DUTY,
    NAMESPACES,
    cell,
    codes,
    docx,
    note,
    notes,
    para,
    row,
    run,
    style,
    styles,
    table,
    text_box,
    texts,
)

from extractor.document import RawBlock
from extractor.loaders.docx import read
from extractor.loaders.docx_fonts import symbol
from extractor.loaders.legacy import decode

# --- paragraphs ----------------------------------------------------------------------------------


def test_paragraphs_of_a_file_that_python_docx_wrote() -> None:
    document = python_docx.Document()
    document.add_paragraph("KẾ HOẠCH").runs[0].bold = True
    document.add_paragraph("")
    document.add_paragraph(DUTY, style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    content = read(buffer.getvalue())
    assert content.blocks == (RawBlock("KẾ HOẠCH", bold=True), RawBlock(f"- {DUTY}", gap=True))
    assert content.notices == ()
    assert content.pages is None


def test_soft_breaks_tabs_and_hyphens_stay_in_the_paragraph() -> None:
    years = "<w:r><w:tab/><w:tab/><w:t>2026</w:t><w:noBreakHyphen/><w:t>2030</w:t></w:r>"
    inside = f"<w:r><w:br/></w:r>{run('thị Vân Hà')}{years}"
    assert texts(para("Phát triển đô", inside=inside)) == ["Phát triển đô thị Vân Hà 2026-2030"]


def test_a_soft_break_before_a_list_item_begins_a_paragraph() -> None:
    lines = ["Nội dung:", "- Rà soát hồ sơ;", "- Báo cáo kết", "quả"]
    inside = "<w:r><w:br/></w:r>".join(run(line) for line in lines)
    assert texts(para(inside=inside)) == ["Nội dung:", "- Rà soát hồ sơ;", "- Báo cáo kết quả"]


@pytest.mark.parametrize(
    "lines", [("Độc lập", "- Tự do - Hạnh phúc"), ("giai đoạn 2026", "- 2030"), ("ngày", "12. Ba")]
)
def test_a_soft_break_inside_a_sentence_is_a_space(lines: tuple[str, str]) -> None:
    assert texts(para(inside="<w:r><w:br/></w:r>".join(map(run, lines)))) == [" ".join(lines)]


def test_wrappers_are_looked_through_in_order() -> None:
    inside = (
        f"<w:ins>{run('hai ')}</w:ins><w:hyperlink>{run('ba ')}</w:hyperlink>"
        f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{run('bốn ')}</w:sdtContent></w:sdt>"
        f"<w:smartTag>{run('năm ')}</w:smartTag><w:fldSimple>{run('sáu ')}</w:fldSimple>"
        f"<m:oMath><m:r><m:t>bảy</m:t></m:r></m:oMath>"
    )
    body = f"<w:customXml>{para('một ', inside=inside)}</w:customXml>"
    assert texts(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>{para('tám')}") == [
        "một hai ba bốn năm sáu bảy",
        "tám",
    ]


def test_field_codes_are_dropped_and_results_kept() -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGEREF x</w:instrText></w:r>'
    field += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    assert texts(para("Trang ", inside=field + run("5"))) == ["Trang 5"]


def test_deleted_text_goes_inserted_text_stays_and_it_is_said_once() -> None:
    inside = (
        f"<w:del><w:r><w:delText>Sở Cũ</w:delText></w:r></w:del><w:ins>{run(DUTY)}</w:ins>"
        f"<w:moveFrom>{run('chuyển đi')}</w:moveFrom><w:moveTo>{run(' ngay')}</w:moveTo>"
    )
    content = read(docx(para(inside=inside)))
    assert [b.text for b in content.blocks] == [f"{DUTY} ngay"]
    assert [n.code for n in content.notices] == ["W_TRACKED_CHANGES"]


def test_hidden_text_is_left_out_by_run_and_by_style() -> None:
    hidden = styles(style("An", "<w:rPr><w:vanish/></w:rPr>"))
    body = para("Hiện", inside=run(" ẩn", "<w:vanish/>")) + para("Ẩn cả", '<w:pStyle w:val="An"/>')
    data = docx(body + para("", inside=run("lại hiện", '<w:vanish w:val="0"/>')), styles=hidden)
    assert [b.text for b in read(data).blocks] == ["Hiện", "lại hiện"]
    assert codes(data) == ["W_HIDDEN_TEXT"]


def test_empty_paragraphs_are_gaps() -> None:
    blocks = read(docx(para("Một") + para() + para(" ") + para("Hai") + para("Ba"))).blocks
    assert [(b.text, b.gap) for b in blocks] == [("Một", False), ("Hai", True), ("Ba", False)]


def test_bold_and_centered_directly_and_by_style() -> None:
    part = styles(
        style("Goc", '<w:pPr><w:jc w:val="center"/></w:pPr>', more='w:default="1"'),
        style("Cha", "<w:rPr><w:b/></w:rPr>"),
        style("Con", '<w:pPr><w:jc w:val="both"/></w:pPr>', based_on="Cha"),
        style("Dam", "<w:rPr><w:b/></w:rPr>", "character"),
    )
    strong = run("đậm", '<w:rStyle w:val="Dam"/>')
    body = (
        para("thường")
        + para("đậm", '<w:pStyle w:val="Con"/>', run(" ", '<w:b w:val="0"/>') + run("cả"))
        + para("một nửa", '<w:pStyle w:val="Con"/>', run(" nhạt", '<w:b w:val="0"/>'))
        + para("", '<w:jc w:val="left"/>', strong)
    )
    blocks = read(docx(body, styles=part)).blocks
    assert [(b.bold, b.centered) for b in blocks] == [
        (False, True),
        (True, False),
        (False, False),
        (True, False),
    ]


def test_styles_that_lead_in_a_circle_end() -> None:
    circle = styles(style("A", based_on="B"), style("B", based_on="A"))
    assert texts(para(DUTY, '<w:pStyle w:val="A"/>'), styles=circle) == [DUTY]


def test_text_boxes_come_once_after_their_paragraph() -> None:
    assert texts(para("Neo", inside=text_box(para(DUTY), para("Hạn: 5/2026")))) == [
        "Neo",
        DUTY,
        "Hạn: 5/2026",
    ]
    old = f"<v:textbox><w:txbxContent>{para(DUTY)}</w:txbxContent></v:textbox>"
    assert texts(para(inside=f"<w:r><w:pict><v:shape>{old}</v:shape></w:pict></w:r>")) == [DUTY]


def test_alternate_content_takes_the_first_choice_or_else_the_fallback() -> None:
    choices = "".join(f'<mc:Choice Requires="a">{run(text)}</mc:Choice>' for text in ("một", "hai"))
    both = f"<mc:AlternateContent>{choices}</mc:AlternateContent>"
    assert texts(para(inside=both)) == ["một"]
    only = f"<mc:AlternateContent><mc:Fallback>{run('ba')}</mc:Fallback></mc:AlternateContent>"
    assert texts(para(inside=only)) == ["ba"]


# --- notes ---------------------------------------------------------------------------------------


def test_notes_follow_the_paragraph_that_cites_them() -> None:
    body = para("Theo Nghị quyết ", inside=note(7) + run(" và Đề án") + note(3, "endnote")) + para("Sau")
    data = docx(body, footnotes=notes({7: "Số 5/NQ-HĐND"}), endnotes=notes({3: "Đề án A"}, "endnote"))
    assert read(data).blocks == (
        RawBlock("Theo Nghị quyết¹ và Đề án²"),
        RawBlock("¹ Số 5/NQ-HĐND", "footnote"),
        RawBlock("² Đề án A", "footnote"),
        RawBlock("Sau"),
    )


def test_two_marks_side_by_side_stay_two() -> None:
    data = docx(para("Luật", inside=note(1) + note(2)), footnotes=notes({1: "a", 2: "b"}))
    assert [b.text for b in read(data).blocks] == ["Luật¹,²", "¹ a", "² b"]


def test_notes_cited_in_a_table_follow_the_table() -> None:
    body = table(row(cell(para("TT", inside=note(1))), "Nhiệm vụ", "Hạn"), row("1", DUTY, "5/2026"))
    blocks = read(docx(body, footnotes=notes({1: "Chú thích"}))).blocks
    assert [b.kind for b in blocks] == ["row", "row", "footnote"]
    assert blocks[0].cells[0].text == "TT¹"


def test_a_missing_note_and_one_that_cites_itself() -> None:
    looping = f'<w:footnote w:id="1">{para("vòng", inside=note(1))}</w:footnote>'
    loop = f"<w:footnotes {NAMESPACES}>{looping}</w:footnotes>"
    assert texts(para("Một", inside=note(9) + note(1)), footnotes=loop) == ["Một¹", "¹ vòng"]


# --- fonts ---------------------------------------------------------------------------------------


def fonted(text: str, font: str) -> str:
    return para(inside=run(text, f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>'))


def test_legacy_fonts_are_converted_run_by_run() -> None:
    data = docx(
        fonted("Së Néi vô chñ tr×", ".VnTime") + para("Sở Nội vụ") + fonted("Sôû Noäi vuï", "VNI-Times")
    )
    assert [b.text for b in read(data).blocks] == ["Sở Nội vụ chủ trì", "Sở Nội vụ", "Sở Nội vụ"]
    assert codes(data) == ["W_LEGACY_ENCODING"]


def test_unicode_text_in_a_legacy_font_is_left_alone() -> None:
    data = docx(fonted("Sở Nội vụ là đơn vị chủ trì", ".VnTime"))
    assert read(data).blocks[0].text == "Sở Nội vụ là đơn vị chủ trì"
    assert codes(data) == []


@pytest.mark.parametrize(
    ("stored", "font", "meant"),
    [
        ("KÕ HO¹CH", ".VnTime", "KẾ HOẠCH"), ("Sè: 12/KH-UBND", ".VnTime", "Số: 12/KH-UBND"),
        ("CéNG HßA X· HéI", ".VnTime", "CỘNG HÒA XÃ HỘI"), ("kÕ ho¹ch", ".VnTimeH", "KẾ HOẠCH"),
        ("tr­íc ngµy", ".VnTime", "trước ngày"), ("ñöôøng boä, kyõ thuaät", "VNI-Times", "đường bộ, kỹ thuật"),
        ("UÛY BAN NHAÂN DAÂN TÆNH", "VNI-Times", "ỦY BAN NHÂN DÂN TỈNH"),
    ],
)  # fmt: skip
def test_decoding(stored: str, font: str, meant: str) -> None:
    assert decode(stored, font) == meant


def test_a_font_holds_by_style_unless_the_run_names_another_for_these_letters() -> None:
    part = styles(style("Goc", '<w:rPr><w:rFonts w:hAnsi=".VnTime"/></w:rPr>', more='w:default="1"'))
    asian, latin = '<w:rFonts w:eastAsia="SimSun"/>', '<w:rFonts w:hAnsi="Arial"/>'
    body = para(inside=run("Së", asian) + run(" ", latin) + run("Sè", latin))
    assert texts(body, styles=part) == ["Sở Sè"]


def test_symbols() -> None:
    assert symbol("Symbol", "F0B3") == "≥"
    assert symbol("Wingdings", "F0E0") == "→"
    assert symbol("Webdings", "F0E0") == ""
    assert symbol("Symbol", "không") == ""
    mark = '<w:r><w:sym w:font="Symbol" w:char="F0A3"/></w:r>'
    assert texts(para("tỷ lệ ", inside=mark + run("5%"))) == ["tỷ lệ ≤5%"]


# --- what else the user must know ----------------------------------------------------------------


def outside(kind: str, target: str) -> str:
    return f'<Relationship Id="x" Type="http://x/{kind}" Target="{target}" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("image", "http://127.0.0.1:9/i.png", ["W_EXTERNAL_REF"]),
        ("attachedTemplate", "http://127.0.0.1:9/t.dotm", ["W_EXTERNAL_REF"]),
        ("attachedTemplate", r"\\127.0.0.1\t.dotm", ["W_EXTERNAL_REF"]),
        ("attachedTemplate", r"file:///C:\Users\a\Normal.dotm", []),
        ("attachedTemplate", "Normal.dotm", []),
        ("hyperlink", "https://example.org", []),
    ],
)
def test_references_to_the_outside(kind: str, target: str, expected: list[str]) -> None:
    assert codes(docx(para(DUTY), relations=outside(kind, target))) == expected


def test_embedded_documents_macros_and_stray_targets_are_named() -> None:
    assert codes(docx(para(DUTY) + '<w:altChunk r:id="rId1"/>')) == ["W_EMBEDDED_NOT_READ"]
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert codes(docx(para(DUTY), main_type=macro, files={"word/vbaProject.bin": b"x"})) == [
        "W_ACTIVE_CONTENT"
    ]
    stray = '<Relationship Id="x" Type="http://x/image" Target="../../../etc/passwd"/>'
    assert codes(docx(para(DUTY), relations=stray)) == ["W_BAD_XML_VALUE"]
    missing = '<Relationship Id="x" Type="http://x/image" Target="NULL"/>'
    assert codes(docx(para(DUTY), relations=missing)) == []


def test_a_file_without_text_says_so() -> None:
    assert codes(docx(para())) == ["W_NO_TEXT"]
    assert codes(docx(para(inside="<w:r><w:drawing/></w:r>"))) == ["W_NEEDS_OCR"]


def test_the_strict_variant_of_the_format_is_read() -> None:
    strict = f"<w:document {NAMESPACES}><w:body>{para(DUTY)}</w:body></w:document>".replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert [b.text for b in read(docx("", files={"word/document.xml": strict})).blocks] == [DUTY]
