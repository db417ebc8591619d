"""The Word loader: what stands beside the text, and documents inside the document."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

import pypdfium2
import pytest
from conftest import ROOT, require
from docx_samples import DUTY, NAMESPACES, cell, codes, docx, para, row, run, table, texts

from extractor.errors import UnreadableError
from extractor.loaders import image
from extractor.loaders.docx import read

CHUNK = '<w:altChunk r:id="c"/>'
HTML = (
    f"<html><body><p>{DUTY}</p><table><tr><td>TT</td><td>Nhiệm vụ</td><td>Hạn</td></tr></table></body></html>"
)


def related(kind: str, target: str, key: str = "c") -> str:
    return f'<Relationship Id="{key}" Type="http://x/{kind}" Target="{target}"/>'


def holding(part: str | bytes, body: str = CHUNK, name: str = "a.bin") -> bytes:
    """A Word file whose body imports this part."""
    return docx(para("Trước") + body, relations=related("aFChunk", name), files={f"word/{name}": part})


# --- documents inside the document ---------------------------------------------------------------


@pytest.mark.parametrize(
    "part", [HTML, f"{DUTY}\n", docx(para(DUTY)), b"{\\rtf1\\ansi " + b"S\\u7903?\\par}"], ids=list("htdr")
)
def test_an_embedded_document_is_read_and_what_is_missing_said(part: str | bytes) -> None:
    content = read(holding(part))
    assert content.blocks[0].text == "Trước"
    assert content.blocks[1].text == ("Sở" if isinstance(part, bytes) and part[:1] == b"{" else DUTY)
    assert content.blocks[1].gap
    assert [n.code for n in content.notices] == ["W_EMBEDDED_NOT_READ"]
    assert "was read" in content.notices[0].message


def test_tables_in_an_embedded_document_are_counted_with_the_others() -> None:
    rows = table(row("TT", "Nhiệm vụ", "Hạn"))
    blocks = read(holding(HTML, rows + CHUNK + rows)).blocks
    assert [b.table for b in blocks if b.cells] == [0, 1, 2]


def test_an_embedded_document_in_a_cell() -> None:
    blocks = read(holding(f"{DUTY}\n", table(row("1", cell(CHUNK), "5/2026")))).blocks
    assert [c.text for c in blocks[1].cells] == ["1", DUTY, "5/2026"]


@pytest.mark.parametrize(
    "part", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04", b"", holding(holding(docx(para(DUTY))))],
    ids=["picture", "pdf", "broken", "empty", "too deep"],
)  # fmt: skip
def test_what_is_not_read_is_said(part: bytes) -> None:
    content = read(holding(part))
    assert DUTY not in [b.text for b in content.blocks]
    assert "W_EMBEDDED_NOT_READ" in [n.code for n in content.notices]
    assert any("was not read" in n.message for n in content.notices)


def test_a_part_is_read_once_and_a_file_that_embeds_itself_ends() -> None:
    assert [b.text for b in read(holding(f"{DUTY}\n", CHUNK * 500)).blocks] == ["Trước", DUTY]
    itself = related("aFChunk", "document.xml")
    assert codes(docx(para(DUTY) + CHUNK, relations=itself)) == [
        "W_EMBEDDED_NOT_READ"
    ]  # its own XML is no text


def test_the_notices_of_an_embedded_document_are_passed_on() -> None:
    hidden = docx(para(DUTY) + para(inside=run("ẩn", "<w:vanish/>")))
    assert codes(holding(hidden)) == ["W_EMBEDDED_NOT_READ", "W_HIDDEN_TEXT"]


def embedded_object(program: str) -> str:
    return f'<w:r><w:object><o:OLEObject xmlns:o="urn:o" ProgID="{program}"/></w:object></w:r>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (embedded_object("Excel.Sheet.12"), ["W_EMBEDDED_NOT_READ"]),
        (embedded_object("Equation.DSMT4"), []),
        ('<w:r><w:drawing><d:relIds xmlns:d="urn:d"/></w:drawing></w:r>', ["W_EMBEDDED_NOT_READ"]),
        ("<w:r><w:instrText> INCLUDETEXT a.docx </w:instrText></w:r>", ["W_EXTERNAL_REF"]),
        ('<w:fldSimple w:instr=" DDEAUTO c a b "/>', ["W_ACTIVE_CONTENT"]),
        ('<w:fldSimple w:instr=" PAGE "/>', []),
    ],
)
def test_objects_diagrams_and_fields(inside: str, expected: list[str]) -> None:
    assert codes(docx(para(DUTY, inside=inside))) == expected


# --- comments, headers, footers ------------------------------------------------------------------


def beside(parts: Mapping[str, str]) -> bytes:
    """A Word file with parts of these kinds ("header", "footer", "comments") beside its body."""
    tags = {"header": "hdr", "footer": "ftr", "comments": "comments"}
    files = {f"word/{k}.xml": f"<w:{tags[k]} {NAMESPACES}>{xml}</w:{tags[k]}>" for k, xml in parts.items()}
    relations = "".join(related(kind, f"{kind}.xml", kind) for kind in parts)
    return docx(para(DUTY), relations=relations, files=files)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"comments": f"<w:comment>{para('Xem lại')}</w:comment>"}, ["W_COMMENTS"]),
        ({"comments": ""}, []),
        ({"header": para("2"), "footer": para("Trang 1/5")}, []),
        ({"footer": para("Phòng Tổng hợp soạn thảo")}, ["W_PAGE_FURNITURE"]),
    ],
)
def test_comments_and_page_furniture_are_left_out_and_said(
    parts: Mapping[str, str], expected: list[str]
) -> None:
    content = read(beside(parts))
    assert [b.text for b in content.blocks] == [DUTY]
    assert [n.code for n in content.notices] == expected


def test_a_letterhead_in_the_header_of_the_first_page_is_read() -> None:
    state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    content = read(beside({"header": table(row("UBND TỈNH SÔNG MÂY", state))}))
    assert [b.text for b in content.blocks] == ["UBND TỈNH SÔNG MÂY", state, DUTY]
    assert content.notices == ()


# --- pictures ------------------------------------------------------------------------------------


def picture(width: int, height: int) -> str:
    """A picture of so many centimetres."""
    size = f'<wp:extent xmlns:wp="urn:w" cx="{width * 360_000}" cy="{height * 360_000}"/>'
    return f'<w:r><w:drawing>{size}<a:blip xmlns:a="urn:a"/></w:drawing></w:r>'


def old_picture(style: str) -> str:
    return f'<w:r><w:pict><v:shape style="{style}"><v:imagedata/></v:shape></w:pict></w:r>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (picture(16, 23), ["W_NEEDS_OCR"]), (picture(4, 4), []),
        (old_picture("width:450pt;height:640pt"), ["W_NEEDS_OCR"]),
        (old_picture("width:60pt;height:60pt"), []), (old_picture("width:x"), []),
    ],
)  # fmt: skip
def test_a_page_pasted_as_a_picture_beside_text(inside: str, expected: list[str]) -> None:
    assert codes(docx(para(DUTY, inside=inside))) == expected


@cache
def scanned() -> bytes:
    """The first page of a sample plan as a picture."""
    page = pypdfium2.PdfDocument(ROOT / "corpus" / "files" / "mo-sen-an-toan-thuc-pham.pdf")[0]
    buffer = io.BytesIO()
    page.render(scale=200 / 72).to_pil().save(buffer, "PNG")
    return buffer.getvalue()


@cache
def recognises() -> bool:
    try:
        return bool(image.read(scanned()).blocks)
    except UnreadableError:
        return False


def test_a_scan_pasted_into_word_is_recognised_in_its_place() -> None:
    require(recognises(), "text recognition of pictures")
    inside = picture(17, 24).replace("<a:blip", '<a:blip r:embed="p"')
    files = {"word/media/a.png": scanned()}
    body, relations = para("Trước", inside=inside) + para("Sau"), related("image", "media/a.png", "p")
    content = read(docx(body, relations=relations, files=files))
    found = [block.text for block in content.blocks]
    assert found[0] == "Trước"
    assert found[-1] == "Sau"
    assert "KẾ HOẠCH" in found
    assert content.ocr
    assert content.notices[0].code == "W_NEEDS_OCR"


# --- tables --------------------------------------------------------------------------------------


def test_a_table_that_only_frames_another_gives_way_to_it() -> None:
    inner = table(row("TT", "Nhiệm vụ", "Hạn"), row("1", DUTY, "5/2026"))
    blocks = read(docx(table(row("Ghi chú", cell(para("Danh mục"), inner))))).blocks
    assert [b.text for b in blocks if not b.cells] == ["Ghi chú", "Danh mục"]
    assert [[c.text for c in b.cells] for b in blocks if b.cells] == [
        ["TT", "Nhiệm vụ", "Hạn"],
        ["1", DUTY, "5/2026"],
    ]


def test_a_small_table_in_a_cell_of_a_large_one_stays_in_the_cell() -> None:
    inner = table(row("a", "b", "c"))
    assert texts(table(row("1", cell(para(DUTY), inner), "5/2026"))) == [f"1 | {DUTY}\na b c | 5/2026"]


def test_one_column_is_a_frame_of_any_length() -> None:
    assert texts(table(*(row(f"{n}. {DUTY}") for n in range(9)))) == [f"{n}. {DUTY}" for n in range(9)]


def test_hidden_rows_are_left_out_and_said() -> None:
    data = docx(table(row("1", DUTY, "x"), row("2", "Ẩn", "y", properties="<w:hidden/>")))
    assert [c.text for b in read(data).blocks for c in b.cells] == ["1", DUTY, "x"]
    assert codes(data) == ["W_HIDDEN_TEXT"]
