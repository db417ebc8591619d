"""Deadlines: a corpus of phrasings, the calendar, EDTF and RFC 5545, and what must never happen."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from extractor import rulebook
from extractor.extractors import dates, days, deadlines
from extractor.mention import DeadlineValue, PartialDate, Resolved

RULES = rulebook.load()
CORPUS = Path(__file__).parent / "data" / "deadlines.tsv"
LABELS = ("DEADLINE", "DEADLINE_PLACE", "DEADLINE_GUARD")
DEADLINE_RULES = [rule for label in LABELS for rule in RULES.rules(label)]


def corpus() -> list[tuple[str, str, str, str]]:
    """(mode, reference, phrase, deadlines) of every line."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 4 for row in rows)
    return rows  # type: ignore[return-value]


def resolved(phrase: str, reference: str, labelled: bool) -> list[Resolved]:
    issued = date.fromisoformat(reference) if len(reference) == 10 else None
    year = None if reference == "-" else int(reference[:4])
    found = deadlines.find(phrase, RULES, labelled=labelled)
    return [days.resolve(m.value, year, issued) for m in found if isinstance(m.value, DeadlineValue)]


def said(deadline: Resolved) -> str:
    """A deadline in the corpus's notation."""
    start = deadline.start.isoformat() if deadline.start else "?"
    due = ("<" if deadline.exclusive else "") + (deadline.due.isoformat() if deadline.due else "?")
    since = f" {deadline.start}" if deadline.start else ""
    return {
        "date": f"date {due}",
        "period": f"period {start} {due}",
        "open": f"open {start}",
        "recurring": f"each {deadline.every or '-'}{since}",
        "continuous": f"cont{since}",
        "event": "event",
    }[deadline.kind]


@pytest.mark.parametrize(("mode", "reference", "phrase", "expected"), corpus())
def test_phrase(mode: str, reference: str, phrase: str, expected: str) -> None:
    found = resolved(phrase, reference, labelled=mode == "L")
    assert ("|".join(map(said, found)) or "-") == expected
    for deadline in found:
        if deadline.edtf:
            parse_edtf(deadline.edtf)
        if deadline.rrule:
            assert deadline.kind == "recurring"
            rrulestr(deadline.rrule, dtstart=None)


def test_corpus_is_large_enough() -> None:
    rows = corpus()
    assert len(rows) >= 500
    assert len({(mode, reference, phrase) for mode, reference, phrase, _ in rows}) == len(rows)
    assert sum(mode == "S" and expected == "-" for mode, _, _, expected in rows) >= 60


@pytest.mark.parametrize("rule", DEADLINE_RULES, ids=lambda rule: rule.id)
def test_rule_matches_its_examples_and_no_near_miss(rule: rulebook.Rule) -> None:
    assert rule.examples
    for example in rule.examples:
        marked = re.search(r"<m>(.*)</m>", example)
        match = rule.pattern.search(re.sub(r"</?m>", "", example))
        assert match, example
        if marked:
            assert match.group() == marked.group(1)
    for miss in rule.near_misses:
        assert not rule.pattern.search(miss), miss


@pytest.mark.parametrize("rule", RULES.rules("DEADLINE"), ids=lambda rule: rule.id)
def test_every_rule_begins_with_a_word_that_may_open_a_time_phrase(rule: rulebook.Rule) -> None:
    starter = re.compile(RULES.expand("{time_start}"), re.IGNORECASE)
    for example in rule.examples:
        text = re.sub(r"</?m>", "", example)
        match = rule.pattern.search(text)
        assert match
        assert match.start() in {found.start() for found in starter.finditer(text)}, example


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("hoàn thành trước ngày 30/6/2026.", ["trước ngày 30/6/2026"]),
        ("Thời gian hoàn thành trong tháng 5 năm 2026.", ["trong tháng 5 năm 2026"]),
        (
            "Cứng hóa kênh (thực hiện từ năm 2026, hoàn thành trong năm 2029).",
            ["từ năm 2026, hoàn thành trong năm 2029"],
        ),
        ("Đo nước giếng theo quý (bắt đầu từ quý III/2026).", ["theo quý (bắt đầu từ quý III/2026)"]),
        ("Báo cáo hằng tháng, quý, 6 tháng, năm.", ["hằng tháng", "quý", "6 tháng", "năm"]),
        ("Định kỳ hằng năm hoặc đột xuất đo mực nước.", ["Định kỳ hằng năm hoặc đột xuất"]),
        ("Duy trì nền nếp (thực hiện thường xuyên).", ["thường xuyên"]),
        ("Bảo tồn đàn voi nhà (xuyên suốt 2025 - 2035).", ["xuyên suốt 2025 - 2035"]),
        (
            "Cấp phép trong thời hạn 07 ngày kể từ ngày nhận đủ hồ sơ.",
            ["trong thời hạn 07 ngày kể từ ngày nhận đủ hồ sơ"],
        ),
        ("Chậm nhất là ngày 30/6/2026 phải xong.", ["Chậm nhất là ngày 30/6/2026"]),
    ],
)
def test_span_is_the_time_phrase_alone(phrase: str, expected: list[str]) -> None:
    found = deadlines.find(phrase, RULES)
    assert [phrase[m.start : m.end] for m in found] == expected


def test_offset_and_provenance() -> None:
    [mention] = deadlines.find("hoàn thành trước ngày 30/6/2026", RULES, offset=100)
    assert (mention.label, mention.start, mention.end) == ("DEADLINE", 111, 131)
    assert mention.found_by == "deadline.before"
    assert mention.value == DeadlineValue("date", to=PartialDate(2026, month=6, day=30), exclusive=True)


@pytest.mark.parametrize(
    ("phrase", "edtf"),
    [
        ("Quý II/2026", "2026-34"),
        ("Quý IV/2026", "2026-36"),
        ("6 tháng đầu năm 2026", "2026-40"),
        ("6 tháng cuối năm 2026", "2026-41"),
        ("Tháng 6/2026", "2026-06"),
        ("Ngày 05/6/2026", "2026-06-05"),
        ("Trước ngày 30/6/2026", "../2026-06-30"),
        ("Năm 2026", "2026"),
        ("Giai đoạn 2026 - 2030", "2026/2030"),
        ("Tháng 5-6/2026", "2026-05/2026-06"),
        ("Quý I, II/2026", "2026-01/2026-06"),
        ("Từ ngày 01/6 đến ngày 15/7/2026", "2026-06-01/2026-07-15"),
        ("Từ tháng 6/2026", "2026-06/.."),
        ("Từ quý III/2026", "2026-07/.."),
        ("Từ năm 2026 và các năm tiếp theo", "2026/.."),
        ("Thường xuyên từ tháng 6/2026", "2026-06/.."),
        ("Cuối năm 2026", "2026-36"),
        ("Thường xuyên", None),
        ("Hằng năm", None),
        ("Theo lộ trình của Đề án", None),
    ],
)
def test_edtf(phrase: str, edtf: str | None) -> None:
    [deadline] = resolved(phrase, "2026", labelled=True)
    assert deadline.edtf == edtf


@pytest.mark.parametrize(
    ("phrase", "rrule"),
    [
        ("Hằng ngày", "FREQ=DAILY"),
        ("Hằng tuần", "FREQ=WEEKLY"),
        ("Hằng tháng", "FREQ=MONTHLY"),
        ("Hằng quý", "FREQ=MONTHLY;INTERVAL=3"),
        ("Định kỳ 6 tháng", "FREQ=MONTHLY;INTERVAL=6"),
        ("Hằng năm", "FREQ=YEARLY"),
        ("Trước ngày 15 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("Hằng tháng (trước ngày 20)", "FREQ=MONTHLY;BYMONTHDAY=20"),
        ("Ngày 25 hằng quý", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=25"),
        ("Ngày 20 của tháng cuối quý", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"),
        ("Trước ngày 10 tháng đầu của quý sau", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10"),
        ("Trước ngày 15/12 hằng năm", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"),
        ("Hằng năm, trước ngày 30/11", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"),
        ("Tháng 11 hằng năm", "FREQ=YEARLY;BYMONTH=11"),
        ("Quý IV hằng năm", "FREQ=YEARLY;BYMONTH=12"),
        ("Trước ngày 15/6 và 15/12 hằng năm", "FREQ=YEARLY"),
        ("Định kỳ", None),
        ("Định kỳ 02 tháng/lần", None),
        ("Thường xuyên", None),
    ],
)
def test_rrule(phrase: str, rrule: str | None) -> None:
    [deadline] = resolved(phrase, "2026", labelled=True)
    assert deadline.rrule == rrule
    assert deadline.due is None


def test_each_cycle_of_a_list_keeps_its_own_day() -> None:
    found = resolved(
        "Báo cáo định kỳ quý (trước ngày 20 tháng cuối quý), 6 tháng (trước ngày 15/6), "
        "năm (trước ngày 15/12).",
        "2026",
        labelled=False,
    )
    assert [d.every for d in found] == ["quarter", "half-year", "year"]
    assert [d.rrule for d in found] == [
        "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20",
        "FREQ=MONTHLY;INTERVAL=6",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15",
    ]


def test_a_span_from_an_unknown_day_keeps_its_words() -> None:
    [deadline] = resolved("100 ngày kể từ ngày ban hành Kế hoạch", "2026", labelled=True)
    assert deadline == Resolved("event", event="100 ngày kể từ ngày ban hành Kế hoạch")


def test_a_span_beyond_the_calendar_is_an_event() -> None:
    value = DeadlineValue("date", days=9999, anchor="issued", event="9999 ngày")
    assert days.resolve(value, None, date(9990, 1, 1)).kind == "event"
    assert days.resolve(value, None, date(2026, 1, 1)).due == date(2053, 5, 18)


def test_unsaid_leap_day_stays_unknown_in_a_common_year() -> None:
    value = DeadlineValue("date", to=PartialDate(month=2, day=29))
    assert days.resolve(value, 2028, None).due == date(2028, 2, 29)
    assert days.resolve(value, 2026, None) == Resolved("date")


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("ngày 30 tháng 6 năm 2026", PartialDate(2026, month=6, day=30)),
        ("17h00 ngày 30/6", PartialDate(month=6, day=30)),
        ("cuối quý II/2026", PartialDate(2026, quarter=2)),
        ("đầu quý II/2026", PartialDate(2026, month=4)),
        ("nửa đầu năm 2026", PartialDate(2026, half=1)),
        ("giữa năm 2026", PartialDate(2026, part="middle")),
        ("tuần 3 tháng 6", PartialDate(month=6, day=21)),
        ("trong năm", PartialDate()),
        ("31/02/2026", None),
        ("tháng 13/2026", None),
        ("0/6/2026", None),
        ("", None),
        ("thường xuyên", None),
    ],
)
def test_read(text: str, point: PartialDate | None) -> None:
    assert dates.read(text) == point


def test_span_completes_both_ends() -> None:
    november, february = PartialDate(month=11), PartialDate(2027, month=2)
    assert dates.span(november, february) == (PartialDate(2026, month=11), february)
    start, end = PartialDate(day=5), PartialDate(2026, month=6, day=20)
    assert dates.span(start, end) == (PartialDate(2026, month=6, day=5), end)
    assert dates.span(PartialDate(2030), PartialDate(2026)) is None
    assert dates.span(PartialDate(day=31), PartialDate(2026, month=6, day=30)) is None


@pytest.mark.parametrize(
    ("start", "days", "months", "end"),
    [
        (date(2026, 7, 14), 100, 0, date(2026, 10, 22)),
        (date(2026, 8, 31), 0, 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 0, 1, date(2027, 1, 15)),
        (date(9999, 12, 1), 0, 1, None),
    ],
)
def test_later(start: date, days: int, months: int, end: date | None) -> None:
    assert dates.later(start, days, months) == end


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Kế hoạch phòng, chống thiên tai năm 2026", 2026),
        ("Thực hiện Chỉ thị số 99/CT-TTg ngày 08/5/2025; nhiệm vụ năm 2026", 2026),
        ("Triển khai Nghị định số 999/2025/NĐ-CP ngày 02 tháng 3 năm 2025 của Chính phủ", None),
        ("Thi hành Luật Đất đai ngày 18 tháng 01 năm 2024", None),
        ("Chương trình phát triển nhà ở giai đoạn 2026 - 2030", None),
        ("Đề án phát triển du lịch đến năm 2030", None),
        ("Tổng kết năm 2025, phương hướng năm 2026", None),
        ("Dự thảo trước ngày 10/8, trình ký trước ngày 25/8/2026", 2026),
        ("Rà soát trong quý III/2026, báo cáo trước ngày 15/10", 2026),
        ("Không nói năm nào", None),
    ],
)
def test_context_year(text: str, year: int | None) -> None:
    assert days.context_year(text) == year


WORDS = (
    "trước trong đến từ ngày tháng quý năm định kỳ hằng thường xuyên sau khi giai đoạn kể ban hành lần tuần "
    "đầu cuối giữa 6 06 30/6 2026 2030 31/02 45/13/2026 III IV - – , ; ( ) / . : theo mỗi một"
)
PHRASES = st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join)


@given(st.one_of(st.text(max_size=200), PHRASES), st.booleans())
def test_any_text_gives_ordered_spans_inside_it(text: str, labelled: bool) -> None:
    mentions = deadlines.find(text, RULES, labelled=labelled)
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
        end = mention.end
        assert isinstance(mention.value, DeadlineValue)
        for year in (None, 2026):
            deadline = days.resolve(mention.value, year, date(2026, 2, 28))
            if deadline.start and deadline.due:
                assert deadline.start <= deadline.due
            if deadline.edtf:
                parse_edtf(deadline.edtf)
            if deadline.rrule:
                rrulestr(deadline.rrule)


@given(st.text(max_size=60))
def test_any_text_has_a_year_or_none(text: str) -> None:
    year = days.context_year(text)
    assert year is None or 1900 <= year <= 2199


@pytest.mark.parametrize(
    "unit",
    [
        "sau khi ",
        "tháng 1, ",
        "hằng tháng, quý, ",
        "định kỳ; ",
        "(thường xuyên ",
        "từ 2026 ",
        "2026 - ",
        "1/",
        "(",
    ],
)
def test_time_grows_with_the_text_alone(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begin = time.perf_counter()
        deadlines.find(text, RULES)
        return time.perf_counter() - begin

    short = min(seconds(5_000) for _ in range(3))
    assert min(seconds(20_000) for _ in range(2)) < 12 * short + 0.05
