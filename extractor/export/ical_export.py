"""Tasks as an iCalendar file (RFC 5545): a VTODO for each deadline of each task.

- ``UID`` is the task's id; its further deadlines add "-2", "-3" … and point to the first (RELATED-TO).
- ``DUE`` is the last day to be done on: for "trước ngày 30/6" it is 29 June.
- ``DTSTART`` is a stated start; left out where it is not before ``DUE``, as the RFC wants it earlier.
- ``RRULE`` needs a first day: the first one that the rule gives from the stated start on, else from the
  day of issue. Without either there is no rule, only the words. What recurs has no ``DUE``.
- ``DTSTAMP`` is the day of issue, else when the plan was read: the same plan gives the same file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from dateutil.rrule import rrulestr

from extractor.export.rows import Row, description, issued_day, last_day, rows_of
from extractor.export.safe import clean
from extractor.schema import Deadline, Plan

_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_BY_DAYS = re.compile("FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)")  # all that a date can start
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_LAST_RESORT = datetime(1970, 1, 1, tzinfo=UTC)

Property = tuple[str, str]
"""A name (with parameters) and a value, escaped already."""


def write(plans: Iterable[Plan]) -> Iterator[bytes]:
    """The calendar in pieces, a plan each."""
    yield _lines([("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//kehoach//kehoach//VI")])
    for plan in plans:
        stamp = _stamp(plan)
        known = {task.id for task in plan.tasks}
        yield b"".join(_lines(todo) for row in rows_of(plan) for todo in _todos(row, stamp, known))
    yield _lines([("END", "VCALENDAR")])


def _todos(row: Row, stamp: datetime, known: set[str]) -> Iterator[list[Property]]:
    deadlines: list[Deadline | None] = [*row.task.deadlines] or [None]
    for index, deadline in enumerate(deadlines):
        uid = row.task.id if index == 0 else f"{row.task.id}-{index + 1}"
        yield [
            ("BEGIN", "VTODO"),
            ("UID", _text(uid)),
            ("DTSTAMP", stamp.strftime("%Y%m%dT%H%M%SZ")),
            ("SUMMARY", _text(_summary(row, deadline))),
            ("DESCRIPTION", _text(description(row))),
            *_days(row, deadline),
            *_relations(row, index, known),
            *_categories(row),
            ("END", "VTODO"),
        ]


def _summary(row: Row, deadline: Deadline | None) -> str:
    text = " ".join(row.task.text.split())
    return f"{deadline.label}: {text}" if deadline and deadline.label else text


def _days(row: Row, deadline: Deadline | None) -> Iterator[Property]:
    if deadline is None:
        return
    start = date.fromisoformat(deadline.start) if deadline.start else None
    if deadline.rrule:
        yield from _recurrence(deadline.rrule, start or issued_day(row.plan))
        return
    due = last_day(deadline)
    if start and not (due and start >= due):
        yield _day("DTSTART", start)
    if due:
        yield _day("DUE", due)


def _recurrence(rule: str, anchor: date | None) -> Iterator[Property]:
    """The rule and the first day that it gives (RFC 5545, 3.8.5.3: DTSTART is in step with the rule)."""
    if anchor is None:
        return
    if not _BY_DAYS.search(rule):
        return
    midnight = datetime.combine(anchor, time())
    try:
        first = rrulestr(rule, dtstart=midnight).after(midnight, inc=True)
    except (ValueError, OverflowError, TypeError):
        return
    if first:
        yield _day("DTSTART", first.date())
        yield "RRULE", _CONTROLS.sub("", rule.replace("\n", ""))


def _relations(row: Row, index: int, known: set[str]) -> Iterator[Property]:
    if index:
        yield "RELATED-TO;RELTYPE=SIBLING", _text(row.task.id)
    if row.task.parent in known - {row.task.id}:
        yield "RELATED-TO;RELTYPE=PARENT", _text(row.task.parent or "")


def _categories(row: Row) -> Iterator[Property]:
    names = [agency.name for agency in row.task.lead]
    words = [*filter(None, [row.plan.document.number]), *names]
    if words:
        yield "CATEGORIES", ",".join(map(_text, dict.fromkeys(words)))


def _stamp(plan: Plan) -> datetime:
    issued = issued_day(plan)
    if issued:
        return datetime.combine(issued, time(), UTC)
    try:
        return datetime.fromisoformat(plan.run.started or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return _LAST_RESORT


def _day(name: str, day: date) -> Property:
    return f"{name};VALUE=DATE", f"{day.year:04}{day.month:02}{day.day:02}"


def _text(value: str) -> str:
    """TEXT (3.3.11): backslashes, semicolons, commas and line ends escaped, control characters out."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", clean(value)).replace("\t", " ")).translate(_ESCAPES)


def _lines(properties: Iterable[Property]) -> bytes:
    return b"".join(_folded(f"{name}:{value}") for name, value in properties)


def _folded(line: str) -> bytes:
    """A content line in lines of 75 octets at most (3.1), no character cut in two, CRLF after each."""
    pieces, octets = [bytearray()], 0
    for character in line:
        encoded = character.encode()
        if octets + len(encoded) > _OCTETS:
            pieces.append(bytearray(b" "))
            octets = 1
        pieces[-1] += encoded
        octets += len(encoded)
    return b"".join(piece + b"\r\n" for piece in pieces)
