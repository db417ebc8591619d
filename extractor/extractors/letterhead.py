"""The letterhead (phần đầu văn bản) down to the type's name: number, day, place and type.

Decree 30/2020/NĐ-CP fixes what stands where; a scan or a text dump puts two columns on one line. So what
has a shape of its own is taken out first, and what is left over it is the issuer's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from itertools import takewhile

from extractor.document import Span
from extractor.extractors.lines import Line, Segment, split, starts
from extractor.extractors.references import tidy, type_of_number
from extractor.rulebook import Rule, Rulebook

_OPENING = 60  # segments that a letterhead may take
_UNTYPED = 15  # and where no type's name closes it
_BEHIND = 14  # segments behind the type's name that are read for the title and the issuer
_LIKE = 0.75  # how near a misread type must come to the one that the number's sign says
_LOOKALIKES = str.maketrans("OoØølI|", "0000111")
_PLACE = re.compile(r"([^\n\t|,;:]{2,80}),\s*$")


@dataclass(slots=True)
class Letterhead:
    """What was read down to the type's name: ``above`` the lines over it, ``below`` those under it.

    ``number`` is None where it was left blank; ``sign`` is there all the same ("KH-UBND"). ``issued`` is
    EDTF as far as it can be read. ``letter``: "Kính gửi" came before any type's name.
    """

    above: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    number: str | None = None
    sign: str | None = None
    issued: str | None = None
    place: str | None = None
    type: str | None = None
    letter: bool = False
    spans: dict[str, Span] = field(default_factory=dict)


def _blank(text: str, start: int, end: int) -> str:
    """``text`` with line ends in the place of what stands there, so that offsets hold."""
    return f"{text[:start]}{chr(10) * (end - start)}{text[end:]}" if start >= 0 else text


def _search(label: str, text: str, rules: Rulebook) -> re.Match[str] | None:
    return next((m for r in rules.rules(label) if (m := r.pattern.search(text))), None)


def _cleared(segment: Segment, head: Letterhead, rules: Rulebook) -> str:
    """A segment's text with mottoes, number and day taken out of it, each noted where it is the first."""
    text = segment.text
    while motto := _search("HEADER_MOTTO", text, rules):
        text = _blank(text, *motto.span())
    if number := _search("HEADER_NUMBER", text, rules):
        if head.sign is None:
            _note_number(number, segment.start, head)
        text = _blank(text, *number.span())
    if day := _search("HEADER_DATE", text, rules):
        placed = "place" not in head.spans and _PLACE.search(text[: day.start()])
        if placed or "issued" not in head.spans:  # a letter's subject may cite a day before its own
            head.issued = issued(day)
            head.spans["issued"] = _span(day, segment.start)
            _note_place(text[: day.start()], segment.start, head)
        text = _blank(text, *day.span())
    if place := head.spans.get("place"):
        text = _blank(text, place.start - segment.start, place.end - segment.start)
    return text


def _span(match: re.Match[str], start: int, group: int | str = 0) -> Span:
    return Span(start + match.start(group), start + match.end(group))


def _note_number(match: re.Match[str], start: int, head: Letterhead) -> None:
    head.sign = match.groupdict().get("sign")
    if head.sign is None:
        head.number = head.sign = tidy(match["number"])
        head.spans["number"] = _span(match, start, "number")


def _note_place(before: str, start: int, head: Letterhead) -> None:
    """The place is the run of capitalised words right before ", ngày …"."""
    match = _PLACE.search(before)
    if match is None:
        return
    at = match.end(1)
    for word in reversed(list(re.finditer(r"\S+", match[1]))):
        if not _proper(word.group()):
            break
        at = match.start(1) + word.start()
    if place := before[at : match.end(1)].strip(" -–"):
        at += before[at:].index(place)
        head.place = place
        head.spans["place"] = Span(start + at, start + at + len(place))


def _proper(word: str) -> bool:
    """Whether a word may stand in a place's name: "Mây", "TP.", "-", the second half of "Thành phố"."""
    capitalised = word[0].isupper() and (len(word) == 1 or not word.isupper() or word.startswith("TP"))
    return capitalised or word in ("-", "–", "phố")


def letters(text: str) -> str:
    """The plain letters of a line in capitals, for reading over a scanner's slips."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return re.sub(r"[^A-Z]", "", letters.upper())


def _heading(rule: Rule, text: str) -> re.Match[str] | None:
    """The type's name where it stands alone on its line, or in capitals before the title."""
    match = rule.pattern.match(text)
    if match is None or rule.assign.get("generic"):
        return None
    rest = text[match.end() :]
    alone = not rest.strip(" :.-–—_*") and text[0].isupper()
    leads = match.group().isupper() and rest[:1].isspace() and not re.match(r"\s+VÀ\s", rest)
    return match if alone or leads else None


def _type(line: Line, sign: str | None, rules: Rulebook) -> tuple[str, int] | None:
    """The type that a line names, and how many of its characters do."""
    by_sign = type_of_number(f"0/{sign}" if sign and not sign[0].isdigit() else sign or "", rules)
    for rule in rules.rules("DOCUMENT_TYPE"):
        name = str(rule.assign["type"])
        if match := _heading(rule, line.text):
            if rule.assign.get("whole"):
                return match.group().capitalize(), match.end()
            words = re.match(rf"\S+(?:\s+\S+){{{name.count(' ')}}}", line.text)
            return name, words.end() if words else match.end()
    capitals = " ".join(takewhile(str.isupper, line.text.split()))
    misread = letters(capitals) if line.text.startswith(capitals) else ""
    for rule in rules.rules("DOCUMENT_TYPE"):
        name = str(rule.assign["type"])
        near = name == by_sign and SequenceMatcher(None, misread, letters(name)).ratio() >= _LIKE
        if near or (misread == letters(name) and len(misread) > 5):
            return name, len(capitals)
    return None


def read(parts: Sequence[Segment], rules: Rulebook) -> Letterhead:
    """Reads down to the type's name, or in a letter to "Kính gửi"."""
    head = Letterhead()
    for i, part in enumerate(parts[:_OPENING]):
        found = list(split(_cleared(part, head, rules), part.start, i, part.gap))
        for j, line in enumerate(found):
            named = _type(line, head.sign, rules)
            head.letter = named is None and starts("HEADER_ADDRESS", line.text, rules) is not None
            if named:
                _note_type(line, named, head)
            if named or head.letter:
                head.below += [*found[j + 1 :], *_following(parts, i + 1)]
                return head
            head.above.append(line)
    return _untyped(parts, head)


def _note_type(line: Line, named: tuple[str, int], head: Letterhead) -> None:
    head.type, length = named
    head.spans["type"] = Span(line.start, line.start + length)
    if rest := line.text[length:].lstrip(" :.-–—"):
        head.below.append(replace(line, text=rest, start=line.end - len(rest), gap=False))


def _following(parts: Sequence[Segment], first: int) -> Iterator[Line]:
    for i, part in enumerate(parts[first : first + _BEHIND], first):
        yield from split(part.text, part.start, i, part.gap)


def _untyped(parts: Sequence[Segment], head: Letterhead) -> Letterhead:
    """Where no type's name was found, only the very beginning can be a letterhead."""
    limit = parts[min(_UNTYPED, len(parts)) - 1].start if parts else 0
    first = [line for line in head.above if line.segment < _UNTYPED]
    late = any(span.start > limit for span in head.spans.values())
    return Letterhead(above=first, below=first) if late else replace(head, above=first, below=first)


def issued(match: re.Match[str]) -> str | None:
    """EDTF of the letterhead's day as far as it can be read ("ngày … tháng 5 năm 2026": 2026-05)."""
    parts = [re.sub(r"[\s.…_]", "", match[k]).translate(_LOOKALIKES) for k in ("year", "month", "day")]
    known = next((i for i, p in enumerate(parts) if not p.isdigit()), 3)
    for size in range(known, 0, -1):
        try:
            day = date(*[*(int(p) for p in parts[:size]), 1, 1][:3])
        except ValueError:
            continue
        return day.isoformat()[: 3 * size + 1]
    return None
