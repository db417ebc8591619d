"""What is found in a picture of a page without recognising its words: skew, dust, lines, columns, marks."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from extractor.loaders.ocr_blocks import blocks_of
from extractor.loaders.ocr_engine import Word, WordLine
from extractor.loaders.ocr_image import evened, grey_of, ink_of, skew_of, straightened, turned
from extractor.loaders.ocr_marks import BULLET, reread
from extractor.loaders.ocr_rules import bars_in, rules_of
from extractor.loaders.pdf_grid import find_grids

SCALE = 200 / 72


def blank(width: int = 1654, height: int = 2339) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (width, height), 255)
    return image, ImageDraw.Draw(image)


def rows_of_words(draw: ImageDraw.ImageDraw, x0: int, x1: int, top: int, count: int, step: int = 50) -> None:
    """Lines of dark boxes about as large as words, with gaps as between words."""
    for y in range(top, top + count * step, step):
        for x in range(x0, x1 - 60, 80):
            draw.rectangle((x, y, x + 62, y + 24), fill=0)


@pytest.mark.parametrize("angle", [-4.0, -0.7, 0.0, 0.3, 2.5])
def test_skew_is_found_to_a_tenth_of_a_degree(angle):
    image, draw = blank()
    rows_of_words(draw, 200, 1450, 200, 30)
    crooked = image.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=255)
    assert skew_of(ink_of(crooked)) == pytest.approx(angle, abs=0.1)
    assert skew_of(ink_of(straightened(crooked, angle))) == pytest.approx(0, abs=0.1)


def test_a_blank_page_has_no_skew():
    assert skew_of(ink_of(blank()[0])) == 0


def test_turning_is_clockwise():
    image, draw = blank(30, 20)
    draw.point((0, 0), fill=0)
    assert turned(image, 1).getpixel((19, 0)) == 0
    assert turned(turned(image, 1), 3).tobytes() == image.tobytes()


def test_shadows_and_single_points_go_but_dots_stay():
    image, draw = blank(800, 800)
    image.paste(140, (0, 0, 400, 800))
    draw.rectangle((100, 100, 103, 103), fill=20)
    draw.point([(50, 50), (600, 700)], fill=0)
    ink = ink_of(evened(image))
    assert ink[101, 101]
    assert np.count_nonzero(ink) == 16


def test_much_dust_is_smoothed_away():
    image, draw = blank(600, 600)
    draw.rectangle((100, 300, 500, 306), fill=0)
    grey = np.array(image)
    grey[np.random.default_rng(3).random(grey.shape) < 0.04] = 0
    ink = ink_of(evened(Image.fromarray(grey)))
    assert np.count_nonzero(ink[:250]) < 20
    assert np.count_nonzero(ink[300:307, 100:500]) > 2600


@pytest.mark.parametrize(
    ("mode", "color"), [("RGB", (210, 40, 50)), ("RGBA", (210, 40, 50, 255)), ("P", (210, 40, 50))]
)
def test_red_ink_goes_where_black_text_stands(mode, color):
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 380, 200), fill=0)
    draw.ellipse((100, 220, 300, 380), outline=color[:3], width=8)
    grey = np.asarray(grey_of(image.convert(mode)))
    assert grey[100, 200] < 60
    assert grey[220:].min() > 150


def test_red_text_stays_where_there_is_no_other():
    image = Image.new("RGB", (400, 400), "white")
    ImageDraw.Draw(image).rectangle((20, 20, 380, 200), fill=(200, 20, 30))
    assert np.asarray(grey_of(image))[100, 200] < 150


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "CMYK", "RGBA"])
def test_every_kind_of_picture_becomes_grey(mode):
    image, draw = blank(64, 64)
    draw.rectangle((10, 10, 40, 40), fill=0)
    source = Image.fromarray(np.asarray(image).astype(np.uint16) * 257) if mode == "I;16" else image
    grey = grey_of(source if mode in ("L", "I;16") else source.convert("RGB").convert(mode))
    assert grey.mode == "L"
    assert grey.getpixel((20, 20)) < 60
    assert grey.getpixel((60, 60)) > 200


def test_a_table_is_found_by_its_worn_lines_and_text_is_no_line():
    image, draw = blank()
    for y in (400, 500, 650, 800):
        draw.line((200, y, 1400, y), fill=0, width=3)
    for x in (200, 700, 1400):
        draw.line((x, 400, x, 800), fill=0, width=3)
    for x in range(250, 1350, 40):
        draw.rectangle((x, 498, x + 2, 503), fill=255)
    rows_of_words(draw, 200, 1450, 900, 20)
    rules = rules_of(bars_in(ink_of(image), SCALE), SCALE)
    assert len(rules) == 7
    (grid,) = find_grids(rules) or []
    assert (len(grid.xs), len(grid.ys), len(grid.cells), grid.sound) == (3, 4, 6, True)
    assert grid.xs[1] == pytest.approx(700 / SCALE, abs=1)


def test_columns_are_read_apart_and_plain_text_as_one():
    image, draw = blank()
    rows_of_words(draw, 200, 620, 100, 3, step=62)
    rows_of_words(draw, 800, 1450, 108, 4, step=47)
    rows_of_words(draw, 200, 1450, 400, 20)
    blocks = blocks_of(ink_of(image), SCALE)
    assert [(b[0] < 300, b[2] > 1400, b[1] >= 390) for b in blocks] == [
        (True, False, False),
        (False, True, False),
        (True, True, True),
    ]
    assert sum(b[3] - b[1] for b in blocks[2:]) == 975


def test_a_gap_in_one_line_makes_no_columns():
    image, draw = blank()
    rows_of_words(draw, 200, 1450, 100, 3)
    rows_of_words(draw, 200, 600, 250, 1)
    rows_of_words(draw, 900, 1450, 250, 1)
    rows_of_words(draw, 200, 1450, 300, 3)
    assert len(blocks_of(ink_of(image), SCALE)) == 1


def test_accents_stay_with_their_line():
    image, draw = blank()
    rows_of_words(draw, 200, 620, 104, 3, step=60)
    rows_of_words(draw, 800, 1450, 100, 3, step=60)
    draw.rectangle((1000, 286, 1008, 290), fill=0)
    draw.rectangle((600, 296, 1000, 320), fill=0)
    rows_of_words(draw, 200, 1450, 340, 3)
    assert min(b[1] for b in blocks_of(ink_of(image), SCALE) if b[2] - b[0] > 1500) == 286


# --- marks -------------------------------------------------------------------------------------


def word(text: str, x0: float, x1: float) -> Word:
    step = (x1 - x0) / len(text)
    return Word(text, (x0, 60, x1, 100), 0.9, tuple(x0 + at * step for at in range(len(text))))


def drawn_mark(shape: str) -> np.ndarray:
    image, draw = blank(600, 160)
    if shape == "dot":
        draw.ellipse((20, 76, 32, 88), fill=0)
    elif shape == "ring":
        draw.ellipse((16, 70, 36, 92), outline=0, width=3)
    elif shape == "dash":
        draw.rectangle((18, 82, 34, 84), fill=0)
    elif shape == "stop":
        draw.rectangle((20, 95, 24, 99), fill=0)
    for x in range(80, 560, 60):
        draw.rectangle((x, 70, x + 40, 98), fill=0)
    return ink_of(image)


@pytest.mark.parametrize("read", ["s Đơn", "» Đơn", "© _ Đơn", "Đơn"])
def test_a_solid_dot_before_a_line_is_a_bullet_whatever_was_read(read):
    *marks, first = read.split()
    words = [word(mark, 18 + 20 * at, 34 + 20 * at) for at, mark in enumerate(marks)] + [word(first, 80, 180)]
    line = reread(WordLine((*words, word("vị", 200, 300)), 98), drawn_mark("dot"))
    assert [w.text for w in line.words] == [BULLET, "Đơn", "vị"]


@pytest.mark.parametrize(("shape", "read"), [("ring", "o"), ("dash", "-"), ("stop", "."), ("none", "I.")])
def test_other_marks_stay_as_they_were_read(shape, read):
    words = (word(read, 16, 36), word("Đơn", 80, 180), word("vị", 200, 300))
    assert reread(WordLine(words, 98), drawn_mark(shape)).words == words


def strokes(count: int, stop: bool, digits: bool = False) -> np.ndarray:
    image, draw = blank(300, 160)
    for at in range(count):
        draw.rectangle((20 + 14 * at, 66, 24 + 14 * at, 96), fill=0)
        draw.rectangle((16 + 14 * at, 66, 28 + 14 * at, 67), fill=0)
        draw.rectangle((16 + 14 * at, 95, 28 + 14 * at, 96), fill=0)
    if stop:
        draw.rectangle((22 + 14 * count, 92, 26 + 14 * count, 96), fill=0)
    if digits:
        draw.rectangle((40 + 14 * count, 66, 120 + 14 * count, 96), fill=0)
    return ink_of(image)


@pytest.mark.parametrize(
    ("read", "count", "stop", "meant"),
    [
        ("II.", 3, True, "III."),
        ("II.", 3, False, "III"),
        ("IL", 2, True, "II."),
        ("ll", 2, False, "II"),
        ("II.", 2, True, "II."),
        ("I.", 1, True, "I."),
        ("11", 2, False, "11"),
        ("l", 1, False, "l"),
        ("VI", 2, False, "VI"),
    ],
)
def test_the_strokes_of_a_numeral_are_counted(read, count, stop, meant):
    end = 16 + 14 * count + (12 if stop else 0)
    line = reread(WordLine((word(read, 14, end),), 97), strokes(count, stop))
    assert [w.text for w in line.words] == [meant]


def test_a_quarter_keeps_its_year():
    read = Word("II/2026", (14, 60, 200, 100), 0.9, (16, 40, 60, 80, 100, 120, 140))
    line = reread(WordLine((read,), 97), strokes(3, stop=False, digits=True))
    assert [w.text for w in line.words] == ["III/2026"]
