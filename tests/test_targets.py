"""Targets: clauses with their values (tests/data/targets.yaml), tables, and odd input."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractor.extractors import numbers
from extractor.extractors.clauses import clauses
from extractor.extractors.target_tables import find_row
from extractor.extractors.targets import find
from extractor.mention import PartialDate, TargetValue
from extractor.rulebook import load

DATA = yaml.safe_load((Path(__file__).parent / "data" / "targets.yaml").read_text(encoding="utf-8"))
RULES = load()


def value_of(mention: Any) -> TargetValue:
    assert isinstance(mention.value, TargetValue)
    return mention.value


def summary(value: TargetValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "max": value.value_max,
        "unit": value.unit,
        "cmp": value.comparator,
        "per": value.per,
        "change": value.change,
    }


@pytest.mark.parametrize("case", DATA["targets"], ids=lambda case: case["text"][:60])
def test_clause(case: dict[str, Any]) -> None:
    text = case["text"]
    found = find(text, RULES, offset=7, stated=case.get("stated", False))
    plain = {"max": None, "cmp": "=", "per": None, "change": None}
    fields = {"value", "unit", *plain}
    wanted = [plain | {k: v for k, v in want.items() if k in fields} for want in case["want"]]
    assert [summary(value_of(m)) for m in found] == wanted
    for mention, want in zip(found, case["want"], strict=True):
        clause = text[mention.start - 7 : mention.end - 7]
        assert clause == want.get("span", clause)
        assert clause == clause.strip(" .;-")
        if "due" in want:
            assert value_of(mention).due == (PartialDate(**want["due"]) if want["due"] else None)
        if "indicator" in want:
            assert value_of(mention).indicator == want["indicator"]
        assert value_of(mention).indicator
        assert 0 < mention.confidence <= 1


@pytest.mark.parametrize("case", DATA["none"], ids=lambda case: case["text"][:60])
def test_no_target(case: dict[str, Any]) -> None:
    assert find(case["text"], RULES, stated=case.get("stated", False)) == []


HEADER = [
    "TT",
    "Chỉ tiêu",
    "Đơn vị tính",
    "Thực hiện 2025",
    "Kế hoạch 2026",
    "Mục tiêu 2030",
    "Đơn vị chủ trì",
]


def row(*texts: str) -> list[tuple[str, int]]:
    cells, at = [], 0
    for text in texts:
        cells.append((text, at))
        at += len(text) + 1
    return cells


def test_row_gives_one_target_for_each_year() -> None:
    cells = row("3", "Tỷ lệ hộ nghèo", "%", "6,1", "4,5", "Dưới 2", "Sở X")
    first, second = find_row(cells, HEADER, RULES)
    assert summary(value_of(first)) == {
        "value": 4.5,
        "max": None,
        "unit": "%",
        "cmp": "=",
        "per": None,
        "change": None,
    }
    assert value_of(first).indicator == "Tỷ lệ hộ nghèo"
    assert value_of(first).due == PartialDate(year=2026)
    assert (second.start, second.end) == (2, 33)
    assert (value_of(second).value, value_of(second).comparator) == (2, "<")
    assert value_of(second).due == PartialDate(year=2030)


@pytest.mark.parametrize(
    ("name", "unit", "cell", "want"),
    [
        ("Số lớp tập huấn", "Lớp", "≥ 12", (12, None, "Lớp", ">=", None)),
        (
            "Thu nhập bình quân đầu người",
            "Triệu đồng/người/năm",
            "85",
            (85, None, "Triệu đồng/người", "=", "year"),
        ),
        ("Mức giảm tỷ lệ hộ nghèo", "%/năm", "1 - 1,5", (1, 1.5, "%", "=", "year")),
        ("Tỷ lệ che phủ rừng (%)", "", "45,5", (45.5, None, "%", "=", None)),
        ("Diện tích trồng mới 02 vụ", "Ha", "1.200", (1200, None, "Ha", "=", None)),
        ("Xã đạt chuẩn", "", "12 xã", (12, None, "xã", "=", None)),
        ("Giảm số vụ tai nạn", "%", "từ 5 trở lên", (5, None, "%", ">=", None)),
    ],
)
def test_row_values(name: str, unit: str, cell: str, want: tuple[Any, ...]) -> None:
    (found,) = find_row(row(name, unit, cell), ["Chỉ tiêu", "ĐVT", "Kế hoạch năm 2026"], RULES)
    value = value_of(found)
    assert (value.value, value.value_max, value.unit, value.comparator, value.per) == want
    assert value.due == PartialDate(year=2026)


def test_row_without_values_is_read_by_its_name() -> None:
    (found,) = find_row(row("1", "100% xã có chợ", "Sở X"), ["TT", "Chỉ tiêu", "Đơn vị chủ trì"], RULES)
    assert (found.start, found.end) == (2, 16)
    assert value_of(found).value == 100


@pytest.mark.parametrize(
    "cells",
    [
        row("I", "VỀ KINH TẾ", "", ""),
        row("2", "", "%", "5"),
        row("2", "Tỷ lệ hộ nghèo", "%", "-"),
        row("2"),
        [],
    ],
)
def test_row_without_a_target(cells: list[tuple[str, int]]) -> None:
    assert find_row(cells, ["TT", "Chỉ tiêu", "ĐVT", "Năm 2026"], RULES) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("56.000", 56000),
        ("7,9", 7.9),
        ("1.200.000", 1200000),
        ("02", 2),
        ("12.5", 12.5),
        ("1.234,5", 1234.5),
        ("0,35", 0.35),
        ("2,500,000", 2500000),
        (" 30 ", 30),
        ("", None),
        ("mười", None),
        ("1.2.3", None),
        ("²", None),
        ("٣", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert numbers.parse(text) == value


def test_scale_words_multiply_without_dust() -> None:
    assert numbers.scaled(1.1, "triệu") == 1100000


def test_indicator_of_two_quantities_in_one_clause() -> None:
    first, second = find("Mở 02 lớp cho 80 cán bộ.", RULES, stated=True)
    assert value_of(first).indicator == "Mở lớp cho 80 cán bộ"
    assert value_of(second).indicator == "Mở 02 lớp cho cán bộ"
    assert (first.start, first.end) == (second.start, second.end) == (0, 23)


def test_every_target_says_which_rules_found_it() -> None:
    (found,) = find("Cắt giảm 30% thời gian.", RULES)
    assert found.found_by == "targets.percent"
    assert found.trail == ("targets.commit.change", "targets.change.decrease")


def test_unknown_nouns_count_in_a_list_of_targets_and_where_a_deed_reaches_them() -> None:
    text = "Xây dựng 12 chuồng nuôi mới."
    (done,), (stated,) = find(text, RULES), find(text, RULES, stated=True)
    assert (value_of(done).unit, done.confidence) == ("chuồng", 0.55)
    assert (value_of(stated).unit, stated.confidence) == ("chuồng", 0.7)
    assert find("Rà soát 12 chuồng nuôi cũ.", RULES) == []


def test_fields_hold_for_lower_and_upper_case() -> None:
    (found,) = find("TỶ LỆ HỒ SƠ ĐÚNG HẠN ĐẠT TỐI THIỂU 98%", RULES, stated=True)
    assert (value_of(found).value, value_of(found).comparator) == (98, ">=")


@pytest.mark.parametrize(
    "text", ["", " ", "%", "5", "5%" * 3, "(((5%", "5%)))", "-5%-", ";;;5%;;;", "100%100%", "5 - % x"]
)
def test_odd_input_never_raises(text: str) -> None:
    for stated in (True, False):
        for mention in find(text, RULES, stated=stated):
            assert 0 <= mention.start < mention.end <= len(text)


def test_a_long_plan_is_read_at_once() -> None:
    duty = "- Rà soát theo Quyết định số 12/QĐ-UBND ngày 05/3/2026, báo cáo trước ngày 30/6/2026. "
    blocks = [
        duty * 4,
        "- Phấn đấu 95% hồ sơ được số hóa.",
        "- Bố trí cán bộ phù hợp với vị trí việc làm. " * 8,
    ] * 60
    assert sum(map(len, blocks)) > 40_000
    best = min(_seconds(blocks) for _ in range(3))
    assert best < 0.15


def _seconds(blocks: list[str]) -> float:
    start = time.perf_counter()
    for block in blocks:
        find(block, RULES)
    return time.perf_counter() - start


def test_units_are_written_with_the_newer_tone_marks() -> None:
    units = RULES.data("units")
    nouns = [noun for kind in units.values() for noun in kind]
    assert len(nouns) == len(set(nouns))
    assert not [noun for noun in nouns if noun != noun.lower() or "oà" in noun.split()[-1][-2:]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Đạt 5%; tăng 3%. Giảm 2%", ["Đạt 5%", "tăng 3%", "Giảm 2%"]),
        ("Gồm A (b; c d); e", ["Gồm A (b; c d)", "e"]),
        ("Tại TP. Sông Mây có 5 xã", ["Tại TP. Sông Mây có 5 xã"]),
        ("1. Đạt 95%", ["1. Đạt 95%"]),
        ("Một dấu ) thừa; hai", ["Một dấu ) thừa", "hai"]),
    ],
)
def test_clauses(text: str, parts: list[str]) -> None:
    assert [text[c.start : c.end].strip() for c in clauses(text)] == parts


@pytest.mark.parametrize("piece", ["tổ chức 2 lớp, ", "giảm 5% số vụ, 3% số ca, ", "trên 1 ha "])
@pytest.mark.parametrize("stated", [True, False])
def test_a_sentence_of_very_many_quantities_takes_time_in_step_with_its_length(
    piece: str, stated: bool
) -> None:
    def seconds(times: int) -> float:
        begin = time.perf_counter()
        find(piece * times, RULES, stated=stated)
        return time.perf_counter() - begin

    seconds(10)
    assert seconds(1600) < 12 * max(seconds(400), 0.02)
