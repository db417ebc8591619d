"""What the PDF loader does not read, and how it says so."""

from __future__ import annotations

import zlib

import pdf_samples as samples
import pytest
from conftest import SHARED, require
from pdf_samples import Hand, Page, hand_made, show, show_lines

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders import pdf
from extractor.loaders.pdf import read
from extractor.loaders.pdf_filters import MAX_STREAM
from extractor.loaders.pdf_objects import Objects
from extractor.loaders.pdf_streams import audit

PROSE = [samples.PROSE[i : i + 70] for i in range(0, len(samples.PROSE), 70)]
HOSTILE = SHARED / "hostile" / "pdf"


def codes(content: Content) -> list[str]:
    return [notice.code for notice in content.notices]


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.message.endswith(".")
    return caught.value.code


def scan(text: bytes = b"") -> Page:
    hand_image = b"q 595 0 0 842 0 0 cm /Im1 Do Q\n"
    return Page(hand_image + text, resources=b"/XObject << /Im1 IMAGE 0 R >>")


def with_image(*pages: Page, to_unicode: bool = True) -> bytes:
    """Pages whose picture is put in."""
    hand = Hand(to_unicode=to_unicode)
    number = b"%d" % hand.image()
    return hand.pdf([Page(p.content, p.resources.replace(b"IMAGE", number), p.box, p.extra) for p in pages])


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\x00" * 40, b"  \n"])
def test_empty(data: bytes) -> None:
    assert refused(data) == "E_EMPTY"


@pytest.mark.parametrize("data", [b"<html>404</html>", b"%PDF-1.7\n" + b"\x9a" * 400])
def test_no_pdf(data: bytes) -> None:
    assert refused(data) == "E_CORRUPT"


def test_a_file_without_its_end_is_recovered_and_says_so() -> None:
    whole = hand_made(show_lines(PROSE, 70, 700, 10))
    content = read(whole[: whole.rindex(b"trailer")])
    assert codes(content) == ["W_RECOVERED"]
    assert [block.text for block in content.blocks] == [line.strip() for line in PROSE]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zlib.compress(b" " * (MAX_STREAM + 1), 9)
    hand = Hand()
    hand.stream(b"/Filter /FlateDecode", bomb)
    assert refused(hand.pdf([Page(show("Nội dung.", 70, 700))])) == "E_PDF_BOMB"


def test_a_bomb_within_a_bomb() -> None:
    bomb = zlib.compress(zlib.compress(b" " * (MAX_STREAM + 1), 9), 9)
    head = b"1 0 obj << /Filter [/FlateDecode /FlateDecode] >>\nstream\n"
    assert audit(Objects(head + bomb + b"\nendstream")).bomb


def test_damaged_streams_are_told_from_whole_ones() -> None:
    packed = zlib.compress(b"BT ET " * 300)
    head = b"1 0 obj << /Filter /FlateDecode >>\nstream\n"
    assert not audit(Objects(head + packed + b"\nendstream")).damaged
    assert audit(Objects(head + packed[:-9] + b"\nendstream")).damaged


def test_page_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    content = read(hand_made(*(show(f"Nội dung trang {n}.", 70, 600) for n in range(1, 5))))
    assert [block.text for block in content.blocks] == ["Nội dung trang 1.", "Nội dung trang 2."]
    assert codes(content) == ["W_PAGE_CAP"]
    assert content.pages == 4


# --- pages without a text that can be trusted --------------------------------------------------


def test_a_scanned_page_is_named() -> None:
    content = read(with_image(Page(show_lines(PROSE, 70, 700, 10)), scan()))
    assert [(notice.code, notice.where) for notice in content.notices] == [("W_NEEDS_OCR", "page 2")]
    assert {block.page for block in content.blocks} == {1}


def test_a_scan_with_nothing_but_a_stamp_needs_ocr() -> None:
    stamp = show_lines(["Ký bởi: UBND tỉnh Sông Mây", "05.01.2026 08:30:15 +07:00"], 400, 820, 7, 9)
    content = read(with_image(scan(stamp)))
    assert codes(content) == ["W_NEEDS_OCR"]


def test_a_good_text_layer_under_a_scan_is_read() -> None:
    content = read(with_image(scan(b"3 Tr " + show_lines(PROSE, 70, 700, 10))))
    assert len(content.blocks) == len(PROSE)
    assert content.notices == ()


def test_a_text_layer_without_diacritics_is_not_read() -> None:
    bare = "Cac co quan, don vi, dia phuong can cu chuc nang, nhiem vu duoc giao chu dong xay dung ke hoach"
    content = read(with_image(scan(b"3 Tr " + show_lines([bare] * 4, 70, 700, 8))))
    assert content.blocks == ()
    assert [(n.code, n.where) for n in content.notices] == [("W_LOW_TEXT_QUALITY", "page 1")]


def test_a_font_without_a_unicode_map_is_not_trusted() -> None:
    shifted = ["".join(chr(ord(c) - 29) if ord(c) > 60 else c for c in line) for line in PROSE]
    hand = Hand(to_unicode=False)
    content = read(hand.pdf([Page(show_lines(shifted, 70, 700, 10))]))
    assert shifted[0].split()[0] not in content.blocks[0].text
    assert len(content.notices) == 1
    assert codes(content)[0] in ("W_NO_UNICODE_MAP", "W_LOW_TEXT_QUALITY")
    assert content.notices[0].where == "page 1"


def test_a_blank_page_needs_no_word() -> None:
    content = read(hand_made(show("Nội dung.", 70, 700), b""))
    assert content.notices == ()
    assert content.pages == 2


def test_a_file_without_any_text_says_so() -> None:
    assert codes(read(hand_made(b"", b""))) == ["W_NO_TEXT"]


# --- geometry and odd content ------------------------------------------------------------------


@pytest.mark.parametrize("box", [b"0 0 0 0", b"0 0 1000000000 1000000000", b"0 0"])
def test_senseless_page_sizes(box: bytes) -> None:
    content = read(hand_made(Page(show_lines(PROSE, 70, 700, 10), box=box)))
    assert [block.text for block in content.blocks] == [line.strip() for line in PROSE]
    if box != b"0 0":
        assert codes(content) == ["W_BAD_GEOMETRY"]


def test_text_without_a_size() -> None:
    content = read(hand_made(show_lines(PROSE, 70, 700, 10) + show("Không cỡ chữ", 70, 300, 0)))
    assert len(content.blocks) == len(PROSE)


def test_control_characters_are_left_out() -> None:
    content = read(hand_made(show("Nội\x01 dung\x07.", 70, 600)))
    assert [block.text for block in content.blocks] == ["Nội dung."]
    assert codes(content) == ["W_CONTROL_CHARS"]


def test_programs_in_the_file_are_not_run_but_said() -> None:
    action = b"/AA << /O << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
    page = Page(show("Nội dung.", 70, 600), extra=action)
    assert codes(read(hand_made(page))) == ["W_ACTIVE_CONTENT"]


# --- the shared hostile files ------------------------------------------------------------------

REFUSED = {
    "zero": "E_EMPTY",
    "html_named_pdf": "E_CORRUPT",
    "password_aes256": "E_ENCRYPTED",
    "encrypt_unknown_handler": "E_ENCRYPTED",
    "bomb_flate_twice_1900mb": "E_PDF_BOMB",
    "xref_stream_bomb": "E_PDF_BOMB",
    "ascii85_bad": "E_NO_TEXT",
    "lzw_bad": "E_NO_TEXT",
    "filter_loop_100": "E_NO_TEXT",
}
TOLD = {
    "truncated_60pct": "W_RECOVERED",
    "truncated_tail": "W_RECOVERED",
    "junk_after_eof": "W_RECOVERED",
    "huge_startxref": "W_RECOVERED",
    "xref_count_2g": "W_RECOVERED",
    "xref_stream_bad_w": "W_RECOVERED",
    "flate_corrupt": "W_RECOVERED",
    "vni_font": "W_LEGACY_ENCODING",
    "mediabox_zero": "W_BAD_GEOMETRY",
    "mediabox_huge": "W_BAD_GEOMETRY",
    "mediabox_short": "W_BAD_GEOMETRY",
    "font_size_zero": "W_BAD_GEOMETRY",
    "invisible_text": "W_HIDDEN_TEXT",
    "lines_grid_600x600": "W_TABLE_CAP",
    "nul_in_text": "W_CONTROL_CHARS",
    "active_content": "W_ACTIVE_CONTENT",
    "attachment_exe": "W_EMBEDDED_NOT_READ",
    "incremental_shadow": "W_REVISED_AFTER_SIGNING",
    "scan_no_text": "W_NEEDS_OCR",
    "mixed_text_and_scan": "W_NEEDS_OCR",
    "page_tree_cycle": "W_PDF_CYCLE",
    "indirect_self": "W_PDF_CYCLE",
    "length_negative": "W_RECOVERED",
    "length_self_ref": "W_RECOVERED",
    "array_depth_50k": "W_DEPTH_LIMIT",
    "content_array_depth": "W_DEPTH_LIMIT",
    "ctm_huge": "W_BAD_GEOMETRY",
    "cmap_cidrange_huge": "W_NO_UNICODE_MAP",
    "cmap_path_traversal": "W_NO_UNICODE_MAP",
    "tounicode_wrong": "W_LOW_TEXT_QUALITY",
    "scan_bad_ocr_layer": "W_LOW_TEXT_QUALITY",
    "runlength_bomb": "W_NO_TEXT",
}
WHOLE = [
    "control", "page_tree_cycle", "truncated_tail", "junk_after_eof", "page_count_lie", "q_depth_300k",
    "name_tree_loop", "vni_font", "rotated_180", "rotated_text_90", "curves_100k", "char_by_char",
    "owner_only_aes256", "active_content", "attachment_exe",
]  # fmt: skip


def hostile(name: str) -> bytes:
    path = HOSTILE / f"{name}.pdf"
    require(path.exists(), "../shared/hostile, where the hostile files are, is not at hand")
    return path.read_bytes()


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_hostile_files_refused(name: str, code: str) -> None:
    assert refused(hostile(name)) == code


@pytest.mark.parametrize(("name", "code"), TOLD.items())
def test_hostile_files_read_with_a_word(name: str, code: str) -> None:
    assert code in codes(read(hostile(name)))


@pytest.mark.parametrize("name", WHOLE)
def test_hostile_files_read_whole(name: str) -> None:
    data = hostile(name)
    expected = (SHARED / "hostile" / "base" / "BASE.txt").read_text(encoding="utf-8").split()
    assert " ".join(block.text for block in read(data).blocks).split() == expected
