"""Gives a deadline its days, its EDTF and its RFC 5545 rule, once the year that it leaves out is known."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from extractor.extractors import dates
from extractor.mention import DeadlineValue, PartialDate, Resolved
from extractor.terms import Cycle

_FREQUENCY: dict[Cycle, str] = {
    "day": "FREQ=DAILY",
    "week": "FREQ=WEEKLY",
    "month": "FREQ=MONTHLY",
    "quarter": "FREQ=MONTHLY;INTERVAL=3",
    "half-year": "FREQ=MONTHLY;INTERVAL=6",
    "year": "FREQ=YEARLY",
}
_QUARTER_MONTHS = {"start": "1,4,7,10", "middle": "2,5,8,11", "end": "3,6,9,12"}
_NOT_A_YEAR = re.compile(
    r"\d{1,5}(?:/\d{4})?[/-][A-ZĐ][\w/.-]*(?:,?\s+(?:đề\s+)?ngày\s+\d[\d/.-]*(?:\s+tháng\s+\d+\s+năm\s+\d+)?)?"
    r"|\d{4}\s?[-–]\s?\d{4}"
    r"|(?i:(?:luật|nghị\s+quyết|nghị\s+định|quyết\s+định|chỉ\s+thị|kết\s+luận|thông\s+tư|thông\s+báo|công\s+văn|tờ\s+trình)"
    r"\s[^.;:()]{0,60}?(?<!trước\s)(?<!đến\s)ngày\s+\d[\d/.-]*(?:\s+tháng\s+\d+\s+năm\s+\d+)?)"
    r"|(?i:đến|tầm\s+nhìn|định\s+hướng|so\s+với)\s+(?:hết\s+)?năm\s+\d{4}"
)
_YEAR = re.compile(r"(?:năm\s+|[\dIV]\s?[/.-]\s?)((?:19|2[01])\d\d)(?!\d)", re.IGNORECASE)


def resolve(value: DeadlineValue, year: int | None, issued: date | None) -> Resolved:
    """The days of a deadline. ``year`` fills what is unsaid, ``issued`` is the document's own day.

    What stays unknown stays None; a span counted from an unknown day becomes an event.
    """
    if value.anchor:
        return _from_anchor(value, issued)
    start, to = dates.with_year(value.from_, year), dates.with_year(value.to, year)
    if value.kind == "recurring":
        to = None
    return Resolved(
        kind=value.kind,
        start=dates.first_day(start),
        due=dates.last_day(to),
        exclusive=value.exclusive,
        every=value.every,
        edtf=_edtf(start, to, value),
        rrule=_rrule(value),
        event=value.event,
    )


def _from_anchor(value: DeadlineValue, issued: date | None) -> Resolved:
    known = issued if value.anchor == "issued" else None
    due = dates.later(known, value.days or 0, value.months or 0) if known else None
    if due is None:
        return Resolved("event", event=value.event)
    return Resolved("date", due=due, edtf=due.isoformat())


def _edtf(start: PartialDate | None, to: PartialDate | None, value: DeadlineValue) -> str | None:
    """EDTF as far as both ends are known: a period without one of them has none."""
    if value.kind == "period" and (start is None or to is None):
        return None
    if start and to:
        return f"{dates.edtf_edge(start, last=False)}/{dates.edtf_edge(to, last=True)}"
    if start:
        return f"{dates.edtf_edge(start, last=False)}/.."
    if to:
        return f"../{dates.edtf_edge(to, last=True)}" if value.exclusive else dates.edtf(to)
    return None


def _rrule(value: DeadlineValue) -> str | None:
    """RFC 5545 of a recurring deadline whose cycle is known."""
    if value.kind != "recurring" or value.every is None:
        return None
    if value.every == "year":
        month, day = (dates.last_month(value.to), value.to.day) if value.to else (None, None)
        return _FREQUENCY["year"] + _by("BYMONTH", month) + _by("BYMONTHDAY", day)
    if value.every in ("day", "week"):
        return _FREQUENCY[value.every]
    by_day = _by("BYMONTHDAY", value.month_day)
    if value.every == "quarter" and value.to and value.to.part:
        return f"FREQ=YEARLY;BYMONTH={_QUARTER_MONTHS[value.to.part]}{by_day}"
    return _FREQUENCY[value.every] + by_day


def _by(part: str, number: int | None) -> str:
    return f";{part}={number}" if number else ""


@lru_cache(maxsize=64)
def context_year(text: str) -> int | None:
    """The one year that a block or a title speaks of, for dates that leave it out.

    Numbers and dates of cited documents, ranges ("2026 - 2030") and horizons ("đến năm 2045") do not
    count; None where no year is left or several are.
    """
    years = {int(y) for y in _YEAR.findall(_NOT_A_YEAR.sub(" ", text))}
    return years.pop() if len(years) == 1 else None
