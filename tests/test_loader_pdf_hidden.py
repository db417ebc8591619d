"""Text of a PDF that no reader sees is left out, and that is said; what only looks like it is kept."""

from __future__ import annotations

import pytest
from pdf_samples import PROSE, Hand, Page, show, show_lines

from extractor.document import Content
from extractor.loaders.pdf import read

LINES = [PROSE[i : i + 70] for i in range(0, len(PROSE), 70)]
PLAIN = show_lines(LINES, 70, 700, 10)
WORDS = "Chữ thêm vào trang"
MORE = show(WORDS, 70, 300, 12)
BAR = b"60 290 400 30 re f "
PICTURE = b"q 400 0 0 30 60 290 cm /Im1 Do Q "
FAINT = b"/ExtGState << /G << /ca 0.02 >> >>"
SMALL = b"/CropBox [0 100 595 842]"


def page(content: bytes, resources: bytes = b"", extra: bytes = b"", mask: bytes = b"") -> Content:
    """The prose and more, read; a picture (with a ``mask``) is at hand."""
    hand = Hand()
    soft = hand.stream(
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        mask or b"\xff",
    )
    head = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    picture = hand.stream(head + (b" /SMask %d 0 R" % soft if mask else b""), b"\x80")
    more = b"/XObject << /Im1 %d 0 R >> %s" % (picture, resources)
    return read(hand.pdf([Page(PLAIN + content, more, extra=extra)]))


def is_read(content: Content) -> bool:
    return any(WORDS in block.text for block in content.blocks)


@pytest.mark.parametrize(
    ("content", "resources", "extra"),
    [
        (b"3 Tr " + MORE, b"", b""),
        (b"7 Tr " + MORE, b"", b""),
        (b"1 1 1 rg " + MORE, b"", b""),
        (b"0.97 g " + MORE, b"", b""),
        (b"0 0 0 0 k " + MORE, b"", b""),
        (b"/G gs " + MORE, FAINT, b""),
        (show(WORDS, 70, 300, 1), b"", b""),
        (show(WORDS, 70, 300, 12, matrix="0.05 0 0 0.05"), b"", b""),
        (show(WORDS, -600, 300, 12), b"", b""),
        (show(WORDS, 70, 1200, 12), b"", b""),
        (show(WORDS, 70, 50, 12), b"", SMALL),
        (MORE + b"1 g " + BAR, b"", b""),
        (MORE + b"0 g " + BAR, b"", b""),
        (MORE + PICTURE, b"", b""),
    ],
    ids=["no ink", "a clip", "white", "nearly white", "white of four inks", "faint", "small", "shrunk",
         "left of the page", "above the page", "cut off", "under white", "under black", "under a picture"],
)  # fmt: skip
def test_what_no_reader_sees(content: bytes, resources: bytes, extra: bytes) -> None:
    found = page(content, resources, extra)
    assert not is_read(found)
    assert len(found.blocks) == len(LINES)
    assert [(notice.code, notice.where) for notice in found.notices] == [("W_HIDDEN_TEXT", "page 1")]


@pytest.mark.parametrize(
    "content",
    [
        MORE,
        b"0.5 g " + MORE,
        b"0 g " + BAR + b"1 g " + MORE,
        b"1 g " + BAR + b"0 g " + MORE,
        PICTURE + MORE,
        MORE + b"q 0 0 50 50 re W n 1 g 0 0 595 842 re f Q ",
        MORE + b"1 g 500 0 60 842 re f ",
    ],
    ids=[
        "plain",
        "grey",
        "white on black",
        "over white",
        "over a picture",
        "beside a clipped sheet",
        "beside",
    ],
)
def test_what_a_reader_sees(content: bytes) -> None:
    found = page(content)
    assert is_read(found)
    assert found.notices == ()


def test_a_stamp_with_holes_hides_nothing() -> None:
    assert is_read(page(MORE + PICTURE, mask=b"\x40"))


def test_writing_that_runs_over_the_edge_is_read_whole() -> None:
    found = page(show("Dòng này dài quá lề phải của trang giấy", 400, 300, 14))
    assert any("trang giấy" in block.text for block in found.blocks)
    assert found.notices == ()


def test_text_under_a_whole_page_picture_is_its_text_layer() -> None:
    """Some recognition programs paint the words first and the scan over them."""
    found = page(b"q 595 0 0 842 0 0 cm /Im1 Do Q ")
    assert len(found.blocks) == len(LINES)
    assert found.notices == ()
