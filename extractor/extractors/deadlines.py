"""Finds deadlines (thời hạn) in text and reads them; their days are given by days.py.

The vocabulary lives in ``rules/deadlines.yaml``; here are only what its named groups mean, how
overlapping readings are settled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple, cast

from extractor.extractors import dates
from extractor.mention import DeadlineValue, Mention, PartialDate
from extractor.rulebook import Rule, Rulebook
from extractor.terms import Cycle, DeadlineKind

# How far a guard looks around a phrase's first word, in characters.
_BEHIND, _AHEAD = 110, 60
# How many deadlines on either side may make one idle.
_NEAR = 8
_NUMBERS = {"một": 1, "hai": 2, "ba": 3, "sáu": 6}
_DAYS = {"ngày": 1, "tuần": 7}
_MONTHS = {"tháng": 1, "quý": 3, "năm": 12}
_CYCLES: dict[int, Cycle] = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
_UNIT = re.compile(r"ngày|tuần|tháng|qu[ýí]|qúy|năm")
_MONTH_DAY = re.compile(r"ngày\s+(\d{1,2})(?!\s*[/.-]|\d|\s+tháng\s+\d)")
_QUARTER_MONTH = re.compile(r"tháng\s+(đầu|giữa|cuối)\s.*(?:qu[ýí]|qúy)")
_PARTS: dict[str, dates.Part] = {"đầu": "start", "giữa": "middle", "cuối": "end"}
_ITEM = re.compile(
    r"(?:(?:h\wng|định\s+kỳ)\s+)?(?:(?P<count>\d{1,2}|sáu|ba)\s+)?"
    r"(?P<cycle>(?:cả\s+)?(?:ngày|tuần|tháng|qu[ýí]|qúy|năm))(?:\s+(?:đầu|cuối)\s+năm)?"
    r"(?:,?\s*\(?(?P<moment>(?:(?:chậm|trước|vào|xong|đến)\s[^();,]{0,20}?)?(?:ngày\s+\d|\d{1,2}/\d)[^();,]*)\)?)?",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"(?<![\w/])(?:(?:tháng|qu[ýí]|qúy)\s+|T\.?)?(?P<number>\d{1,2}|[Il1]V|[Il]{1,3})(?!\w)"
    r"(?:(?:\s?[/.]\s?|,?\s+năm\s+)(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_THROUGH = re.compile(r"[-–—]|(?<!\w)(?:đến|tới|sang|hoặc)(?!\w)", re.IGNORECASE)
_LINK = re.compile(r"[\s,;]*(?:(?:và|hoặc)\s+)?")
_BY = re.compile(r"theo\s", re.IGNORECASE)
_ADJACENT = re.compile(r"\s*\(?")
_SENTENCE_END = re.compile(r"[;.](?:\s|$)")
_CLOSED = re.compile(r"[\s*_]*\)[\s*_]*(?:[.;]|$)")
_OPEN_BRACKET = re.compile(r"\([^()]*\Z")


# --- finding -------------------------------------------------------------------------------------


def find(text: str, rules: Rulebook, offset: int = 0, labelled: bool = False) -> list[Mention]:
    """The deadlines that ``text`` states, in order and without overlap; spans are the time phrase alone.

    ``offset`` is where ``text`` begins in the document. ``labelled``: it is the value of a time label
    or of a time column, so everything in it is about time; otherwise it is the text of one duty, and
    dates of cited documents, of the past and in names are left alone.
    """
    found: list[Mention] = []
    end = 0
    for starter in _starters(rules.expand("{time_start}")).finditer(text):
        if starter.start() < end:
            continue
        chained = bool(found) and _LINK.fullmatch(text, end, starter.start()) is not None
        reading = _longest(text, starter.start(), rules, labelled, chained)
        if reading is not None:
            phrase, values = reading
            found += _mentions(phrase, _like(found[-1], phrase, values) if chained else values)
            end = phrase.match.end()
    return [replace(m, start=m.start + offset, end=m.end + offset) for m in _settled(found, text, labelled)]


def _like(last: Mention, phrase: _Phrase, values: list[DeadlineValue]) -> list[DeadlineValue]:
    """A bare day strung on to a "trước ngày …" is exclusive too ("trước ngày 15/6 và 15/12")."""
    before = isinstance(last.value, DeadlineValue) and last.value.kind == "date" and last.value.exclusive
    bare = phrase.match.group()[:1].isdigit() or phrase.match.group().lower().startswith("ngày")
    if not (before and bare and values[0].kind == "date"):
        return values
    return [replace(value, exclusive=True) for value in values]


@cache
def _starters(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


class _Phrase(NamedTuple):
    """Where a rule matched."""

    rule: Rule
    match: re.Match[str]

    def group(self, name: str) -> str | None:
        """The words of a named group, None where the rule has none or it matched nothing."""
        return self.match.groupdict().get(name)

    def values(self) -> list[DeadlineValue]:
        """What the phrase says; empty where its dates do not exist or contradict one another."""
        return _READERS[self.rule.assign["kind"]](self)


def _longest(
    text: str, start: int, rules: Rulebook, labelled: bool, chained: bool
) -> tuple[_Phrase, list[DeadlineValue]] | None:
    """The longest reading that begins at ``start``; an earlier rule wins a tie."""
    best: tuple[_Phrase, list[DeadlineValue]] | None = None
    for rule in rules.rules("DEADLINE"):
        match = rule.pattern.match(text, start)
        if not match or (best and match.end() <= best[0].match.end()):
            continue
        phrase = _Phrase(rule, match)
        if not (labelled or _placed(phrase, rules, chained)):
            continue
        values = phrase.values()
        if values and (labelled or not _guarded(values[0].kind, match, rules)):
            best = phrase, values
    return best


def _placed(phrase: _Phrase, rules: Rulebook, chained: bool) -> bool:
    """Whether a rule that asks for a place (``at``) has it in a sentence; going on from a deadline is one."""
    place = phrase.rule.assign.get("at")
    if place is None or phrase.group("lead"):
        return True
    places = [r for r in rules.rules("DEADLINE_PLACE") if place == "opening" or r.assign.get("label")]
    return (chained and place == "opening") or any(_opens(rule, phrase.match) for rule in places)


def _opens(place: Rule, match: re.Match[str]) -> bool:
    before = place.pattern.search(match.string, max(0, match.start() - _BEHIND), match.start())
    if before is None or not place.assign.get("closed"):
        return before is not None
    return _CLOSED.match(match.string, match.end()) is not None


def _guarded(kind: DeadlineKind, match: re.Match[str], rules: Rulebook) -> bool:
    """Whether the phrase begins inside a stretch that belongs to something else."""
    start = match.start()
    for guard in rules.rules("DEADLINE_GUARD"):
        if kind not in guard.assign.get("kinds", (kind,)):
            continue
        around = guard.pattern.finditer(match.string, max(0, start - _BEHIND), start + _AHEAD)
        if any(found.start() <= start < found.end() for found in around):
            return True
    return False


def _mentions(phrase: _Phrase, values: list[DeadlineValue]) -> Iterator[Mention]:
    """One mention a value: the first has the phrase up to its list, each further one its own item."""
    match, items = phrase.match, _items(phrase) or _apart(phrase)[1:]
    first_end = min([match.end(), *(item.start() for item in items)])
    spans = [(match.start(), first_end), *(item.span() for item in items)]
    for (start, end), value in zip(spans, values, strict=True):
        trimmed = start + len(match.string[start:end].rstrip(" ,;\n"))
        yield Mention("DEADLINE", start, trimmed, value, phrase.rule.id, trail=(phrase.rule.id,))


def _settled(found: list[Mention], text: str, labelled: bool) -> list[Mention]:
    """Without what a neighbour already says: one phrase, or one rhythm, is one deadline."""
    kept: list[Mention] = []
    for index, mention in enumerate(found):
        near = [*found[max(0, index - _NEAR) : index], *found[index + 1 : index + 1 + _NEAR]]
        if not any(_makes_idle(other, mention, text, labelled) for other in near):
            kept.append(mention)
    return kept


def _makes_idle(other: Mention, mention: Mention, text: str, labelled: bool) -> bool:
    """Whether ``mention`` only repeats or qualifies ``other``."""
    one, two = cast(DeadlineValue, other.value), cast(DeadlineValue, mention.value)
    between = text[min(other.end, mention.end) : max(other.start, mention.start)]
    if two.kind == "event":
        qualifies = other.end <= mention.start and _BY.match(text, mention.start) is not None
        return qualifies and one.kind != "event" and _ADJACENT.fullmatch(between) is not None
    if two.kind != "recurring":
        return False
    if two.every is None and one.kind == "recurring":
        return one.every is not None and not _SENTENCE_END.search(between)
    if one.kind != "continuous":
        return False
    if two.every is None:
        return _LINK.fullmatch(between) is not None
    bracket = _OPEN_BRACKET.search(text, max(0, other.start - _BEHIND), other.start)
    return two.every == "year" and not labelled and other.start > mention.end and bracket is not None


# --- reading a rule's groups -----------------------------------------------------------------------


def _point(text: str | None, unit: str = "") -> PartialDate | None:
    """A partial date; ``unit`` is what a bare number counts ("7" is July where it is "tháng")."""
    if not text:
        return None
    return (dates.read(f"{unit} {text}") if unit else None) or dates.read(text)


def _date(phrase: _Phrase) -> list[DeadlineValue]:
    if phrase.group("issued"):
        return [_counted(phrase)]
    if phrase.group("number"):
        return _counted_from(phrase)
    to = _point(phrase.group("to"))
    return [DeadlineValue("date", to=to, exclusive=bool(phrase.group("before")))] if to else []


def _counted(phrase: _Phrase) -> DeadlineValue:
    """A number of days or months after the document's own day; working days stay an event."""
    number, scale = int(phrase.match["number"]), phrase.match["scale"].lower()
    event = phrase.match.group().strip()
    if phrase.group("working"):
        return DeadlineValue("event", event=event, days=number, anchor="unknown")
    if scale in _DAYS:
        return DeadlineValue("date", event=event, days=number * _DAYS[scale], anchor="issued")
    return DeadlineValue("date", event=event, months=number * _MONTHS[scale], anchor="issued")


def _counted_from(phrase: _Phrase) -> list[DeadlineValue]:
    """A number of days or months after a day that is written."""
    number, scale = int(phrase.match["number"]), phrase.match["scale"].lower()
    start = dates.first_day(_point(phrase.group("from")))
    days, months = number * _DAYS.get(scale, 0), number * _MONTHS.get(scale, 0)
    end = dates.later(start, days, months) if start else None
    return [DeadlineValue("date", to=PartialDate(end.year, end.month, end.day))] if end else []


def _period(phrase: _Phrase) -> list[DeadlineValue]:
    unit = phrase.rule.assign.get("unit", "")
    if members := _apart(phrase):
        return _each(members, unit)
    start, end = _point(phrase.group("from"), unit), _point(phrase.group("to"), unit)
    ends = dates.span(start, end) if start and end else None
    if ends is None or (phrase.rule.assign.get("rising") and dates.falls(*ends)):
        return []
    return [DeadlineValue("period", from_=ends[0], to=ends[1], exclusive=bool(phrase.group("before")))]


def _apart(phrase: _Phrase) -> list[re.Match[str]]:
    """The members of a list with gaps ("tháng 4 và tháng 9"), each a date; "tháng 6, 7" is a stretch."""
    match = phrase.match
    if not phrase.rule.assign.get("list") or _THROUGH.search(match.group()):
        return []
    members = list(_MEMBER.finditer(match.string, *match.span()))
    numbers = [_numeral(m["number"]) for m in members]
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    several_years = len({m["year"] for m in members if m["year"]}) > 1
    return [] if several_years or steps == {1} or min(steps, default=0) < 1 else members


def _numeral(text: str) -> int:
    return int(text) if text.isdecimal() else dates.quarter_number(text)


def _each(members: list[re.Match[str]], unit: str) -> list[DeadlineValue]:
    """One date a member; the year that one states holds for all."""
    year = next((f"/{m['year']}" for m in members if m["year"]), "")
    points = [dates.read(f"{unit} {_numeral(m['number'])}{year}") for m in members]
    return [DeadlineValue("date", to=point) for point in points] if all(points) else []


def _open(phrase: _Phrase) -> list[DeadlineValue]:
    start = _point(phrase.group("from"))
    return [DeadlineValue("open", from_=start)] if start else []


def _continuous(phrase: _Phrase) -> list[DeadlineValue]:
    return [DeadlineValue("continuous", from_=_point(phrase.group("from")))]


def _event(phrase: _Phrase) -> list[DeadlineValue]:
    return [DeadlineValue("event", event=phrase.match.group().strip())]


def _recurring(phrase: _Phrase) -> list[DeadlineValue]:
    every = _cycle(phrase.group("cycle"), phrase.group("count"), phrase.group("times"))
    first = _rhythm(every, phrase.group("moment"), _point(phrase.group("from")))
    return [first, *(_rhythm(_cycle(i["cycle"], i["count"]), i["moment"]) for i in _items(phrase))]


def _rhythm(every: Cycle | None, moment: str | None, start: PartialDate | None = None) -> DeadlineValue:
    """A cycle with its day: ``month_day`` within a month, ``to`` within a year or (as ``part``) a quarter."""
    words = (moment or "").lower()
    day = _MONTH_DAY.search(words)
    if day is None:
        to = dates.read(words) if every == "year" else None
        return DeadlineValue("recurring", from_=start, to=to, every=every)
    month = _QUARTER_MONTH.search(words)
    to = PartialDate(part=_PARTS[month.group(1)]) if month else None
    number = int(day.group(1))
    return DeadlineValue(
        "recurring", from_=start, to=to, every=every, month_day=number if 1 <= number <= 31 else None
    )


def _cycle(words: str | None, count: str | None = None, times: str | None = None) -> Cycle | None:
    """The cycle of "06 tháng" or "02 lần/năm" (a half-year); None for one that has no name of its own."""
    units = _UNIT.findall((words or "").lower())
    if not units:
        return None
    unit, number, often = units[-1], _number(count), _number(times)
    if unit in ("ngày", "tuần"):
        return ("day" if unit == "ngày" else "week") if number == often == 1 else None
    months = _MONTHS.get(unit, 3) * number
    return _CYCLES.get(months // often) if often and months % often == 0 else None


def _number(words: str | None) -> int:
    if not words:
        return 1
    return _NUMBERS.get(words.lower()) or int(words if words.isdecimal() else 0)


def _items(phrase: _Phrase) -> list[re.Match[str]]:
    """The further cycles of a list ("hằng tháng, quý, 6 tháng, năm")."""
    if not phrase.group("rest"):
        return []
    return list(_ITEM.finditer(phrase.match.string, *phrase.match.span("rest")))


_READERS: dict[DeadlineKind, Callable[[_Phrase], list[DeadlineValue]]] = {
    "date": _date,
    "period": _period,
    "open": _open,
    "recurring": _recurring,
    "continuous": _continuous,
    "event": _event,
}
