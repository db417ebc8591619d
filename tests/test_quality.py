"""Vietnamese told from garbage by its syllables."""

from __future__ import annotations

import unicodedata

import pytest

from extractor.loaders.quality import LEGIBLE, is_legible, syllable_share

GOOD = (
    "Sở Nội vụ chủ trì, phối hợp với các cơ quan liên quan xây dựng kế hoạch kiểm tra công vụ năm 2026; "
    "báo cáo UBND tỉnh trước ngày 30/6/2026. Giường bệnh, khuỷu tay, nghiêng ngả, quốc gia, giếng nước."
)
SYLLABLES = ["nghiêng", "quyền", "giặt", "uỷ", "ủy", "hoà", "HÒA", "trong", "ban", "ngoằn", "gì", "yêu"]
GARBAGE = ["cac", "mot", "phat", "strong", "ḥọc", "hệnx", "ӌaq", "ngrời", "tãáo"]


def without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def test_plain_prose_is_all_syllables() -> None:
    assert syllable_share(GOOD) == 1.0
    assert is_legible(GOOD) is True


def test_decomposed_letters_count_the_same() -> None:
    assert syllable_share(unicodedata.normalize("NFD", GOOD)) == 1.0


def test_text_that_lost_its_diacritics_is_garbage() -> None:
    assert syllable_share(without_marks(GOOD)) == 0.0
    assert is_legible(without_marks(GOOD)) is False


def test_shifted_codes_are_garbage() -> None:
    shifted = "".join(chr(ord(c) - 29) if ord(c) > 60 else c for c in GOOD)
    assert syllable_share(shifted) <= 0.65
    assert is_legible(shifted) is False


@pytest.mark.parametrize("word", SYLLABLES)
def test_syllables(word: str) -> None:
    assert syllable_share(word) == 1.0


@pytest.mark.parametrize("word", GARBAGE)
def test_no_syllables(word: str) -> None:
    assert syllable_share(word) == 0.0


def test_codes_and_numbers_are_not_counted() -> None:
    assert syllable_share("12/KH-UBND ngày 05/01/2026 của MTTQ, HĐND; a@b.vn 5G") == 1.0
    assert syllable_share("2026 30% 1.200") == 1.0


def test_a_text_of_codes_alone_is_counted_after_all() -> None:
    assert syllable_share("KRFK QJKT XKHT bàn " * 10) == 0.25


def test_short_text_is_not_judged() -> None:
    assert is_legible("Kế hoạch") is None


def test_the_bound_lies_between_the_measured_shares() -> None:
    assert 0.65 < LEGIBLE < 0.81
