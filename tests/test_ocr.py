"""Scanned pages and pictures are read by Tesseract as if they had a text layer, and say that they were."""

from __future__ import annotations

import importlib.util
import struct
import sys
import time
import zlib
from functools import cache
from io import BytesIO

import pytest
from conftest import ROOT, SHARED, require
from PIL import Image

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders import image, load_bytes, ocr_engine, ocr_page, pdf
from extractor.loaders.ocr_engine import is_available
from extractor.loaders.ocr_reader import SkewedFrame, pixels_per_point
from extractor.loaders.pdf_frame import Frame

FILES = ROOT / "corpus" / "files"
NAME = "song-may-chuyen-doi-so"
ANNEX = 4


@cache
def scans():
    """The module corpus/make_scans.py."""
    spec = importlib.util.spec_from_file_location("make_scans", ROOT / "corpus" / "make_scans.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_scans"] = module
    spec.loader.exec_module(module)
    return module


@cache
def clean_pages() -> list[Image.Image]:
    return scans().pages_of((FILES / f"{NAME}.pdf").read_bytes(), 200)


def scan(*pages: Image.Image) -> bytes:
    return scans().bound([scans().rough(page) for page in pages], 200)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def words(content: Content) -> list[str]:
    texts = [t for b in content.blocks for t in (b.text, *(c.text for c in b.cells if not c.merged))]
    return " ".join(texts).split()


def share_of(expected: list[str], found: list[str]) -> float:
    rest = list(found)
    return sum(word in rest and not rest.remove(word) for word in expected) / len(expected)


@cache
def annex() -> Content:
    """The annex, a table, as its PDF has it."""
    whole = pdf.read((FILES / f"{NAME}.pdf").read_bytes())
    return Content(tuple(b for b in whole.blocks if b.page == ANNEX + 1))


needs_engine = pytest.mark.usefixtures("engine")


@pytest.fixture
def engine():
    require(is_available(), "Tesseract with its Vietnamese data")


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    monkeypatch.setattr(ocr_engine, "_DATA", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)


# --- scans in a PDF ----------------------------------------------------------------------------


@needs_engine
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scanned_table_is_read_cell_by_cell_whichever_way_it_lies(turn):
    content = pdf.read(scan(clean_pages()[ANNEX].rotate(turn, expand=True)))
    rows = [[c.text for c in b.cells] for b in content.blocks if b.kind == "row"]
    true = [[c.text for c in b.cells] for b in annex().blocks if b.kind == "row"]
    assert [len(row) for row in rows] == [len(row) for row in true]
    cells = [(a, b) for left, right in zip(rows, true, strict=True) for a, b in zip(left, right, strict=True)]
    assert sum(a == b for a, b in cells) > 0.9 * len(cells)


@needs_engine
def test_a_scan_says_why_and_how_surely_it_was_read():
    seen: list[str] = []
    content = pdf.read(scan(clean_pages()[ANNEX]), seen.append)
    (notice,) = content.notices
    assert (notice.code, notice.where) == ("W_NEEDS_OCR", "page 1")
    assert f"it was read by text recognition, confidence {content.ocr_confidence:.2f}" in notice.message
    assert content.ocr
    assert 0.85 < content.ocr_confidence < 1
    assert seen == ["page 1 of 1: OCR"]


@needs_engine
@pytest.mark.parametrize("turn", [0, 90])
def test_boxes_point_at_the_words_on_the_page_as_it_lies(turn):
    page = clean_pages()[ANNEX]
    content = pdf.read(scan(page.rotate(turn, expand=True)))
    width = page.width / 200 * 72
    found = {c.text: c.bbox for b in content.blocks for c in b.cells}
    for cell in (c for b in annex().blocks for c in b.cells if len(c.text) > 25 and c.text in found):
        x0, top, x1, bottom = cell.bbox
        true = (x0, top, x1, bottom) if turn == 0 else (top, width - x1, bottom, width - x0)
        assert found[cell.text] == pytest.approx(true, abs=8)


@needs_engine
def test_only_the_pages_without_text_are_recognised():
    require(SHARED.is_dir(), "the hostile files")
    seen: list[str] = []
    content = pdf.read((SHARED / "hostile/pdf/mixed_text_and_scan.pdf").read_bytes(), seen.append)
    assert seen == ["page 2 of 2: OCR"]
    assert [(n.code, n.where) for n in content.notices] == [("W_NEEDS_OCR", "page 2")]
    first, second = ([b.text for b in content.blocks if b.page == page] for page in (1, 2))
    assert second[:11] == first[:11]


@needs_engine
def test_a_garbled_text_layer_is_replaced():
    require(SHARED.is_dir(), "the hostile files")
    content = pdf.read((SHARED / "hostile/pdf/scan_bad_ocr_layer.pdf").read_bytes())
    message = next(n.message for n in content.notices if n.code == "W_LOW_TEXT_QUALITY")
    assert "read by text recognition" in message
    assert "12/KH-UBND" in " ".join(b.text for b in content.blocks)


@needs_engine
def test_columns_heads_and_bold_come_from_the_scan_as_from_the_file():
    content = pdf.read(scan(clean_pages()[0]))
    lines = [b.text for b in content.blocks]
    assert lines[:3] == ["ỦY BAN NHÂN DÂN", "TỈNH SÔNG MÂY", "Số: 215/KH-UBND"]
    true = [b for b in pdf.read((FILES / f"{NAME}.pdf").read_bytes()).blocks if b.page == 1]
    assert [b.begins for b in content.blocks] == [b.begins for b in true]
    title = lines.index("KẾ HOẠCH")
    assert [b.bold for b in content.blocks[title:]] == [b.bold for b in true[title:]]


@needs_engine
def test_a_photograph_gives_no_words_and_says_so():
    noise = Image.effect_noise((900, 1200), 90)
    content = pdf.read(scans().bound([noise], 100))
    assert content.blocks == ()
    assert not content.ocr
    assert content.notices[0].code == "W_NEEDS_OCR"
    assert "text recognition" in content.notices[0].message


@needs_engine
def test_a_page_that_takes_too_long_keeps_what_was_read(monkeypatch):
    monkeypatch.setattr(ocr_page, "PAGE_SECONDS", 0.5)
    start = time.monotonic()
    content = pdf.read(scan(clean_pages()[1]))
    assert time.monotonic() - start < 20
    assert [n.code for n in content.notices] == ["W_OCR_TIMEOUT", "W_NEEDS_OCR"]


@pytest.mark.usefixtures("no_engine")
def test_without_tesseract_a_scan_keeps_its_notice_with_a_hint():
    seen: list[str] = []
    content = pdf.read(scan(clean_pages()[ANNEX]), seen.append)
    (notice,) = content.notices
    assert notice.code == "W_NEEDS_OCR"
    assert "kehoach[ocr]" in notice.message
    assert "tesseract-ocr-vie" in notice.message
    assert (content.blocks, content.ocr, content.ocr_confidence, seen) == ((), False, None, [])


def test_the_data_is_found_where_the_variable_points(monkeypatch, tmp_path):
    (tmp_path / "vie.traineddata").write_bytes(b"")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert ocr_engine.tessdata() == tmp_path


@needs_engine
def test_damaged_data_are_said_to_be_missing(monkeypatch, tmp_path):
    (tmp_path / "vie.traineddata").write_bytes(b"nothing")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    content = pdf.read(scan(clean_pages()[ANNEX]))
    assert content.blocks == ()
    assert [n.code for n in content.notices] == ["W_NEEDS_OCR"]
    assert "does not work here" in content.notices[0].message


def test_a_skewed_box_is_turned_back_about_the_middle():
    frame = SkewedFrame(0, 0, 600, 800, skew=1.0)
    middle = frame.moved((299, 399, 301, 401), Frame(0, 0, 600, 800))
    assert middle == pytest.approx((299, 399, 301, 401), abs=0.1)
    right = frame.moved((590, 400, 600, 400), Frame(0, 0, 600, 800))
    assert right[3] == pytest.approx(405.2, abs=0.1)


@pytest.mark.parametrize(
    ("size", "longest"), [((595, 842), 2339), ((1, 1), 2339), ((20_000, 5), 3508), ((100, 300), 2339)]
)
def test_no_page_is_drawn_too_large(size, longest):
    assert max(size) * pixels_per_point(*size) == pytest.approx(longest, abs=1)


# --- picture files -----------------------------------------------------------------------------


@needs_engine
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "RGBA", {}),
        ("JPEG", "L", {"dpi": (200, 200)}),
        ("TIFF", "1", {"compression": "group4"}),
    ],
)
def test_a_picture_file_is_a_plan_of_one_page(kind, mode, options):
    picture = clean_pages()[ANNEX].point(lambda v: 255 * (v > 150)).convert(mode)
    raw = load_bytes(encoded(picture, kind, **options), "trang")
    content = Content(raw.blocks)
    assert (raw.source.loader, raw.source.pages, raw.source.ocr) == ("image", 1, True)
    assert share_of(words(annex()), words(content)) > 0.9
    table = next(b for b in raw.blocks if b.kind == "row")
    assert 500 < table.bbox[2] < 560


@needs_engine
def test_a_table_goes_on_over_the_pages_of_a_tiff():
    page = clean_pages()[ANNEX].convert("L")
    content = image.read(encoded(page, "TIFF", save_all=True, append_images=[page.rotate(180)]))
    rows = [b for b in content.blocks if b.kind == "row"]
    assert content.pages == 2
    assert {b.page for b in rows} == {1, 2}
    assert [n.where for n in content.notices] == ["page 1", "page 2"]


@needs_engine
def test_the_loaders_of_other_formats_may_ask_for_a_picture():
    assert image.recognise_image(b"\x89PNG\r\n\x1a\n") is None
    content = image.recognise_image(encoded(clean_pages()[ANNEX]))
    assert share_of(words(annex()), words(content)) > 0.9


@needs_engine
def test_a_blank_picture_has_no_words():
    content = image.read(encoded(Image.new("L", (300, 400), 255)))
    assert (content.blocks, content.ocr) == ((), False)
    assert "found no words" in content.notices[0].message


@pytest.mark.usefixtures("no_engine")
def test_without_tesseract_a_picture_is_refused_with_a_hint():
    with pytest.raises(UnreadableError, match=r"kehoach\[ocr\]") as caught:
        image.read(encoded(Image.new("L", (300, 400), 255)))
    assert caught.value.code == "E_NEEDS_OCR"


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header alone says how large it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


REFUSED = {
    "larger than it can be": (png_claiming(30_000, 30_000), "E_IMAGE_BOMB"),
    "just too large": (png_claiming(10_100, 10_000), "E_IMAGE_BOMB"),
    "without its data": (png_claiming(100, 100), "E_CORRUPT"),
    "a header alone": (b"\x89PNG\r\n\x1a\n" + bytes(40), "E_CORRUPT"),
    "half a JPEG": (encoded(Image.effect_noise((400, 400), 50), "JPEG")[:9000], "E_CORRUPT"),
    "a TIFF that points at itself": (b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00", "E_CORRUPT"),
}


@needs_engine
@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_picture_that_is_damaged_or_too_large_is_refused(data, code):
    with pytest.raises(UnreadableError) as caught:
        image.read(data)
    assert caught.value.code == code


@needs_engine
def test_a_picture_in_a_pdf_that_is_too_large_is_not_decoded():
    out = bytearray(scans().bound([Image.new("L", (100, 100), 128)], 72))
    patched = out.replace(b"/Width 100", b"/Width 30000").replace(b"/Height 100", b"/Height 30000")
    content = pdf.read(bytes(patched))
    assert content.blocks == ()
    assert "too large" in content.notices[-1].message
