"""Citations: a corpus of sentences with their answers, and how citations become distinct documents."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractor import rulebook
from extractor.document import Span
from extractor.extractors import references
from extractor.mention import Mention, ReferenceValue

DATA = yaml.safe_load((Path(__file__).parent / "data" / "references.yaml").read_text(encoding="utf-8"))


def find(text: str, offset: int = 0) -> list[Mention]:
    return references.find(text, rulebook.load(), offset)


def unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A marked sentence without its marks, and what they enclosed."""
    spans, plain = [], ""
    for part in re.split(r"(<m>.*?</m>)", text):
        inner = part.removeprefix("<m>").removesuffix("</m>")
        if inner != part:
            spans.append((len(plain), len(plain) + len(inner)))
        plain += inner
    return plain, spans


@pytest.mark.parametrize("case", DATA["cited"], ids=lambda case: case["text"][:60])
def test_cited(case: dict[str, Any]) -> None:
    text, spans = unmarked(case["text"])
    found = find(text)
    assert [m.value for m in found] == [ReferenceValue(*ref) for ref in case["refs"]]
    assert [(m.start, m.end) for m in found] == spans


@pytest.mark.parametrize("text", DATA["not_cited"])
def test_not_cited(text: str) -> None:
    assert find(text) == []


def test_corpus_is_large_enough() -> None:
    assert len(DATA["cited"]) >= 80
    assert len(DATA["not_cited"]) >= 30


def test_offset_and_rule_are_kept() -> None:
    [mention] = find("theo Chỉ thị số 9/CT-TTg.", offset=100)
    assert (mention.start, mention.end) == (105, 124)
    assert mention.found_by == "references.number.state"
    assert mention.label == "REFERENCE"


def test_merge_joins_spellings_and_keeps_the_best_of_each() -> None:
    title = find("TRIỂN KHAI QUYẾT ĐỊNH SỐ 06/QĐ-TTG CỦA THỦ TƯỚNG CHÍNH PHỦ")
    basis = find("Căn cứ Quyết định số 06 /QĐ-TTg ngày 02/01/2025 của Thủ tướng Chính phủ;", 100)
    later = find("theo Quyết định số 06/QĐ TTg ngày 12/01/2025", 200)
    [(value, evidence)] = references.merge([*title, *basis, *later])
    assert value == ReferenceValue("Quyết định", "06/QĐ-TTg", "2025-01-02", "Thủ tướng Chính phủ", "basis")
    assert evidence == (Span(11, 58), Span(107, 171), Span(205, 244))


def test_merge_keeps_the_order_of_first_mention() -> None:
    text = "Nghị quyết số 4-NQ/TU và Chỉ thị số 9/CT-TTg; Nghị quyết số 4-NQ/TU"
    assert [v.number for v, _ in references.merge(find(text))] == ["4-NQ/TU", "9/CT-TTg"]


def test_merge_folds_a_bare_number_into_the_full_one() -> None:
    text = "Nghị quyết số 57-NQ/TW ngày 22/12/2024; theo Nghị quyết số 57 của Bộ Chính trị"
    [(value, evidence)] = references.merge(find(text))
    assert value == ReferenceValue("Nghị quyết", "57-NQ/TW", "2024-12-22", "Bộ Chính trị")
    assert len(evidence) == 2


def test_merge_folds_a_bare_number_that_comes_first() -> None:
    text = "Nghị quyết số 57 của Bộ Chính trị; sau đó Nghị quyết số 57-NQ/TW ngày 22/12/2024"
    [(value, _)] = references.merge(find(text))
    assert (value.number, value.date) == ("57-NQ/TW", "2024-12-22")


def test_merge_keeps_one_number_of_two_years_apart() -> None:
    text = "Nghị quyết số 01/NQ-CP ngày 05/01/2024 và Nghị quyết số 01/NQ-CP ngày 08/01/2025"
    assert [v.date for v, _ in references.merge(find(text))] == ["2024-01-05", "2025-01-08"]


def test_merge_keeps_two_laws_of_one_day_apart() -> None:
    text = "Luật Đầu tư ngày 17/6/2020; Luật Doanh nghiệp ngày 17/6/2020; Luật Đầu tư ngày 17/6/2020"
    assert [len(spans) for _, spans in references.merge(find(text))] == [2, 1]


def test_merge_leaves_the_plans_own_number_out() -> None:
    found = find("Kế hoạch số 12/KH-UBND và Kế hoạch số 13/KH-UBND")
    assert [v.number for v, _ in references.merge(found, own="12 /KH-UBND")] == ["13/KH-UBND"]


def test_merge_of_nothing() -> None:
    assert references.merge([]) == []


@pytest.mark.parametrize(
    ("number", "tidied"),
    [
        ("1570 /KH-UBND", "1570/KH-UBND"),
        ("6138/UBND- KGVX", "6138/UBND-KGVX"),
        ("06/QĐ-TTG", "06/QĐ-TTg"),
        ("04–NQ/TU", "04-NQ/TU"),
        ("3/TTR-SNV", "3/TTr-SNV"),
        ("5/KH-TTGDTX", "5/KH-TTGDTX"),
    ],
)
def test_tidy(number: str, tidied: str) -> None:
    assert references.tidy(number) == tidied


@pytest.mark.parametrize(
    ("number", "expected"),
    [("12/KH-UBND", "Kế hoạch"), ("04-NQ/TU", "Nghị quyết"), ("45/SYT-NVY", None), ("72/2025/QH15", None)],
)
def test_type_of_number(number: str, expected: str | None) -> None:
    assert references.type_of_number(number, rulebook.load()) == expected


def test_a_long_plan_is_read_quickly() -> None:
    cited = "Thực hiện Chỉ thị số 9/CT-TTg ngày 08/5/2026 của Thủ tướng Chính phủ về tiết kiệm điện, nước. "
    plain = "Các sở, ngành rà soát, báo cáo kết quả trước ngày 30/6/2026; UBND các xã tổ chức ký cam kết. "
    find(cited)
    began = time.perf_counter()
    for _ in range(100):
        find(cited + plain * 4)
    assert time.perf_counter() - began < 0.5
