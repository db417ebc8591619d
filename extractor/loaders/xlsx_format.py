"""How Excel shows a number: its format code turned into text, with the marks that Vietnamese uses.

Format codes: ECMA-376 part 1, 18.8.31. A file does not say in which language its numbers are shown; here
the comma is the decimal mark and the dot groups thousands. Dates come as dd/mm/yyyy.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?:\$(?P<currency>[^\]-]*))?[^\]]*\]'
    r"|(?P<number>[0#?][0#?,.]*|\.[0#?]+)|(?P<sign>[%@])|(?P<other>.)",
    re.DOTALL,
)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.DOTALL | re.IGNORECASE)
_SCIENTIFIC = re.compile(r"E[+-]|[0#?]\s*/\s*[0#?\d]", re.IGNORECASE)
_WHOLE = 1e15  # a float has no more digits
_PLACES = 8
_MAX_CODE = 255  # Excel's own limit
_DAYS = {"dmy": "%d/%m/%Y", "my": "%m/%Y", "dm": "%d/%m", "y": "%Y", "m": "%m", "d": "%d", "dy": "%d/%m/%Y"}
_LAST_DAY = 2_958_465  # 31/12/9999
_LEAP_BUG = 60  # Excel believes in 29/2/1900


def shown(value: float, code: str, from_1904: bool = False) -> str:
    """The text of a number under a format code; ``from_1904``: days are counted from 1904."""
    if len(code) > _MAX_CODE:
        return general(value)
    parts = _date_parts(code)
    if parts and 0 <= value <= _LAST_DAY:
        return _date(value, parts, from_1904)
    unformatted = code.strip().lower() in ("", "general", "@") or _SCIENTIFIC.search(_bare(code))
    if parts or unformatted or abs(value) >= _WHOLE:
        return general(value)
    return _number(value, code)


def general(value: float, mark: str = ",") -> str:
    """A number as it was typed, up to eleven digits."""
    if abs(value) >= _WHOLE:
        return f"{value:.11g}"
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.11g}'):f}".replace(".", mark)


# --- dates ---------------------------------------------------------------------------------------


def _bare(code: str) -> str:
    return _LITERAL.sub("", code.split(";")[0])


@lru_cache(maxsize=512)
def _date_parts(code: str) -> str:
    """Which of d, m, y, h a format shows ("m" the month, not the minute); "" where it is no date's."""
    bare = _bare(code).lower()
    if "general" in bare:
        return ""
    month = re.sub(r"(?<=[h\]])[^a-z\d]*m{1,2}(?!m)|m{1,2}(?=[^a-z\d]*s)", "", bare)
    found = {"d": "d" in bare, "m": "m" in month, "y": "y" in bare, "h": "h" in bare or "s" in bare}
    return "".join(part for part, there in found.items() if there)


def _date(value: float, parts: str, from_1904: bool) -> str:
    moment = _moment(value, from_1904)
    day = _DAYS.get(parts.removesuffix("h"), "")
    has_time = "h" in parts and (not day or value % 1 > 0)
    return _padded(moment, " ".join(part for part in ("%H:%M" if has_time else "", day) if part))


def _padded(moment: datetime, form: str) -> str:
    return moment.strftime(form.replace("%Y", f"{moment.year:04}"))


def _moment(value: float, from_1904: bool) -> datetime:
    if from_1904:
        start = datetime(1904, 1, 1)
    else:
        start = datetime(1899, 12, 30 if value >= _LEAP_BUG else 31)
    try:
        return start + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return datetime.max


# --- numbers -------------------------------------------------------------------------------------


def _number(value: float, code: str) -> str:
    section, minus = _section(value, code.split(";"))
    tokens = list(_TOKEN.finditer(section))
    percents = min(sum(token["sign"] == "%" for token in tokens), 2)
    holder = next((token["number"] for token in tokens if token["number"]), "")
    digits = _digits(abs(Decimal(repr(value))).scaleb(2 * percents), holder)
    out, written = [minus if digits.strip("0,.") else ""], False
    for token in tokens:
        if token["number"]:
            out.append("" if written else digits)
            written = True
        else:
            out.append(token["quoted"] or token["escaped"] or token["currency"] or _plain(token))
    return "".join(out).strip()


def _plain(token: re.Match[str]) -> str:
    return token["sign"] or token["other"] or ""


def _section(value: float, sections: list[str]) -> tuple[str, str]:
    """The section of a code for a value, and the minus sign that it leaves to be written."""
    if value < 0:
        return (sections[1], "") if len(sections) > 1 else (sections[0], "-")
    return (sections[2], "") if value == 0 and len(sections) > 2 else (sections[0], "")


def _digits(value: Decimal, holder: str) -> str:
    """A number in its placeholders: "#,##0.0" gives 12500.46 as 12.500,5."""
    whole, _, fraction = holder.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    places = sum(sign in "0#?" for sign in fraction)
    text = f"{_rounded(value.scaleb(-3 * scale), places):f}"
    before, _, after = text.partition(".")
    after = after.rstrip("0").ljust(fraction.count("0"), "0")
    before = before.lstrip("0").zfill(whole.count("0"))
    if "," in whole.rstrip(","):
        before = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", before)
    return f"{before},{after}" if after else before


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-min(places, _PLACES)), rounding=ROUND_HALF_UP)
