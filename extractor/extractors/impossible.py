"""Days, months, quarters and years that no calendar has: typing errors that a reader must hear of.

What is written so gives no deadline (see dates.py); here it is only found, to be named in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.document import Notice
from extractor.extractors import dates
from extractor.mention import PartialDate

_SHOWN = 5  # examples in a notice
_CODE = r"(?!\d|\s?/\s?[\dA-ZĐ]|-[A-ZĐ])"  # "31/13/2026/QH15" is a number, no day
_NO_COUNT = r"(?!\d)(?![.,]\d)(?!\s?%)(?!\s[^\W\d_])"  # "năm 12000 cây" counts trees
_DAY = re.compile(
    rf"(?<![\d/.,-])(?P<d>\d{{1,2}})\s?(?P<s>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?(?P<y>\d{{4,9}}){_CODE}"
    rf"|\bngày\s{{1,3}}(?P<d2>\d{{1,2}})(?:\s?/\s?|\s{{1,3}}tháng\s{{1,3}})(?P<m2>\d{{1,2}})(?!\s?[/.-]\s?\d){_CODE}"
    r"(?:,?\s{1,3}năm\s{1,3}(?P<y2>\d{4,9}))?",
    re.IGNORECASE,
)
_MONTH = re.compile(
    rf"\btháng\s{{0,3}}(?P<m>\d{{1,2}})(?:\s?[/-]\s?|,?\s{{1,3}}năm\s{{1,3}})(?P<y>\d{{4,9}}){_CODE}"
    rf"|\b(?:quý|quí|qúy)\s{{0,3}}(?P<q>[IVX]{{1,4}}|\d{{1,2}})(?:\s?/\s?|,?\s{{1,3}}năm\s{{1,3}})(?P<y2>\d{{4,9}}){_CODE}"
    rf"|\bnăm\s{{1,3}}(?P<y3>\d{{4,9}}){_NO_COUNT}",
    re.IGNORECASE,
)
_QUARTERS = ("I", "II", "III", "IV", "1", "2", "3", "4", "01", "02", "03", "04")


def find(text: str) -> list[str]:
    """The impossible dates of ``text`` as written, days before months, each once."""
    days = list(_days(text))
    inside = {match.end() for match in days}
    months = (match for match in _months(text) if match.end() not in inside)
    return list(dict.fromkeys(match[0] for match in (*days, *months)))


def _days(text: str) -> Iterator[re.Match[str]]:
    for match in _DAY.finditer(text):
        day, month = match["d"] or match["d2"], match["m"] or match["m2"]
        written = match["y"] or match["y2"]
        known = written is None or _is_year(written)
        year = int(written) if written and known else None
        if not known or not dates.exists(PartialDate(year, month=int(month), day=int(day))):
            yield match


def _months(text: str) -> Iterator[re.Match[str]]:
    for match in _MONTH.finditer(text):
        quarter = match["q"]
        good = _is_year(match["y"] or match["y2"] or match["y3"])
        good &= match["m"] is None or 1 <= int(match["m"]) <= 12
        good &= quarter is None or quarter.upper() in _QUARTERS
        if not good:
            yield match


def _is_year(digits: str) -> bool:
    """A year that a plan may speak of, past ones with it."""
    return len(digits) == 4 and "1000" <= digits < "2200"


def notices(text: str) -> tuple[Notice, ...]:
    """One W_BAD_DATE that names them, none where all dates exist."""
    found = find(text)
    if not found:
        return ()
    shown = ", ".join(f'"{words}"' for words in found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
    return (Notice("W_BAD_DATE", f"no calendar has these dates, they were left out: {shown}"),)
