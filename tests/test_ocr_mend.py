"""Misread words are mended by the genre's phrases; right ones, names and numbers stay as they are."""

from __future__ import annotations

import time

import pytest

from extractor import rulebook
from extractor.loaders.ocr_engine import Word, WordLine
from extractor.loaders.ocr_lexicon import bare, lexicon
from extractor.loaders.ocr_mend import mended


def line(text: str, base: float = 20, confidence: float = 0.9) -> WordLine:
    words, x = [], 0.0
    for word in text.split():
        words.append(Word(word, (x, base - 15, x + 10 * len(word), base + 5), confidence))
        x += 10 * len(word) + 5
    return WordLine(tuple(words), base)


def text_of(*lines: WordLine) -> str:
    return " ".join(word.text for one in lines for word in one.words)


def mend(text: str) -> str:
    return text_of(*mended([line(text)]))


MISREAD = {
    "phát triên kinh tê": "phát triển kinh tế",
    "chuyên đổi số": "chuyển đổi số",
    "Phân đầu 100% hộ": "Phấn đấu 100% hộ",
    "QUYẾT ĐNH": "QUYẾT ĐỊNH",
    "Uy ban nhân dân": "Ủy ban nhân dân",
    "TỔ CHỨC THỤC HIỆN": "TỔ CHỨC THỰC HIỆN",
    "Sở Kê hoạch và Đâu tư": "Sở Kế hoạch và Đầu tư",
    "các tô chức chính trị - xã hội": "các tổ chức chính trị - xã hội",
    "sinh hoạt chỉ bộ": "sinh hoạt chi bộ",
    "kết nạp đẳng viên": "kết nạp đảng viên",
    "ỦY BAN NHÂN DÂN TĨNH": "ỦY BAN NHÂN DÂN TỈNH",
    "theo thâm quyên.": "theo thẩm quyền.",
    "Sô: 15/KH-UBND": "Số: 15/KH-UBND",
    "SỐ: 15/KH-UBND": "Số: 15/KH-UBND",
    "Số: 15⁄KH-UBND": "Số: 15/KH-UBND",
    "ngày l5/O4/2026": "ngày 15/04/2026",
    "năm 2O26;": "năm 2026;",
    "SỞ Y tế và mỘt xã": "Sở Y tế và một xã",
    "Nông nghiỆp": "Nông nghiệp",
    "I.MỤC ĐÍCH": "I. MỤC ĐÍCH",
    "v. TỔ CHỨC": "V. TỔ CHỨC",
    "10.Xử lý nghiêm": "10. Xử lý nghiêm",
    "ø) Xóa nhà tạm": "g) Xóa nhà tạm",
    "~ Các sở, ban, ngành": "- Các sở, ban, ngành",
    "| ` Rà soát": "Rà soát",
    "- Chính phủ (b/€);": "- Chính phủ (b/c);",
    "chính trị] - xã hội": "chính trị - xã hội",
    "Đỉnh Trọng Khuê": "Đinh Trọng Khuê",
}

RIGHT = [
    "phần đầu tư công",
    "phần đầu của kế hoạch",
    "chuyên môn đổi mới",
    "chỉ bộ phận một cửa",
    "chuyên đề mới",
    "các cơ quan trong tỉnh",
    "công tắc điện",
    "từ đó nâng cao",
    "chi tiêu ngân sách",
    "phân bố dân cư",
    "hàng năm",
    "trong rừng",
    "người dân bị thu hồi đất",
    "xã Phân Đầu",
    "ông Trần Bảo Đam",
    "Hà Tĩnh",
    "quý I/2026, quý II/2026",
    "Lý Trọng Khuê",
    "UBND, HĐND, TTHC",
    "số 07-NQ/TU",
    "đoạn l, điểm O",
    "+ Rà soát",
    "báo cáo [hằng tháng]",
    "a) Giao Sở Xây dựng",
    "“Ngày thứ bảy”",
    "VŨ VĂN TÔ",
    "các cơ quan. Trọng điểm",
]


@pytest.mark.parametrize(("read", "meant"), MISREAD.items())
def test_a_misread_word_is_mended(read, meant):
    assert mend(read) == meant


@pytest.mark.parametrize("text", [*RIGHT, *MISREAD.values()])
def test_what_is_right_stays(text):
    assert mend(text) == text


def test_a_phrase_goes_on_in_the_next_line_and_each_word_keeps_its_place():
    lines = [line("thực hiện chuyên", 20), line("đổi số, bảo đảm", 40)]
    fresh = mended(lines)
    assert text_of(*fresh) == "thực hiện chuyển đổi số, bảo đảm"
    assert [[w.box for w in one.words] for one in fresh] == [[w.box for w in one.words] for one in lines]


def test_a_letter_hardly_believed_before_a_label_is_dust():
    dust = Word("i", (0, 5, 4, 25), 0.4)
    item = line("a) Giao Sở Xây dựng")
    assert text_of(*mended([WordLine((dust, *item.words), item.base)])) == "a) Giao Sở Xây dựng"
    sure = WordLine((Word("i", (0, 5, 4, 25), 0.95), *item.words), item.base)
    assert text_of(*mended([sure])) == "i a) Giao Sở Xây dựng"


SLIPS = rulebook.load().data("ocr")["slips"]


@pytest.mark.parametrize("slip", SLIPS, ids=[slip["id"] for slip in SLIPS])
def test_each_slip_has_examples_and_near_misses(slip):
    pattern = lexicon().slips[SLIPS.index(slip)].pattern
    assert slip["examples"]
    assert slip["not"]
    for read, meant in slip["examples"].items():
        assert pattern.search(read)
        assert pattern.sub(slip["put"], read) == meant
    for text in slip["not"]:
        assert pattern.sub(slip["put"], text) == text


def test_the_lexicon_holds_no_phrase_twice_nor_one_that_is_kept():
    data = rulebook.load().data("ocr")
    phrases = [phrase.lower() for phrase in data["phrases"]]
    assert len(phrases) == len(set(phrases))
    assert not set(phrases) & set(data["kept"])
    assert all(len(phrase.split()) > 1 for phrase in phrases)


def test_bare_letters():
    assert bare("Đường") == "duong"


def test_time_is_linear_in_the_text():
    def seconds(times: int) -> float:
        lines = [line("Phân đầu chuyên đổi sô tông hợp báo cáo ủy ban nhân dân tỉnh hằng năm")] * times
        start = time.perf_counter()
        mended(lines)
        return time.perf_counter() - start

    seconds(10)
    assert seconds(1600) < 12 * max(seconds(200), 0.01)
