"""The PDF loader on lines: reading order, letterhead, signature, stamps, odd characters."""

from __future__ import annotations

import re

import pdf_samples as samples
import pytest
from conftest import SHARED, require
from pdf_samples import Hand, Page, hand_made, show, show_lines, text_width

from extractor.document import Content, RawBlock
from extractor.loaders.pdf import read

LETTERHEAD = (
    show("ỦY BAN NHÂN DÂN", 60, 780, 12, bold=True)
    + show("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 230, 780, 12, bold=True)
    + show("TỈNH SÔNG MÂY", 68, 764, 12, bold=True)
    + show("Độc lập - Tự do - Hạnh phúc", 250, 764, 12, bold=True)
)


def lines(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.kind == "line"]


def codes(content: Content) -> list[str]:
    return [notice.code for notice in content.notices]


def paragraphs(content: Content) -> list[str]:
    """The lines joined where geometry alone says that a paragraph goes on."""
    joined: list[str] = []
    for block in content.blocks:
        if block.begins is False:
            joined[-1] += f" {block.text}"
        else:
            joined.append(block.text)
    return joined


# --- a whole plan ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan() -> Content:
    require(samples.SOFFICE, "LibreOffice (soffice) is not installed")
    return read(samples.plan())


def test_letterhead_is_read_column_by_column(plan: Content) -> None:
    assert lines(plan)[:8] == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH SÔNG MÂY",
        "Số: 45/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA",
        "VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Sông Mây, ngày 12 tháng 3 năm 2026",
        "KẾ HOẠCH",
    ]
    assert all(block.begins for block in plan.blocks[:7])


def test_signature_block_is_read_column_by_column(plan: Content) -> None:
    assert lines(plan)[-8:] == [
        "Nơi nhận:",
        *samples.RECIPIENTS,
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Trần Thị Ví Dụ",
    ]


def test_paragraphs_are_whole_also_across_pages(plan: Content) -> None:
    whole = [text for text in paragraphs(plan) if samples.PROSE in text]
    assert whole == [f"{n}. {samples.PROSE}; lần {n} xong trước ngày {n + 1}/6/2026." for n in range(1, 12)]
    assert plan.pages == 3


def test_page_numbers_are_left_out(plan: Content) -> None:
    assert not [text for text in lines(plan) if text.strip("- ").isdigit()]


def test_title_is_centered_and_bold(plan: Content) -> None:
    title = next(block for block in plan.blocks if block.text == "KẾ HOẠCH")
    assert title.centered
    assert title.bold
    assert title.begins is True


def test_every_block_has_a_page_and_a_box_on_it(plan: Content) -> None:
    for block in plan.blocks:
        assert block.page in (1, 2, 3)
        assert block.bbox is not None
        x0, top, x1, bottom = block.bbox
        assert 0 <= x0 < x1 <= 596
        assert 0 <= top < bottom <= 842


def test_boxes_count_from_the_top() -> None:
    box = read(hand_made(show("Kế hoạch", 100, 742))).blocks[0].bbox
    assert box is not None
    assert box[0] == pytest.approx(100, abs=1)
    assert box[2] == pytest.approx(100 + text_width("Kế hoạch"), abs=5)
    assert 80 < box[1] < box[3] < 106


# --- hints -------------------------------------------------------------------------------------

FULL = "Nội dung dòng này dài đến hết lề phải của trang nên đoạn văn còn tiếp"


def ragged(*rows: tuple[float, str]) -> list[RawBlock]:
    """Lines at some x, one below the other, after six full ones that set the margins."""
    rows = (*[(70.0, FULL)] * 6, *rows)
    ops = b"".join(show(text, x, 780 - 18 * number, 12) for number, (x, text) in enumerate(rows))
    return list(read(hand_made(ops)).blocks[6:])


def test_a_line_at_the_margin_after_a_full_one_goes_on() -> None:
    assert ragged((70, "sang dòng dưới."))[0].begins is False


def test_an_indented_line_begins() -> None:
    assert ragged((100, "Đoạn mới bắt đầu."))[0].begins is True


def test_a_line_after_a_short_one_begins() -> None:
    assert [block.begins for block in ragged((70, "hết đoạn."), (70, "Đoạn mới bắt đầu."))] == [False, True]


def test_a_list_mark_at_the_margin_is_left_to_the_text() -> None:
    assert ragged((70, "- Rà soát danh mục."))[0].begins is None


def test_a_hanging_line_goes_on() -> None:
    item = "- " + FULL[:63]
    second = 82 + text_width("- ", 12)
    assert [block.begins for block in ragged((82, item), (second, "sang dòng dưới."))] == [True, False]


def test_blank_space_is_a_gap() -> None:
    ops = show_lines(["Dòng một.", "Dòng hai.", "Dòng ba."], 70, 780) + show("Dòng bốn.", 70, 690)
    assert [block.gap for block in read(hand_made(ops)).blocks] == [False, False, False, True]


# --- letterhead and stamps ---------------------------------------------------------------------


def test_party_letterhead() -> None:
    ops = show("TỈNH ỦY SÔNG MÂY", 60, 780, 12) + show("ĐẢNG CỘNG SẢN VIỆT NAM", 260, 780, 12)
    ops += show("*", 105, 764, 12) + show("Sông Mây, ngày 05 tháng 01 năm 2026", 230, 748, 12)
    ops += show("Số 12-KH/TU", 75, 748, 12)
    assert lines(read(hand_made(ops))) == [
        "TỈNH ỦY SÔNG MÂY",
        "*",
        "Số 12-KH/TU",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Sông Mây, ngày 05 tháng 01 năm 2026",
    ]


def signed() -> bytes:
    """A plan whose number and day stand in widgets only, with a stamp on top of the letterhead."""
    hand = Hand()
    blank = LETTERHEAD + show("Số:      /KH-UBND", 60, 734, 12)
    blank += show("Sông Mây, ngày    tháng    năm 2026", 230, 734, 12)
    blank += show("KẾ HOẠCH", 270, 690, bold=True)
    day, month = (230 + text_width(before, 12) for before in ("Sông Mây, ngày ", "Sông Mây, ngày    tháng "))
    stamp = show_lines(
        ["Ký bởi: UBND TỈNH SÔNG MÂY", "vpub@songmay.gov.vn", "05.01.2026 08:30:15 +07:00"], 0, 22, 7, 9
    )
    widgets = [
        hand.widget((84, 730, 108, 746), show("128", 0, 4, 12)),
        hand.widget((int(day), 730, int(day) + 14, 746), show("05", 0, 4, 12)),
        hand.widget((int(month), 730, int(month) + 14, 746), show("01", 0, 5, 12)),
        hand.widget((300, 770, 440, 800), stamp),
    ]
    refs = b" ".join(b"%d 0 R" % one for one in widgets)
    return hand.pdf([Page(blank, extra=b"/Annots [%s]" % refs)])


def test_number_and_day_from_signature_widgets_are_put_into_their_blanks() -> None:
    assert lines(read(signed())) == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH SÔNG MÂY",
        "Số: 128/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Sông Mây, ngày 05 tháng 01 năm 2026",
        "KẾ HOẠCH",
    ]


def test_signature_stamp_is_left_out() -> None:
    text = " ".join(lines(read(signed())))
    assert "songmay.gov.vn" not in text
    assert "+07:00" not in text
    assert "Ký bởi" not in text


def test_an_address_in_a_sentence_stays() -> None:
    sentence = "gửi về địa chỉ vpub@songmay.gov.vn trước ngày 15/6/2026."
    assert lines(read(hand_made(show(sentence, 70, 600)))) == [sentence]


def test_recipients_wrap_and_the_name_stands_beside_them() -> None:
    left = ["Nơi nhận:", "- Các sở: Tài chính, Nội vụ,", "Xây dựng, Y tế;", "- UBND các xã;", "- Lưu: VT."]
    ops = show_lines(left, 70, 400, 11, 14)
    ops += show("TM. ỦY BAN NHÂN DÂN", 350, 403, 13, bold=True) + show("CHỦ TỊCH", 390, 387, 13, bold=True)
    ops += show("Trần Thị Ví Dụ", 370, 344, 13, bold=True)
    content = read(hand_made(ops))
    assert lines(content) == [*left, "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Trần Thị Ví Dụ"]
    assert [block.begins for block in content.blocks] == [True, True, False, True, True, True, True, True]


# --- edges -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["2", "- 2 -", "Trang 2/15"])
def test_page_number_forms(number: str) -> None:
    ops = show(number, 290, 800) + show_lines(["Nội dung chính.", "5"], 70, 600)
    assert lines(read(hand_made(ops))) == ["Nội dung chính.", "5"]


def test_running_heads_are_left_out() -> None:
    pages = [
        show("KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH 2026", 180, 805, 9)
        + show_lines([f"Nội dung của trang {n} là đây.", "Cùng một câu ở mọi trang."], 70, 700)
        for n in range(1, 5)
    ]
    assert lines(read(hand_made(*pages))) == [
        text for n in range(1, 5) for text in (f"Nội dung của trang {n} là đây.", "Cùng một câu ở mọi trang.")
    ]


def test_a_full_line_that_comes_back_at_the_page_edge_is_text() -> None:
    pages = [show_lines([FULL, f"câu {n}.", FULL], 70, 800, 12) for n in range(1, 5)]
    assert lines(read(hand_made(*pages))).count(FULL) == 8


def test_footnotes_stand_apart() -> None:
    ops = show_lines([FULL, FULL], 70, 700, 12) + show("1", 70 + text_width(FULL, 12), 704, 7)
    ops += b"70 130 m 200 130 l S\n" + show("1", 70, 120, 6) + show("Quyết định số 12/QĐ-UBND;", 75, 115, 9)
    ops += show("có hiệu lực từ ngày ký.", 70, 103, 9)
    content = read(hand_made(ops))
    assert lines(content) == [f"{FULL}¹", FULL]
    assert [b.text for b in content.blocks if b.kind == "footnote"] == [
        "¹ Quyết định số 12/QĐ-UBND; có hiệu lực từ ngày ký."
    ]


# --- characters --------------------------------------------------------------------------------


def test_characters_out_of_order_are_sorted_by_position() -> None:
    words = ["trước", "ngày", "30/6/2026"]
    places = [70, 70 + text_width("trước "), 70 + text_width("trước ngày ")]
    ops = b"".join(show(words[i], places[i], 600) for i in (2, 0, 1))
    assert lines(read(hand_made(show("Dòng hai.", 70, 580) + ops))) == ["trước ngày 30/6/2026", "Dòng hai."]


def test_letters_of_another_font_drawn_later_leave_no_gaps() -> None:
    ops = show("nhi", 70, 600) + show("m v", 70 + text_width("nhiệ"), 600)
    ops += show("ệ", 70 + text_width("nhi"), 600, bold=True)
    ops += show("ụ", 70 + text_width("nhiệm v"), 600, bold=True) + show("khác", 70, 580)
    assert lines(read(hand_made(ops))) == ["nhiệm vụ", "khác"]


def test_glyph_by_glyph_text_gets_its_spaces_back() -> None:
    text = "Báo cáo kết quả trước ngày 15"
    ops = b"".join(show(c, 70 + text_width(text[:i]), 600) for i, c in enumerate(text) if c != " ")
    assert lines(read(hand_made(ops))) == [text]


def test_superscripts_stay_attached() -> None:
    text = "Quyết định số 12/QĐ-UBND"
    ops = show(text, 70, 600) + show("12", 70 + text_width(text), 606, 8)
    ops += show("của UBND tỉnh", 70 + text_width(text + "  "), 600)
    assert lines(read(hand_made(ops))) == [f"{text}¹² của UBND tỉnh"]


def test_hyphen_at_a_line_end_is_a_hyphen() -> None:
    first, second = "theo Kế hoạch số 186/KH-", "UBND ngày 17/9/2026 của Sông Mây"
    assert lines(read(hand_made(show_lines([first, second], 70, 600)))) == [first, second]


def test_bullets_of_symbol_fonts() -> None:
    assert lines(read(hand_made(show("\uf0b7 Rà soát; \uf02d báo cáo", 70, 600)))) == ["• Rà soát; - báo cáo"]


def test_bold_printed_twice_is_read_once() -> None:
    ops = show("KẾ HOẠCH", 200, 700) + show("KẾ HOẠCH", 200.4, 700) + show("Nội dung", 70, 600)
    assert lines(read(hand_made(ops))) == ["KẾ HOẠCH", "Nội dung"]


def test_slanted_watermark_is_left_out() -> None:
    ops = show("BẢN SAO", 200, 300, 60, matrix="0.7 0.7 -0.7 0.7") + show("Nội dung.", 70, 600)
    assert lines(read(hand_made(ops))) == ["Nội dung."]


def test_hidden_text_is_left_out_and_said() -> None:
    ops = show("Nội dung thật.", 70, 600) + b"3 Tr " + show("Nội dung ẩn.", 70, 580) + b"0 Tr "
    ops += b"1 1 1 rg " + show("Chữ trắng.", 70, 560)
    content = read(hand_made(ops))
    assert lines(content) == ["Nội dung thật."]
    assert codes(content) == ["W_HIDDEN_TEXT"]


def test_white_letters_on_dark_ground_are_read() -> None:
    ops = b"0 0 0.5 rg 60 590 300 30 re f 1 1 1 rg " + show("Tiêu đề trắng", 70, 600)
    assert lines(read(hand_made(ops))) == ["Tiêu đề trắng"]


# --- turned pages ------------------------------------------------------------------------------

TURNED = {90: b"0 1 -1 0 595 0", 180: b"-1 0 0 -1 595 842", 270: b"0 -1 1 0 0 842"}
BODY = show_lines(["PHỤ LỤC", "Danh mục nhiệm vụ", "1. Rà soát thủ tục."], 100, 500)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_rotated_pages_read_upright(angle: int) -> None:
    content = read(hand_made(Page(b"q %s cm %s Q" % (TURNED[angle], BODY), extra=b"/Rotate %d" % angle)))
    assert lines(content) == ["PHỤ LỤC", "Danh mục nhiệm vụ", "1. Rà soát thủ tục."]
    tops = [block.bbox[1] for block in content.blocks if block.bbox]
    assert tops == sorted(tops)
    assert content.blocks[0].bbox is not None
    assert content.blocks[0].bbox[0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize("angle", [90, 270])
def test_text_turned_by_its_matrix(angle: int) -> None:
    content = read(hand_made(b"q %s cm %s Q" % (TURNED[angle], BODY)))
    assert lines(content) == ["PHỤ LỤC", "Danh mục nhiệm vụ", "1. Rà soát thủ tục."]
    assert all(b.bbox is not None and b.bbox[2] <= 595 and b.bbox[3] <= 842 for b in content.blocks)


# --- the real notice ---------------------------------------------------------------------------


def test_a_published_notice_word_for_word() -> None:
    path = SHARED / "originals" / "qn-tb565-mtqg.pdf"
    require(path.exists(), "the published documents are not at hand")
    text = (SHARED / "plans" / "qn-tb565-mtqg.txt").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines()[6:] if not line.strip().isdigit()]
    content = read(path.read_bytes())
    mine, theirs = words(lines(content)), words(kept)
    assert sorted(mine) == sorted(theirs)
    assert body(mine) == body(theirs)
    assert content.notices == ()


def words(of: list[str]) -> list[str]:
    return re.sub(r"(?<=\d)\s+(?=/)", "", " ".join(of)).split()


def body(of: list[str]) -> list[str]:
    return of[of.index("Ngày") : of.index("hiện./.")]


def test_every_page_of_a_published_scan_is_named() -> None:
    path = SHARED / "originals" / "qn-ct08-nhadautu-2018-scan.pdf"
    require(path.exists(), "the published documents are not at hand")
    content = read(path.read_bytes())
    assert [(n.code, n.where) for n in content.notices] == [("W_NEEDS_OCR", f"page {n}") for n in (1, 2, 3)]


def test_the_addressees_of_a_letter_end_its_letterhead() -> None:
    """The subject under the number is long, so "Kính gửi" stands under it and still left of the gutter."""
    left = [
        "ỦY BAN NHÂN DÂN",
        "TỈNH SÔNG MÂY",
        "Số: 81/UBND-NC",
        "V/v bảo đảm an toàn",
        "hồ đập trong mùa mưa",
    ]
    right = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Sông Mây, ngày 05 tháng 5 năm 2026",
    ]
    page = show_lines(left, 80, 780, 12, 16) + show_lines(right, 300, 780, 12, 16)
    page += show("Kính gửi:", 190, 670) + show("- Sở Nông nghiệp và Môi trường;", 250, 650)
    texts = [block.text for block in read(hand_made(page)).blocks]
    assert texts == [*left, *right, "Kính gửi:", "- Sở Nông nghiệp và Môi trường;"]
