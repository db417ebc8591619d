"""Vietnamese numbers and quantities: a dot groups thousands, a comma begins the decimals ("56.000", "7,9").

What is a quantity is rules/targets.yaml (TARGET_QUANTITY); the nouns it counts are rules/units.yaml.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.rulebook import Rule, Rulebook
from extractor.terms import Cycle

_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")

_WORDS = re.compile(r"[^\W\d_]+[23²³]?(?:,?\s+[^\W\d_]+[23²³]?){0,5}")
_RATIO = re.compile(r"(?:\s?/\s?(?:[0-9][0-9.]*\s+)?[^\W\d_]+[23²³]?(?:\s+(?:dân|gái|nữ|trai|bệnh)\b)?){1,3}")
_CYCLE = re.compile(r"(?:\s+[^\W\d_]+){1,4}?\s?/\s?(năm|tháng|quý|tuần|ngày)\b", re.IGNORECASE)
_TIMES: dict[str, Cycle] = {
    "năm": "year",
    "tháng": "month",
    "quý": "quarter",
    "tuần": "week",
    "ngày": "day",
}
_TONES = {"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "uỷ": "ủy", "uỵ": "ụy"}
_OLD_TONE = re.compile(r"(?:o[àáảãạ]|u[ỷỵ])\b")

SCALES = {"nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9}
"""Words that multiply the number before them."""


def parse(text: str) -> float | None:
    """The value of ``text``, a number as written; None where it is none ("56.000" -> 56000.0).

    A dot before fewer or more than three digits can only be a decimal point ("12.5" -> 12.5).
    """
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _COMMAS.fullmatch(text):
        return float(text.replace(",", ""))
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    return None


def scaled(value: float, scale: str) -> float:
    """``value`` times a scale word, without the dust of floating point (1,1 triệu -> 1100000.0)."""
    return round(value * SCALES[scale], 6)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts; ``high`` where it is a range.

    ``number_end`` is behind the number (and "%"), ``end`` behind the unit; ``kind`` is the unit's in
    units.yaml, or "percent", "index" (a bare number) or "unknown"; ``per`` is a "/năm" behind the unit.
    """

    start: int
    number_end: int
    end: int
    low: float
    high: float | None
    unit: str
    kind: str
    rule: str
    per: Cycle | None = None


def quantities(text: str, rules: Rulebook, stated: bool) -> list[Quantity]:
    """The quantities of ``text`` in reading order; bare numbers (an index) only where ``stated``."""
    found: list[Quantity] = []
    for rule in rules.rules("TARGET_QUANTITY"):
        for match in rule.pattern.finditer(text):
            quantity = _quantity(match, rule, rules, stated)
            if quantity:
                _put(found, quantity)
    return found


def _put(found: list[Quantity], quantity: Quantity) -> None:
    """Add a quantity at its place, unless it overlaps one that an earlier rule read."""
    at = bisect_right(found, quantity.start, key=lambda q: q.start)
    around = found[max(0, at - 1) : at + 1]
    if not any(q.start < quantity.end and quantity.start < q.end for q in around):
        found.insert(at, quantity)


def _quantity(match: re.Match[str], rule: Rule, rules: Rulebook, stated: bool) -> Quantity | None:
    low, high = _bounds(match)
    if low is None:
        return None
    kind = rule.assign["kind"]
    bare = Quantity(match.start("low"), match.end(), match.end(), low, high, "", kind, rule.id)
    if kind == "percent":
        return _with_ratio(replace(bare, unit=_rate(match["unit"])), match.string)
    if kind == "ratio":
        return replace(bare, kind="index") if stated else None
    if kind == "index":
        named = any(r.pattern.search(match.string, 0, bare.start) for r in rules.rules("TARGET_INDEX"))
        return bare if stated and named else None
    return _with_unit(bare, match.string, rules)


def _rate(unit: str) -> str:
    """A rate's sign; "phần trăm" is "%", "%o" is "‰"; "điểm %" and "lần" stay as written."""
    if unit[1:] in ("0", "o", "O", "/00"):
        return "‰"
    return "%" if _fold(unit) == "phần trăm" else unit


def _bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    """Both ends of a range; "từ 15% đến 10%" is no range but a way down to 10."""
    low, high = parse(match["low"]), parse(match.groupdict().get("high") or "")
    if low is not None and high is not None and high <= low:
        return high, None
    return low, high


def _with_unit(bare: Quantity, text: str, rules: Rulebook) -> Quantity | None:
    """``bare`` with the noun behind it; None where no noun can be counted there."""
    match = _WORDS.match(text, bare.end)
    if match is None:
        return None
    words = match.group()
    noun, kind = _noun(words, rules.data("units"))
    scale = re.match(r"(\w+)\s+", words)
    if kind in ("", "stop") and scale and scale[1].lower() in SCALES:
        after, sort = _noun(words[scale.end() :], rules.data("units"))
        after = after or _unknown(words[scale.end() :])
        if after and sort in ("count", "measure", ""):
            return _scaled(bare, scale[1].lower(), scale.end(), after, sort, text)
    if not noun and not text[bare.end - 1].isspace():
        return None
    noun = noun or _unknown(words)
    if not noun or kind in ("stop", "never"):
        return None
    return _with_ratio(replace(bare, end=bare.end + len(noun), unit=noun, kind=kind or "unknown"), text)


def _scaled(bare: Quantity, scale: str, skip: int, noun: str, kind: str, text: str) -> Quantity:
    """The quantity with a scale word before its noun ("1,5 triệu lao động")."""
    high = None if bare.high is None else scaled(bare.high, scale)
    end = bare.end + skip + len(noun)
    number_end = bare.end + len(scale)
    low = scaled(bare.low, scale)
    sort = kind or "unknown"
    known = replace(bare, number_end=number_end, end=end, low=low, high=high, unit=noun, kind=sort)
    return _with_ratio(known, text)


def _noun(words: str, units: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The longest unit that ``words`` begin with, as written, and its kind; both "" if there is none."""
    ends = [m.end() for m in re.finditer(r"[^\W\d_]+[23²³]?", words)]
    for end in reversed(ends):
        plain = _fold(words[:end])
        for kind, nouns in units.items():
            if plain in nouns:
                return words[:end], kind
    return "", ""


def _fold(words: str) -> str:
    """Small letters, single spaces, the tone mark where the newer rule puts it ("khoá" -> "khóa")."""
    return _OLD_TONE.sub(lambda m: _TONES[m.group()], " ".join(words.lower().split()))


def _unknown(words: str) -> str:
    """A noun that no list knows: one word, in small letters."""
    first = words.split(None, 1)[0].rstrip(",")
    return first if first.islower() and len(first) > 1 else ""


def _with_ratio(quantity: Quantity, text: str) -> Quantity:
    """Reads "/năm" as the cycle, also behind further words, and any other "/x" as part of the unit."""
    match = _RATIO.match(text, quantity.end)
    if match is None:
        late = _CYCLE.match(text, quantity.end)
        return replace(quantity, per=_TIMES[late[1].lower()]) if late else quantity
    parts = [part.strip() for part in match.group().split("/")[1:]]
    per = next((_TIMES[p.lower()] for p in parts if p.lower() in _TIMES), None)
    if quantity.kind == "percent" and per is None:
        return quantity
    kept = "".join(f"/{p}" for p in parts if p.lower() not in _TIMES)
    number_end = match.end() if quantity.number_end == quantity.end else quantity.number_end
    return replace(quantity, number_end=number_end, end=match.end(), unit=quantity.unit + kept, per=per)
