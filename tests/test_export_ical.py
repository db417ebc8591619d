"""The calendar, read back with the icalendar package and held against RFC 5545."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar
import pytest
from dateutil.rrule import rrulestr
from export_samples import FORMULAS, agency, deadline, task, whole, with_tasks

from extractor.export import ical_export


def todos(*plans) -> list[icalendar.Todo]:
    """The VTODOs of the file, which must be valid to the byte."""
    data = whole(ical_export.write(plans))
    lines = data.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert [line.decode() for line in lines]  # no character is cut in two
    calendar = icalendar.Calendar.from_ical(data)
    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//kehoach//kehoach//VI")
    assert calendar.errors == []
    found = list(calendar.walk("VTODO"))
    assert all(todo.errors == [] for todo in found)
    assert len({todo["UID"] for todo in found}) == len(found)
    return found


def days(todo: icalendar.Todo) -> tuple[date | None, date | None]:
    return tuple(todo[name].dt if name in todo else None for name in ("DTSTART", "DUE"))


def test_a_task_is_a_todo_with_its_words_agencies_and_place(plan):
    first, second = todos(plan)
    assert first["UID"] == "t1"
    assert first["SUMMARY"] == plan.tasks[0].text
    assert first["DTSTAMP"].dt == datetime(2026, 3, 2, tzinfo=UTC)
    assert str(first["DESCRIPTION"]).split("\n") == [
        "Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026.",
        "Cơ quan chủ trì: Sở Nông nghiệp và Môi trường",
        "Cơ quan phối hợp: Ủy ban nhân dân các xã, phường",
        "Thời hạn: trước ngày 30/6/2026",
        "Sản phẩm: Danh mục tuyến đường",
        "Nguồn: Kế hoạch số 15/KH-UBND, mục II.1, trang 2",
    ]
    assert days(first) == (None, date(2026, 6, 29))
    assert list(first["CATEGORIES"].cats) == ["15/KH-UBND", "Sở Nông nghiệp và Môi trường"]
    assert second["RRULE"].to_ical() == b"FREQ=MONTHLY"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"due": "2026-06-30"}, (None, date(2026, 6, 30))),
        ({"due": "2026-06-30", "exclusive": True}, (None, date(2026, 6, 29))),
        ({"due": "2026-03-01", "exclusive": True}, (None, date(2026, 2, 28))),
        ({"start": "2026-05-01", "due": "2026-06-30"}, (date(2026, 5, 1), date(2026, 6, 30))),
        ({"start": "2026-06-30", "due": "2026-06-30"}, (None, date(2026, 6, 30))),
        ({"start": "2026-06-30", "due": "2026-06-30", "exclusive": True}, (None, date(2026, 6, 29))),
        ({"start": "2026-06-29", "due": "2026-06-30", "exclusive": True}, (None, date(2026, 6, 29))),
        ({"start": "2026-06-01", "kind": "open"}, (date(2026, 6, 1), None)),
        ({"kind": "continuous"}, (None, None)),
        ({"due": "0001-01-01", "exclusive": True}, (None, date(1, 1, 1))),
        ({"due": "9999-12-31"}, (None, date(9999, 12, 31))),
    ],
)
def test_the_due_day_is_the_last_one_to_be_done_on(fields, expected):
    (todo,) = todos(with_tasks(task(deadlines=[deadline(**fields)])))
    assert days(todo) == expected
    assert "RRULE" not in todo


@pytest.mark.parametrize(
    ("rule", "start", "first"),
    [
        ("FREQ=DAILY", None, date(2026, 3, 2)),
        ("FREQ=MONTHLY;BYMONTHDAY=15", None, date(2026, 3, 15)),
        ("FREQ=MONTHLY;BYMONTHDAY=1", None, date(2026, 4, 1)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=10", None, date(2027, 2, 10)),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-07-01", date(2026, 7, 1)),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "2026-07-20", date(2026, 8, 15)),
    ],
)
def test_what_recurs_starts_on_the_first_day_of_its_rule(rule, start, first):
    (todo,) = todos(with_tasks(task(deadlines=[deadline(kind="recurring", rrule=rule, start=start)])))
    assert days(todo) == (first, None)
    moment = datetime.combine(first, datetime.min.time())
    assert rrulestr(todo["RRULE"].to_ical().decode(), dtstart=moment)[0] == moment


@pytest.mark.parametrize("rule", ["NONSENSE", "FREQ=MONTHLY;BYMONTHDAY=99", "FREQ=DAILY\r\nATTACH:x"])
def test_a_rule_that_is_none_stays_in_words(rule):
    (todo,) = todos(with_tasks(task(deadlines=[deadline("hằng tháng", kind="recurring", rrule=rule)])))
    assert "RRULE" not in todo
    assert "ATTACH" not in todo
    assert "Thời hạn: hằng tháng" in todo["DESCRIPTION"]


def test_a_rule_without_a_first_day_stays_in_words(plan):
    undated = plan.model_copy(update={"document": plan.document.model_copy(update={"issued": "2026-03"})})
    assert "RRULE" not in todos(undated)[1]
    assert "Thời hạn: hằng tháng" in todos(undated)[1]["DESCRIPTION"]


def test_further_deadlines_are_todos_related_to_the_first():
    several = task(
        "Trồng cây",
        deadlines=[
            deadline(due="2026-05-31", label="Khảo sát"),
            deadline(due="2026-06-30", label="Báo cáo"),
            deadline(kind="continuous"),
        ],
    )
    found = todos(with_tasks(several, task("Con", "t2", parent="t1"), task("Lạ", "t3", parent="t9")))
    assert [todo["UID"] for todo in found] == ["t1", "t1-2", "t1-3", "t2", "t3"]
    assert [str(todo["SUMMARY"]) for todo in found][:3] == [
        "Khảo sát: Trồng cây",
        "Báo cáo: Trồng cây",
        "Trồng cây",
    ]
    related = [todo.get("RELATED-TO") for todo in found]
    assert related == [None, "t1", "t1", "t1", None]
    assert [r.params["RELTYPE"] for r in related if r] == ["SIBLING", "SIBLING", "PARENT"]


def test_the_same_plan_gives_the_same_file(plan):
    again = plan.model_copy(update={"run": plan.run.model_copy(update={"started": None, "seconds": 9.0})})
    assert whole(ical_export.write([plan])) == whole(ical_export.write([again]))


@pytest.mark.parametrize(
    ("issued", "started", "stamp"),
    [
        ("2026-03", "2026-03-03T08:00:00+07:00", datetime(2026, 3, 3, 1, tzinfo=UTC)),
        (None, None, datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-02-31", "bad", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_without_a_day_of_issue_the_stamp_is_when_it_was_read(plan, issued, started, stamp):
    document = plan.document.model_copy(update={"issued": issued})
    run = plan.run.model_copy(update={"started": started})
    changed = plan.model_copy(update={"document": document, "run": run})
    assert todos(changed)[0]["DTSTAMP"].dt == stamp


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in FORMULAS if text == text.strip()),
        "a\\n; b, c: \\",
        "ậ" * 200,
        "🌳" * 100,
        "BEGIN:VALARM",
        'X";VALUE=URI:http://a.example',
    ],
)
def test_text_is_text(text):
    (todo,) = todos(with_tasks(task(text, lead=[agency(text)])))
    assert todo["SUMMARY"] == text
    assert f"Cơ quan chủ trì: {text}" in todo["DESCRIPTION"]
    assert not todo.subcomponents


@pytest.mark.parametrize(
    "text", ["a\r\nATTACH:b", "a\nATTACH:b", "a\u2028ATTACH:b", "a\x85ATTACH:b", "a\x0bb"]
)
def test_no_text_makes_a_line_of_its_own(text):
    (todo,) = todos(with_tasks(task(text, name="x\r\nATTACH:b")))
    assert "ATTACH" not in todo


def test_a_plan_without_tasks_gives_an_empty_calendar():
    assert todos(with_tasks()) == []


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_a_rule_for_less_than_a_day_is_left_out(often):
    """RFC 5545, 3.3.10: such a rule must not go with a DTSTART that is a date."""
    rule = f"FREQ={often};COUNT=999999999"
    (todo,) = todos(with_tasks(task(deadlines=[deadline(kind="recurring", rrule=rule, start="2026-01-01")])))
    assert "RRULE" not in todo
