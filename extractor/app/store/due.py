"""The day a task is due by: of its coming deadline, else of its last; of what recurs, the next time.

Days are last days in time: "trước ngày 30/6" is due on 29 June. A cycle without a day is due on its last
one, as other deadlines are ("hằng quý": 31 March, 30 June …; a week ends on Sunday, ISO 8601).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, SU, WEEKLY, YEARLY, rrule, weekday

_DAY = timedelta(days=1)
_FREQUENCIES: dict[str, Any] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_WEEKDAYS = {name: weekday(number) for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_KNOWN = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"}
_FAR = 24  # years within which a rule gives a day, or none
_LONGEST = 12  # the largest interval


class Limit(NamedTuple):
    """What counts of a deadline; ``rule`` is RFC 5545."""

    start: date | None
    due: date | None
    exclusive: bool
    rule: str | None


def effective(limits: Iterable[Limit], today: date) -> tuple[date | None, bool]:
    """The last day in time as seen on ``today``, and whether that day moves as days go by.

    A fixed day that has passed is never hidden by something that recurs.
    """
    limits = list(limits)
    fixed = sorted(last_day(each.due, each.exclusive) for each in limits if each.due and not each.rule)
    cycles = [each for each in limits if each.rule]
    if fixed and fixed[-1] < today:
        return fixed[-1], False
    coming = [day for day in fixed if day >= today][:1]
    coming += filter(None, (upcoming(each, today) for each in cycles))
    return min(coming, default=None), len(fixed) > 1 or bool(cycles)


def last_day(due: date, exclusive: bool) -> date:
    """The last day in time."""
    return due - _DAY if exclusive and due > date.min else due


@lru_cache(maxsize=4096)
def upcoming(limit: Limit, today: date) -> date | None:
    """The next last day in time of what recurs, from ``today`` on; None where its rule says none."""
    rule = _parts(limit.rule or "")
    if rule is None:
        return None
    shift = _DAY if limit.exclusive else timedelta()
    since = max(today, limit.start or today) + shift
    try:
        found = _rrule(rule, since, limit.start).after(_midnight(since), inc=True)
    except (ValueError, TypeError, OverflowError):
        return None
    return found.date() - shift if found else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _parts(rule: str) -> dict[str, Any] | None:
    """A rule's parts; None for one that has others than a plan can ask for (RFC 5545, 3.3.10)."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    if not parts.keys() <= _KNOWN or parts.get("FREQ") not in _FREQUENCIES:
        return None
    try:
        numbers: dict[str, Any] = {
            name: [int(number) for number in parts[name].split(",")]
            for name in ("INTERVAL", "BYMONTH", "BYMONTHDAY")
            if name in parts
        }
        days = [_WEEKDAYS[name] for name in parts.get("BYDAY", "").split(",") if name]
    except (ValueError, KeyError):
        return None
    if not 1 <= numbers.get("INTERVAL", [1])[0] <= _LONGEST:
        return None
    return {**numbers, "BYDAY": days, "FREQ": parts["FREQ"]}


def _rrule(rule: dict[str, Any], since: date, start: date | None) -> rrule:
    """The days of a rule around ``since``. Cycles of months begin in January, as quarters do."""
    interval = rule.get("INTERVAL", [1])[0]
    by: dict[str, Any] = {}
    first = date(since.year - 1, 1, 1)
    if rule["FREQ"] == "WEEKLY":
        by["byweekday"] = rule["BYDAY"] or SU
        first = since - timedelta(days=since.weekday()) if interval == 1 else start or since
    elif rule["FREQ"] == "DAILY":
        first = since if interval == 1 else start or since
    else:
        by, first = _monthly(rule, interval, first, start)
    until = _midnight(since) + relativedelta(years=_FAR)
    return rrule(_FREQUENCIES[rule["FREQ"]], _midnight(first), interval, until=until, **by)


def _monthly(
    rule: dict[str, Any], interval: int, first: date, start: date | None
) -> tuple[dict[str, Any], date]:
    """The days in the month; the 31st of a short month is its last day."""
    by: dict[str, Any] = {"bymonthday": rule.get("BYMONTHDAY", [-1])}
    months = rule.get("BYMONTH")
    if rule["FREQ"] == "YEARLY":
        by["bymonth"] = months or [12]
        first = first if interval == 1 else date((start or first).year, 1, 1)
    else:
        first = first.replace(month=interval)
        by |= {"bymonth": months} if months else {}
    if len(by["bymonthday"]) == 1 and by["bymonthday"][0] > 28 and len(months or [1]) == 1:
        by |= {"bymonthday": range(28, by["bymonthday"][0] + 1), "bysetpos": -1}
    return by, first
