"""Calendar arithmetic: partial dates read from Vietnamese words, their first and last days, their EDTF.

A partial date (:class:`PartialDate`) is a day, a month, a quarter, a half-year, a part of a year or
a year, as far as it is written. Years run from 1900 to 2199; anything else is not a year here.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from extractor.mention import PartialDate

Part = Literal["start", "middle", "end"]

_PARTS: dict[str, Part] = {"đầu": "start", "giữa": "middle", "cuối": "end"}
_PART_END = {"start": 3, "middle": 6, "end": 12}
_PART_QUARTER = {"start": 1, "middle": 2, "end": 4}
_PART_DAY = {"đầu": 10, "thượng": 10, "giữa": 15, "trung": 20}
_PART_MONTH = {"đầu": -2, "giữa": -1}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "ⅰ": 1, "ⅱ": 2, "ⅲ": 3, "ⅳ": 4}
_SPELLED = {"sáu": 6, "chín": 9, "ba": 3}
_WEEKS = {"đầu": 1, "nhất": 1, "hai": 2, "ba": 3, "tư": 4}

_YEAR = re.compile(r"(?<!\d)(?:19|2[01])\d\d(?!\d)")
_CLOCK = re.compile(r"\d{1,2}\s?(?:giờ|[hg])\s?(?:\d\d(?:\s?phút)?)?")
_HALF = re.compile(r"(?<!\d)(0?[369]|sáu|chín|ba)\s+tháng\s+(đầu|cuối)|nửa\s+(?:năm\s+)?(đầu|cuối)")
_QUARTER = re.compile(
    r"(?:(đầu|giữa|cuối)\s+)?(?:qu[ýí]|qúy|q)\.?\s*([il1]v|[il]{1,3}|1[il]{1,2}|[ⅰⅱⅲⅳ]|0?[1-4])(?!\w)"
)
_DAY = re.compile(
    r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})(?!\d)|(?<!\d)(?<!tuần\s)(?<!thứ\s)(\d{1,2}),?\s+tháng\s+(\d{1,2})(?!\d)"
)
_LONE_DAY = re.compile(r"^ngày\s+(\d{1,2})$")
_WEEK = re.compile(r"tuần\s+(?:lễ\s+)?(?:thứ\s+)?(0?[1-4]|đầu|nhất|hai|ba|tư)(?!\w)")
_MONTH = re.compile(r"(?:tháng|t\.?)\s?(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})\s?[/.-]\s?(?=(?:19|2[01])\d\d)")
_MONTH_PART = re.compile(r"(đầu|giữa|thượng|trung)(?:\s+tuần)?\s+(?:của\s+)?tháng")
_YEAR_PART = re.compile(r"(đầu|giữa|cuối)\s+năm|cuối\s+cùng")


def quarter_number(numeral: str) -> int:
    """1 to 4 of "II", "2" or "02", and of "1I" and "ll", as scans read it."""
    figure = numeral.lower()
    return int(figure) if figure.isascii() and figure.isdecimal() else _ROMAN[re.sub("[l1]", "i", figure)]


def _half(text: str, year: int | None) -> PartialDate | None:
    match = _HALF.search(text)
    if not match:
        return None
    months = match.group(1) or "6"
    count = _SPELLED.get(months) or int(months)
    first = "đầu" in match.group(2, 3)
    if count == 6:
        return PartialDate(year, half=1 if first else 2)
    return PartialDate(year, month=count if first else 12)


def _quarter(text: str, year: int | None) -> PartialDate | None:
    match = _QUARTER.search(text)
    if not match:
        return None
    quarter = quarter_number(match.group(2))
    if match.group(1) in _PART_MONTH:
        return PartialDate(year, month=3 * quarter + _PART_MONTH[match.group(1)])
    return PartialDate(year, quarter=quarter)


def _day(text: str, year: int | None) -> PartialDate | None:
    match = _DAY.search(text)
    if match:
        day, month = (int(g) for g in match.groups() if g)
        return PartialDate(year, month=month, day=day)
    match = _LONE_DAY.search(text)
    return PartialDate(year, day=int(match.group(1))) if match else None


def _month(text: str, year: int | None) -> PartialDate | None:
    match = _MONTH.search(text)
    if not match:
        return None
    month = int(match.group(1) or match.group(2))
    if week := _WEEK.search(text):
        number = _WEEKS.get(week.group(1)) or int(week.group(1))
        return PartialDate(year, month=month, day=7 * number)
    if part := _MONTH_PART.search(text):
        return PartialDate(year, month=month, day=_PART_DAY[part.group(1)])
    return PartialDate(year, month=month)


def _year_part(text: str, year: int | None) -> PartialDate | None:
    match = _YEAR_PART.search(text)
    return PartialDate(year, part=_PARTS[match.group(1)]) if match and match.group(1) else None


_READERS: tuple[Callable[[str, int | None], PartialDate | None], ...] = (
    _half,
    _quarter,
    _day,
    _month,
    _year_part,
)


def read(text: str) -> PartialDate | None:
    """The partial date that ``text`` writes ("cuối quý II/2026", "30/6", "năm 2026").

    ``PartialDate()`` stands for a year left unsaid ("trong năm"); a day without a month ("ngày 05")
    has only ``day``, for :func:`span` to complete. None where the calendar has no such day.
    """
    words = _CLOCK.sub(" ", text.lower()).strip()
    found = _YEAR.search(words)
    year = int(found.group()) if found else None
    for reader in _READERS:
        if point := reader(words, year):
            return point if exists(point) else None
    return PartialDate(year) if year or "năm" in words else None


def exists(point: PartialDate) -> bool:
    """Whether the calendar has it; 29/02 stands while the year is unsaid."""
    if point.month is not None and not 1 <= point.month <= 12:
        return False
    last = 31 if point.month is None else calendar.monthrange(point.year or 2000, point.month)[1]
    return point.day is None or 1 <= point.day <= last


def span(start: PartialDate, end: PartialDate) -> tuple[PartialDate, PartialDate] | None:
    """Both ends of a stretch, each with what only the other says; None where it runs backwards.

    "05 - 20/6/2026" has the month and the year of its end; "tháng 11 đến tháng 2/2027" begins in 2026.
    """
    if start.day and start.month is None:
        start = replace(start, month=end.month)
    if start.year is None and end.year is not None:
        start = replace(start, year=end.year - (_order(start) > _order(end)))
    elif end.year is None and start.year is not None:
        end = replace(end, year=start.year + (_order(start) > _order(end)))
    if not (exists(start) and exists(end)) or (start.day and start.month is None):
        return None
    if (start.year or 0, _order(start)) > (end.year or 0, _order(end, last=True)):
        return None
    return start, end


def falls(start: PartialDate, end: PartialDate) -> bool:
    """Whether a stretch runs over a new year."""
    return start.year != end.year


def _order(point: PartialDate, last: bool = False) -> tuple[int, int]:
    """Where a partial date begins (or ends) within its year: (month, day)."""
    first_month, last_month = _months(point)
    if last:
        return last_month, point.day or 31
    return first_month, point.day or 1


def _months(point: PartialDate) -> tuple[int, int]:
    """The first and the last month of a partial date within its year."""
    if point.month:
        return point.month, point.month
    if point.quarter:
        return 3 * point.quarter - 2, 3 * point.quarter
    if point.half:
        return 6 * point.half - 5, 6 * point.half
    if point.part:
        quarter = _PART_QUARTER[point.part]
        return 3 * quarter - 2, _PART_END[point.part]
    return 1, 12


def last_month(point: PartialDate) -> int | None:
    """The month a partial date ends in, None for a whole year."""
    return None if _whole_year(point) else _months(point)[1]


def _whole_year(point: PartialDate) -> bool:
    return not (point.month or point.quarter or point.half or point.part)


def with_year(point: PartialDate | None, year: int | None) -> PartialDate | None:
    """``point`` with an unsaid year filled; None where it stays unsaid or the day does not exist."""
    if point is None:
        return None
    full = point if point.year is not None else replace(point, year=year)
    return full if full.year is not None and exists(full) else None


def first_day(point: PartialDate | None) -> date | None:
    """The first day of a partial date whose year is known."""
    if point is None or point.year is None:
        return None
    return date(point.year, _months(point)[0], point.day or 1)


def last_day(point: PartialDate | None) -> date | None:
    """The last day of a partial date whose year is known."""
    if point is None or point.year is None:
        return None
    month = _months(point)[1]
    return date(point.year, month, point.day or calendar.monthrange(point.year, month)[1])


def later(start: date, days: int, months: int) -> date | None:
    """``start`` plus calendar months (31/8 plus six is 28/2), then days; None beyond the calendar."""
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    try:
        day = min(start.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None


def edtf(point: PartialDate) -> str:
    """EDTF of one partial date: quarters are 33 to 36, halves 40 and 41 (ISO 8601-2, level 2)."""
    if point.quarter or point.part:
        return f"{point.year}-{32 + (point.quarter or _PART_QUARTER[point.part or 'end'])}"
    if point.half:
        return f"{point.year}-{39 + point.half}"
    return _iso(point.year, point.month, point.day)


def edtf_edge(point: PartialDate, last: bool) -> str:
    """EDTF of a partial date as an end of an interval, where only years, months and days may stand."""
    if _whole_year(point):
        return _iso(point.year, None, None)
    return _iso(point.year, _months(point)[last], point.day)


def _iso(year: int | None, month: int | None, day: int | None) -> str:
    return "-".join([f"{year:04}", *(f"{number:02}" for number in (month, day) if number)])
