"""What a PDF's objects as a whole make known: loops, wrong lengths, depth, unnamed letters, lost pages."""

from __future__ import annotations

import base64
import io
import random
import zlib

import pytest
from pdf_samples import PROSE, Hand, Page, hand_made, packed, show, show_lines
from PIL import Image

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders.pdf import read
from extractor.loaders.pdf_audit import is_deep, mapped_codes
from extractor.loaders.pdf_filters import MAX_STREAM, unpack
from extractor.loaders.pdf_objects import Objects

LINES = [PROSE[i : i + 70] for i in range(0, len(PROSE), 70)]
TEXT = [line.strip() for line in LINES]
OPERATORS = show_lines(LINES, 70, 700, 10)


def codes(content: Content) -> list[str]:
    return [notice.code for notice in content.notices]


def words(content: Content) -> list[str]:
    return [block.text for block in content.blocks]


# --- loops -------------------------------------------------------------------------------------

TREES = {
    "a node in itself": {"tree": "one tree two"},
    "through three nodes": {"tree": "one inner two", "inner": "deep", "deep": "tree"},
    "a node named twice": {"tree": "inner inner", "inner": "one two"},
    "a node of two parents": {"tree": "inner deep", "inner": "one two", "deep": "inner"},
}


def tree_objects(hand: Hand, kids: dict[str, str]) -> tuple[dict[int, bytes], int]:
    """The objects of a page tree with two pages, and its catalog's number."""
    contents = {name: hand.stream(b"", show(f"Trang {name}.", 70, 700)) for name in ("one", "two")}
    first = len(hand.objects) + 1
    place = {name: first + index for index, name in enumerate(("tree", "inner", "deep", "one", "two"))}
    objects = {}
    for name, number in place.items():
        if name in contents:
            head = b"<< /Type /Page /Parent %d 0 R /Contents %d 0 R /MediaBox [0 0 595 842] "
            objects[number] = (
                head % (place["tree"], contents[name]) + b"/Resources << %s >> >>" % hand.fonts()
            )
        else:
            refs = b" ".join(b"%d 0 R" % place[kid] for kid in kids.get(name, "").split())
            objects[number] = b"<< /Type /Pages /Kids [%s] /Count 4 >>" % refs
    root = first + len(place)
    objects[root] = b"<< /Type /Catalog /Pages %d 0 R >>" % place["tree"]
    return objects, root


@pytest.mark.parametrize("kids", TREES.values(), ids=TREES)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_page_tree_that_leads_round_is_read_once(kids: dict[str, str], compressed: bool) -> None:
    hand = Hand()
    objects, root = tree_objects(hand, kids)
    if compressed:
        data = packed(hand, objects, root)
    else:
        hand.objects += objects.values()
        data = hand.written(root)
    content = read(data)
    assert words(content) == ["Trang one.", "Trang two."]
    assert codes(content) == ["W_PDF_CYCLE"]
    assert content.pages == 2


def test_a_sound_page_tree_in_an_object_stream_needs_no_word() -> None:
    hand = Hand()
    objects, root = tree_objects(hand, {"tree": "inner deep", "inner": "one", "deep": "two"})
    tree = root - len(objects) + 1
    objects[tree] = objects[tree].replace(b"/Count 4", b"/Count 2")
    content = read(packed(hand, objects, root))
    assert words(content) == ["Trang one.", "Trang two."]
    assert content.notices == ()


@pytest.mark.parametrize("links", [{0: 0}, {0: 1, 1: 0}, {0: 1, 1: 2, 2: 0}])
def test_objects_that_stand_only_for_one_another(links: dict[int, int]) -> None:
    hand = Hand()
    first = len(hand.objects) + 1
    for to in links.values():
        hand.add(b"%d 0 R" % (first + to))
    content = read(hand.pdf([Page(OPERATORS, extra=b"/Rotate %d 0 R" % first)]))
    assert words(content) == TEXT
    assert codes(content) == ["W_PDF_CYCLE"]


def test_an_object_that_stands_for_another_is_no_loop() -> None:
    hand = Hand()
    box = hand.add(b"[0 0 595 842]")
    alias = hand.add(b"%d 0 R" % box)
    assert read(hand.pdf([Page(OPERATORS, extra=b"/CropBox %d 0 R" % alias)])).notices == ()


# --- lengths and depth -------------------------------------------------------------------------


@pytest.mark.parametrize("length", [b"-1", b"7", b"99999999", b"1 0 R", b"777 0 R"])
def test_a_stream_whose_length_is_wrong_is_read_to_its_end(length: bytes) -> None:
    right = b"/Length %d" % len(OPERATORS)
    whole = hand_made(OPERATORS)
    assert whole.count(right) == 1
    content = read(whole.replace(right, (b"/Length " + length).ljust(len(right))))
    assert "W_RECOVERED" in codes(content)
    assert words(content) in (TEXT, [])


def test_a_length_in_an_object_of_its_own_is_right() -> None:
    hand = Hand()
    size = hand.add(b"%d" % len(OPERATORS))
    whole = hand.pdf([Page(OPERATORS)])
    right = b"/Length %d" % len(OPERATORS)
    content = read(whole.replace(right, (b"/Length %d 0 R" % size).ljust(len(right))))
    assert words(content) == TEXT
    assert "W_PDF_CYCLE" not in codes(content)


@pytest.mark.parametrize(
    "nest", [b"[" * 5000, b"[ 1 " * 3000 + b"] " * 3000, b"<< /A " * 4000, b"[<< /A " * 900 + b">>]" * 900]
)
def test_nesting_beyond_measure(nest: bytes) -> None:
    hand = Hand()
    deep = hand.add(nest)
    content = read(hand.pdf([Page(OPERATORS, extra=b"/Annots %d 0 R" % deep)]))
    assert words(content) == TEXT
    assert "W_DEPTH_LIMIT" in codes(content)


def test_nesting_in_a_page() -> None:
    content = read(hand_made(OPERATORS + b"[" * 900 + b"]" * 900 + b" TJ\n"))
    assert words(content) == TEXT
    assert codes(content) == ["W_DEPTH_LIMIT"]


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"[[" * 200, True),
        (b"[1 2] " * 500, False),
        (b"(" + b"[" * 500 + b") Tj", False),
        (b"<41> " * 500, False),
        (b"[" * 60 + b"]" * 60, False),
    ],
)
def test_depth(text: bytes, deep: bool) -> None:
    assert is_deep(text) is deep


@pytest.mark.parametrize(
    "matrix", [b"1e30 0 0 1e30 1e38 1e38 cm\n", b"1 0 0 1 99999999999 0 cm\n", b"1 0 0 1 -1E9 .5 cm\n"]
)
def test_coordinates_that_make_no_sense(matrix: bytes) -> None:
    content = read(hand_made(b"q " + matrix + b"Q " + OPERATORS))
    assert words(content) == TEXT
    assert codes(content) == ["W_BAD_GEOMETRY"]


# --- fonts -------------------------------------------------------------------------------------


def with_font(entries: bytes, table: bytes | None = None, ordering: bytes = b"Identity") -> bytes:
    """The prose in a composite font with some entries, and a table of its letters."""
    hand = Hand()
    inner = hand.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /DW 500 /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (%s) /Supplement 0 >> >>" % ordering
    )
    mapped = b"/ToUnicode %d 0 R" % hand.stream(b"", table) if table else b""
    head = b"<< /Type /Font /Subtype /Type0 /BaseFont /Odd /DescendantFonts [%d 0 R] %s %s >>"
    hand.font = hand.add(head % (inner, entries, mapped))
    return hand.pdf([Page(OPERATORS)])


def cmap(body: bytes) -> bytes:
    return b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n" + body + b"\nendcmap"


@pytest.mark.parametrize(
    "entries", [b"/Encoding /Identity-H", b"/Encoding /..#2F..#2Fetc#2Fpasswd", b"/Encoding 900 0 R", b""]
)
def test_letters_of_a_font_that_names_none_are_not_trusted(entries: bytes) -> None:
    content = read(with_font(entries))
    assert "W_NO_UNICODE_MAP" in codes(content)


@pytest.mark.parametrize(
    "body",
    [
        b"1 beginbfrange <0000> <ffff> [<0061>] endbfrange",
        b"1 beginbfchar <0041> <0061> endbfchar",
        b"2 beginbfchar <0001> <0061> <0002> <0062> endbfchar",
    ],
)
def test_a_map_of_few_letters_is_not_trusted(body: bytes) -> None:
    content = read(with_font(b"/Encoding /Identity-H", cmap(body)))
    assert "W_LOW_TEXT_QUALITY" in codes(content)


def test_a_map_of_all_letters_needs_no_word() -> None:
    table = cmap(b"1 beginbfrange <0000> <ffff> <0000> endbfrange")
    content = read(with_font(b"/Encoding /Identity-H", table))
    assert words(content) == TEXT
    assert content.notices == ()


def test_a_small_font_of_few_letters_needs_no_word() -> None:
    """A bullet's font names one letter and shows one."""
    hand = Hand()
    table = hand.stream(b"", cmap(b"1 beginbfchar <2022> <2022> endbfchar"))
    plain = hand.objects[hand.bold - 1].split(b"/ToUnicode")[0]
    hand.bold = hand.add(plain + b"/ToUnicode %d 0 R >>" % table)
    bullets = b"".join(show("•", 60, 700 - 18 * n, 10, bold=True) for n in range(len(LINES)))
    assert read(hand.pdf([Page(OPERATORS + bullets)])).notices == ()


@pytest.mark.parametrize(
    ("table", "count"),
    [
        (b"beginbfchar <01> <0041> <02> <0042> endbfchar", 2),
        (b"beginbfrange <01> <05> <0041> endbfrange", 5),
        (b"beginbfrange <01> <05> [<0041> <0042>] endbfrange", 2),
        (b"beginbfrange <0000> <ffffffff> <0041> endbfrange", 1 << 32),
        (b"beginbfrange <05> <01> <0041> endbfrange", 0),
        (b"", 0),
    ],
)
def test_mapped_codes(table: bytes, count: int) -> None:
    assert mapped_codes(table) == count


# --- pages that cannot be unpacked -------------------------------------------------------------


def filtered(filters: bytes, body: bytes) -> bytes:
    """A page whose content is packed."""
    return hand_made(Page(body, packing=b"/Filter " + filters))


BOMB = zlib.compress(b" " * (MAX_STREAM + 1), 9)
NOISE = random.Random(5).randbytes(3000)
PACKED = zlib.compress(OPERATORS)
UNREADABLE = {
    "not Flate": (b"/FlateDecode", NOISE),
    "Flate too often": (b"[" + b"/FlateDecode " * 100 + b"]", PACKED),
    "bad LZW": (b"/LZWDecode", NOISE),
    "bad ASCII85": (b"/ASCII85Decode", b"z" * 300 + b"~" + b"\xff" * 300),
    "bad hexadecimal": (b"/ASCIIHexDecode", b"xyz" * 90),
    "names in codes": (b"/Fl#61teDecode", NOISE),
}


@pytest.mark.parametrize(("filters", "body"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_whose_pages_cannot_be_unpacked_is_refused(filters: bytes, body: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(filtered(filters, body))
    assert caught.value.code == "E_NO_TEXT"


@pytest.mark.parametrize(
    ("filters", "body"),
    [
        (b"/ASCII85Decode", base64.a85encode(OPERATORS) + b"~>"),
        (b"[/ASCII85Decode /FlateDecode]", base64.a85encode(PACKED) + b"~>"),
        (b"/ASCIIHexDecode", OPERATORS.hex().encode() + b">"),
    ],
)
def test_packed_pages_are_read(filters: bytes, body: bytes) -> None:
    content = read(filtered(filters, body))
    assert words(content) == TEXT
    assert content.notices == ()


@pytest.mark.parametrize(
    ("filters", "body"),
    [
        (
            b"[/ASCII85Decode /FlateDecode]",
            base64.a85encode(BOMB) + b"~>",
        ),
        (b"[/ASCIIHexDecode /Fl]", BOMB.hex().encode() + b">"),
        (b"/RunLengthDecode", b"\x81 " * (MAX_STREAM // 128 + 2)),
    ],
)
def test_bombs_in_other_wrappings(filters: bytes, body: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(filtered(filters, body))
    assert caught.value.code == "E_PDF_BOMB"


def form(hand: Hand, inner: int, draws: int) -> int:
    """A form that draws another several times."""
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X %d 0 R >> >>"
    return hand.stream(head % inner, b" /X Do" * draws)


def drawing(hand: Hand, number: int) -> bytes:
    return hand.pdf([Page(OPERATORS + b"/X Do\n", resources=b"/XObject << /X %d 0 R >>" % number)])


def test_forms_that_multiply_are_refused() -> None:
    hand = Hand()
    number = hand.image()
    for _ in range(9):
        number = form(hand, number, 10)
    with pytest.raises(UnreadableError) as caught:
        read(drawing(hand, number))
    assert caught.value.code == "E_PDF_BOMB"


def test_a_form_that_draws_itself_twice_is_refused() -> None:
    hand = Hand()
    with pytest.raises(UnreadableError) as caught:
        read(drawing(hand, form(hand, len(hand.objects) + 1, 2)))
    assert caught.value.code == "E_PDF_BOMB"


def test_forms_in_forms_are_read() -> None:
    hand = Hand()
    number = hand.image()
    for _ in range(5):
        number = form(hand, number, 3)
    content = read(drawing(hand, number))
    assert set(TEXT) <= set(words(content))


def test_a_bomb_in_a_damaged_wrapping() -> None:
    wrapped = zlib.compress(zlib.compress(b" " * (3 * MAX_STREAM), 9), 9)
    assert unpack(wrapped[:-6] + b"\x00" * 6, ["FlateDecode"] * 2).bomb
    noise = zlib.compress(zlib.compress(b" " * (3 * MAX_STREAM), 9), 0)
    assert unpack(noise[: len(noise) // 2], ["FlateDecode"] * 2).bomb


def test_a_filter_named_elsewhere_is_found() -> None:
    head = b"1 0 obj /FlateDecode endobj 2 0 obj << /Filter 1 0 R >>\nstream\n"
    objects = Objects(head + PACKED + b"\nendstream endobj")
    assert objects.filters(objects.known[2]) == ("FlateDecode",)


def test_lzw_of_the_standard() -> None:
    """The example of ISO 32000-1, 7.4.4.2."""
    packed_bytes = bytes.fromhex("800b6050220c0c8501")
    assert unpack(packed_bytes, ["LZWDecode"]).data == bytes([45, 45, 45, 45, 45, 65, 45, 45, 45, 66])


def test_lzw_of_another_maker() -> None:
    pixels = random.Random(3).choices(b"\x00\x01\x02\xff", k=90_000)
    file = io.BytesIO()
    picture = Image.frombytes("L", (300, 300), bytes(pixels))
    picture.save(file, "TIFF", compression="tiff_lzw", tiffinfo={278: 300})
    with Image.open(file) as again:
        offset, size = again.tag_v2[273][0], again.tag_v2[279][0]
    body = file.getvalue()[offset : offset + size]
    assert unpack(body, ["LZWDecode"]) == (bytes(pixels), True, False)


def test_many_headers_without_an_end_take_no_time() -> None:
    objects = Objects(b"%PDF-1.7\n" + b"".join(b"%d 0 obj << >> " % n for n in range(60_000)))
    assert len(objects.known) == 60_000
    assert Objects(b"1 0 obj <<>> stream\n" * 60_000).streams[0].number == 1
