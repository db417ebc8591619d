"""The day a task is due by, and which task of a reissued plan is which."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest

from extractor.app.store.due import Limit, effective, upcoming
from extractor.app.store.keys import Bodies, key
from extractor.app.store.pairing import Known, Read, pair

TODAY = date(2026, 5, 20)


def recurring(rule: str, exclusive: bool = False, start: str | None = None) -> Limit:
    return Limit(date.fromisoformat(start) if start else None, None, exclusive, rule)


def fixed(day: str, exclusive: bool = False) -> Limit:
    return Limit(None, date.fromisoformat(day), exclusive, None)


@pytest.mark.parametrize(
    ("limit", "day"),
    [
        (recurring("FREQ=DAILY"), "2026-05-20"),
        (recurring("FREQ=WEEKLY"), "2026-05-24"),
        (recurring("FREQ=WEEKLY;BYDAY=FR"), "2026-05-22"),
        (recurring("FREQ=MONTHLY"), "2026-05-31"),
        (recurring("FREQ=MONTHLY;BYMONTHDAY=15"), "2026-06-15"),
        (recurring("FREQ=MONTHLY;BYMONTHDAY=20"), "2026-05-20"),
        (recurring("FREQ=MONTHLY;BYMONTHDAY=20", exclusive=True), "2026-06-19"),
        (recurring("FREQ=MONTHLY;BYMONTHDAY=21", exclusive=True), "2026-05-20"),
        (recurring("FREQ=MONTHLY;INTERVAL=3"), "2026-06-30"),
        (recurring("FREQ=MONTHLY;INTERVAL=6"), "2026-06-30"),
        (recurring("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=10"), "2026-06-10"),
        (recurring("FREQ=YEARLY"), "2026-12-31"),
        (recurring("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15"), "2026-11-15"),
        (recurring("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15"), "2026-06-15"),
        (recurring("FREQ=YEARLY;BYMONTH=2"), "2027-02-28"),
        (recurring("FREQ=MONTHLY", start="2027-01-10"), "2027-01-31"),
        (recurring("FREQ=YEARLY;INTERVAL=5", start="2026-01-01"), "2026-12-31"),
    ],
)
def test_what_recurs_is_due_on_the_last_day_of_its_next_cycle(limit, day):
    assert upcoming(limit, TODAY) == date.fromisoformat(day)


def test_the_30th_of_a_month_without_one_is_its_last_day():
    assert upcoming(recurring("FREQ=MONTHLY;BYMONTHDAY=30"), date(2027, 2, 1)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MONTHLY;COUNT=3",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=YEARLY;INTERVAL=999999999",
        "FREQ=MONTHLY;BYMONTHDAY=x",
        "FREQ=WEEKLY;BYDAY=XX",
        "nonsense",
        "FREQ=YEARLY;BYMONTH=99",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-99",
    ],
)
def test_a_rule_that_says_no_day_gives_none_at_once(rule):
    started = time.perf_counter()
    assert upcoming(recurring(rule), TODAY) is None
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("limits", "day"),
    [
        ([], None),
        ([fixed("2026-06-30")], "2026-06-30"),
        ([fixed("2026-06-30", exclusive=True)], "2026-06-29"),
        ([fixed("2026-05-01"), fixed("2026-06-30")], "2026-06-30"),
        ([fixed("2026-04-01"), fixed("2026-05-01")], "2026-05-01"),
        ([fixed("2026-06-30"), recurring("FREQ=MONTHLY")], "2026-05-31"),
        ([fixed("2026-05-01"), recurring("FREQ=MONTHLY")], "2026-05-01"),
        ([fixed("0001-01-01", exclusive=True)], "0001-01-01"),
    ],
)
def test_the_coming_deadline_counts_and_none_hides_one_that_has_passed(limits, day):
    assert effective(limits, TODAY)[0] == (date.fromisoformat(day) if day else None)


# --- keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "keys"),
    [
        ("Sở NV", ("so noi vu",)),
        ("sở nội vụ", ("so noi vu",)),
        ("so noi vu", ("so noi vu",)),
        ("UBND tỉnh", ("uy ban nhan dan tinh",)),
        ("UBND tỉnh Sông Mây", ("uy ban nhan dan tinh song may", "uy ban nhan dan tinh")),
        ("Ban Quản lý rừng Mộ Sen", ("ban quan ly rung mo sen",)),
    ],
)
def test_wordings_of_one_body_share_a_key(wording, keys):
    assert Bodies().keys(wording) == keys


def test_a_key_fits_an_index():
    assert len(key("Ủ" * 10_000)) == 200


# --- pairing ---------------------------------------------------------------------------------------

OLD = [
    Known(("a",), "Rà soát quỹ đất trồng cây ven đường"),
    Known(("b",), "Chăm sóc cây đã trồng hằng tháng"),
    Known(("c",), "Tổng kết phong trào trồng cây năm 2026"),
]


@pytest.mark.parametrize(
    ("read", "pairs"),
    [
        ([Read("a", "khác hẳn"), Read("b", "…"), Read("c", "…")], [0, 1, 2]),
        ([Read("x", "Rà soát quỹ đất trồng cây xanh ven đường"), Read("b", "Chăm sóc")], [0, 1]),
        ([Read("x", "Mua sắm thiết bị văn phòng")], [None]),
        ([Read("x", "Tổng kết phong trào trồng cây năm 2027"), Read("y", "Chăm sóc cây đã trồng")], [2, 1]),
        ([Read("x", "")], [None]),
        ([], []),
    ],
)
def test_tasks_are_paired_by_id_then_by_words(read, pairs):
    assert pair(OLD, read) == pairs


def test_the_id_of_the_last_version_goes_before_an_older_one():
    old = [Known(("new", "first"), "một"), Known(("first",), "hai")]
    assert pair(old, [Read("first", "x y"), Read("new", "z t")]) == [1, 0]


def test_near_order_breaks_ties():
    same = [Known((str(n),), "Báo cáo kết quả thực hiện") for n in range(5)]
    assert pair(same, [Read(f"x{n}", "Báo cáo kết quả đã thực hiện") for n in range(5)]) == [0, 1, 2, 3, 4]


def test_a_dropped_task_comes_back_by_its_id_only():
    gone = [Known(("a",), "Rà soát quỹ đất", dropped=True)]
    assert pair(gone, [Read("a", "Rà soát quỹ đất")]) == [0]
    assert pair(gone, [Read("b", "Rà soát quỹ đất")]) == [None]


def test_pairing_takes_time_that_grows_with_the_words():
    chance = random.Random(7)
    vocabulary = [f"từ{n}" for n in range(300)]

    def texts(count: int) -> list[str]:
        return [" ".join(chance.choices(vocabulary, k=25)) for _ in range(count)]

    def seconds(count: int) -> float:
        old = texts(count)
        new = [Read(f"n{n}", f"{text} thêm") for n, text in enumerate(old)]
        started = time.process_time()
        assert pair([Known((f"o{n}",), text) for n, text in enumerate(old)], new) == list(range(count))
        return time.process_time() - started

    small = min(seconds(400) for _ in range(2))
    assert seconds(3200) < 8 * 3 * small
