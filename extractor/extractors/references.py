"""Cited documents (văn bản viện dẫn): type, number, day, issuer and how the plan leans on them.

Numbers follow Decree 30/2020/NĐ-CP for the State's documents and the Party's own rule for its own; the
shapes and names are data, ``rules/references.yaml``. What stands around a number is read outwards from
it: the type's name before it, the day and the issuer behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from extractor.document import Span
from extractor.mention import Mention, ReferenceValue
from extractor.rulebook import Rule, Rulebook

Relation = Literal["basis", "implements", "mention"]
Evidence = tuple[ReferenceValue, tuple[Span, ...]]

_STRENGTH: dict[Relation, int] = {"mention": 0, "implements": 1, "basis": 2}
_NO_RELATION: Relation = "mention"
_WINDOW = 160  # how far before a number its type's name may stand, in characters
_NUMBER_WORD = re.compile(r"[\s,:]*\b(số)?\s*[:.]?\s*$", re.IGNORECASE)
_NAME_GAP = re.compile(r"[^;:.()\d]{0,120}$")
_ISSUER_GAP = re.compile(r"\s+(?:trung ương|(?:của|do)\s+(?P<issuer>[^,;:.()\d]{2,60}))$", re.IGNORECASE)
_CHAIN = re.compile(r"(?:[\s)”\"]*(?:,|và|,\s*và)?|.*;(?:\s*và)?)\s*(?:các\s+)?$", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"[\s)”\"]*(?:[,;]\s*và|[,;/]|và)?\s*(?:các\s+)?$", re.IGNORECASE)
_LED = re.compile(r"(?!\s+(?:nội dung|yêu cầu|chức năng|nhiệm vụ|tình hình))[^;:.()\d]{0,80}$", re.IGNORECASE)
_ASIDE = re.compile(r"\(\s*$")
_DIGITS = re.compile(r"\d+")
_UPPER_SIGNS = {"TTG": "TTg", "TTR": "TTr", "CTR": "CTr", "THU": "ThU"}


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before a number: ``start`` of the citation, its type, an issuer named in between."""

    start: int
    type: str | None = None
    generic: bool = False
    number_word: bool = False
    issuer: str | None = None


@cache
def _types(rules: Rulebook) -> re.Pattern[str]:
    """Any type's name."""
    return _either(rules.rules("DOCUMENT_TYPE"))


@cache
def _joined_type(rules: Rulebook) -> re.Pattern[str]:
    """The "và" before another document, which ends an issuer's name."""
    return re.compile(rf"\s+(?i:và)\s+(?:các\s+)?(?:{_types(rules).pattern})")


def _either(rules: Sequence[Rule]) -> re.Pattern[str]:
    flags = ("i" if r.pattern.flags & re.IGNORECASE else "" for r in rules)
    return re.compile("|".join(f"(?{f}:{r.pattern.pattern})" for f, r in zip(flags, rules, strict=True)))


def _type_rule(text: str, at: int, rules: Rulebook) -> Rule | None:
    return next((r for r in rules.rules("DOCUMENT_TYPE") if r.pattern.match(text, at)), None)


def type_of_number(number: str, rules: Rulebook) -> str | None:
    """The type that a number's sign stands for ("12/KH-UBND": Kế hoạch), else None.

    None too where the sign is an office's ("45/SYT-NVY") or the Assembly's (a law or a resolution).
    """
    signs = [sign.upper() for sign in re.split(r"[-/.\s]+", number)[1:3]]
    for rule in rules.rules("DOCUMENT_TYPE"):
        if any(code.upper() in signs for code in rule.assign["codes"]):
            return str(rule.assign["type"])
    return None


def _kind(number: str, lead: _Lead, inherited: str | None, rules: Rulebook) -> str | None:
    """The type as written; what the sign says where it is not, or where it is only "văn bản"."""
    by_sign = type_of_number(number, rules)
    if lead.type:
        return by_sign or lead.type if lead.generic else lead.type
    office = re.match(r"\d+\w?[-/][A-ZĐƯ]{2,}[-/]", number)
    return inherited or by_sign or ("Công văn" if office else None)


def tidy(number: str) -> str:
    """A number without the spaces a page put in, with plain hyphens and the usual case of its signs."""
    number = re.sub(r"\s*([-–/])\s*", lambda m: m.group(1).replace("–", "-"), number.strip())
    number = re.sub(r"\s+", " ", number)
    return re.sub(r"[A-Z]{3}(?![A-ZĐƯ])", lambda m: _UPPER_SIGNS.get(m.group(), m.group()), number)


def _lead(text: str, at: int, rules: Rulebook) -> _Lead:
    """Reads the words before the number at ``at``: the nearest type's name that leads to it."""
    begin = max(0, at - _WINDOW)
    window = text[begin:at]
    word = _NUMBER_WORD.search(window)
    body = window[: word.start()] if word else window
    said = bool(word and word.group(1))
    for match in reversed(list(_types(rules).finditer(text, begin, at + 1))):
        rule = _type_rule(text, match.start(), rules)
        gap = text[match.end() : begin + len(body)]
        named = rule is not None and rule.assign.get("named") and _NAME_GAP.match(gap)
        issuer = _ISSUER_GAP.match(gap)
        if rule is not None and (match.end() >= begin + len(body) or named or issuer):
            return _Lead(
                match.start(),
                rule.assign["type"],
                rule.assign.get("generic", False),
                said,
                issuer["issuer"].strip() if issuer and issuer["issuer"] else None,
            )
    start = begin + word.start(1) if word and word.group(1) else at
    return _Lead(start, number_word=said)


def _day(match: re.Match[str]) -> str | None:
    """EDTF of a date match, without the part that the calendar does not have ("42/02/2018": 2018-02)."""
    parts = [int(v) for k in ("year", "month", "day") if (v := match.groupdict().get(k))]
    for size in range(len(parts), 0, -1):
        try:
            return date(*[*parts[:size], 1, 1][:3]).isoformat()[: 3 * size + 1]
        except ValueError:
            continue
    return None


def _date(text: str, at: int, rules: Rulebook) -> tuple[str | None, int]:
    for rule in rules.rules("REFERENCE_DATE"):
        if match := rule.pattern.match(text, at):
            return _day(match), match.end()
    return None, at


def _issuer(text: str, at: int, rules: Rulebook) -> tuple[str | None, int]:
    """The words behind "của", cut where the sentence goes on."""
    match = next((m for r in rules.rules("REFERENCE_ISSUER") if (m := r.pattern.match(text, at))), None)
    if match is None:
        return None, at
    words = match["issuer"]
    lowered = words.lower() if words.isupper() else words
    ends = [m.start() for r in rules.rules("REFERENCE_STOP") if (m := r.pattern.search(lowered))]
    joined = _joined_type(rules).search(words)
    words = words[: min([*ends, joined.start() if joined else len(words)])].rstrip(" -–*_")
    return (words, match.start("issuer") + len(words)) if len(words) > 1 else (None, at)


def _tail(text: str, at: int, rules: Rulebook) -> tuple[str | None, str | None, int]:
    """Day, issuer and end of what stands right behind a number, in either order."""
    day, end = _date(text, at, rules)
    issuer, end = _issuer(text, end, rules)
    if day is None and issuer is not None:
        day, end = _date(text, end, rules)
    return day, issuer, end


def _fits(rule: Rule, lead: _Lead, inherited: str | None, end: int, tail_end: int) -> bool:
    needs = rule.assign.get("needs")
    if needs == "number_word":
        return lead.number_word and bool(lead.type or inherited)
    if needs == "tail":
        return lead.type is not None and not lead.number_word and tail_end > end
    return True


def _numbers(text: str, rules: Rulebook) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Every stretch that has the shape of a document's number, by the first rule that knows it."""
    done = 0
    for digits in _DIGITS.finditer(text):
        if digits.start() < done:
            continue
        for rule in rules.rules("REFERENCE"):
            if match := rule.pattern.match(text, digits.start()):
                yield rule, match
                done = match.end() if not rule.assign else done
                if not rule.assign:
                    break


def _numbered(text: str, rules: Rulebook) -> Iterator[Mention]:
    own = {m.end() for r in rules.rules("REFERENCE_OWN") for m in r.pattern.finditer(text)}
    last: Mention | None = None
    for rule, match in _numbers(text, rules):
        start, end = match.span("number")
        if start in own or (last and start < last.end):
            continue
        lead = _lead(text, start, rules)
        before = text[last.end : lead.start] if last and lead.start >= last.end else "?"
        inherited = _type(last) if not lead.type and _LIST.match(before) else None
        day, issuer, tail = _tail(text, end, rules)
        if not _fits(rule, lead, inherited, end, tail):
            continue
        number = tidy(match["number"])
        value = ReferenceValue(_kind(number, lead, inherited, rules), number, day, issuer or lead.issuer)
        last = Mention("REFERENCE", lead.start, tail, value, rule.id)
        yield last


def _type(mention: Mention | None) -> str | None:
    return mention.value.type if mention and isinstance(mention.value, ReferenceValue) else None


def _laws(text: str, rules: Rulebook, taken: Sequence[Mention]) -> Iterator[Mention]:
    """Laws cited by name and day; ``trail`` keeps the name, which tells two of one day apart."""
    end = 0
    for rule in rules.rules("REFERENCE_LAW"):
        for match in rule.pattern.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in taken):
                continue
            day, tail = _date(text, match.end(), rules)
            if day is None or match.start() < end:
                continue
            issuer, tail = _issuer(text, tail, rules)
            kind = rule.assign.get("type") or _law_type(text, match.start(), rules)
            value = ReferenceValue(kind, None, day, issuer)
            yield Mention("REFERENCE", match.start(), tail, value, rule.id, trail=(match.group(),))
            end = tail


def _law_type(text: str, at: int, rules: Rulebook) -> str | None:
    rule = _type_rule(text, at, rules)
    return str(rule.assign["type"]) if rule else None


def _relations(text: str, mentions: Sequence[Mention], rules: Rulebook) -> Iterator[Mention]:
    """Gives each mention the relation of the words that open its clause, as far as a list carries them.

    "Căn cứ" holds to the next opening; "Thực hiện" for what follows it and for what is strung on to that.
    """
    cues = sorted(
        (m.start(), m.end(), r.assign["relation"])
        for r in rules.rules("REFERENCE_RELATION")
        for m in r.pattern.finditer(text)
    )
    if not cues or cues[0][0]:
        cues = []
    before, carried = 0, _NO_RELATION
    for mention in mentions:
        opened = [c for c in cues if before <= c[1] <= mention.start]
        gap = text[opened[-1][1] if opened else before : mention.start]
        if opened:
            carried = opened[-1][2] if _LED.match(gap) else _NO_RELATION
        elif carried == "implements" and not (_CHAIN.match(gap) or _ASIDE.search(gap)):
            carried = _NO_RELATION
        aside = carried == "implements" and _ASIDE.search(gap)
        before = mention.end
        yield _related(mention, _NO_RELATION if aside else carried)


def _related(mention: Mention, relation: Relation) -> Mention:
    assert isinstance(mention.value, ReferenceValue)
    return replace(mention, value=replace(mention.value, relation=relation))


def find(text: str, rules: Rulebook, offset: int = 0) -> list[Mention]:
    """Every document that a paragraph cites, in reading order; the plan's own number is none.

    ``offset``: where the paragraph begins in the canonical text; spans count from there. A span runs
    from the type's name to the day or the issuer. A law without a number has its name in ``trail``.
    """
    if not _DIGITS.search(text):
        return []
    numbered = list(_numbered(text, rules))
    mentions = sorted([*numbered, *_laws(text, rules, numbered)], key=lambda m: m.start)
    return [replace(m, start=m.start + offset, end=m.end + offset) for m in _relations(text, mentions, rules)]


def key(number: str) -> str:
    """What two spellings of one number share: "06/QĐ-TTG", "06 /QĐ-TTg" and "06/QĐ TTg" are one."""
    joined = re.sub(r"\s*[-–/]\s*", "-", number.strip()).replace(".", "")
    return re.sub(r"\s+", "-", joined).casefold().replace("đ", "d")


def _same(one: ReferenceValue, other: ReferenceValue) -> bool:
    """Whether two citations of one number mean one document: not where neither year nor day agree."""
    if not one.date or not other.date or one.date[:4] == other.date[:4]:
        return True
    return len(one.date) == len(other.date) == 10 and one.date[5:] == other.date[5:]


def _joined(one: ReferenceValue, other: ReferenceValue) -> ReferenceValue:
    dates = sorted((d for d in (one.date, other.date) if d), key=lambda d: (-len(d), d))
    issuers = sorted((i for i in (one.issuer, other.issuer) if i), key=str.isupper)
    numbers = sorted((n for n in (one.number, other.number) if n), key=lambda n: (n.isdigit(), " " in n))
    return replace(
        one,
        number=numbers[0] if numbers else None,
        type=one.type or other.type,
        date=dates[0] if dates else None,
        issuer=issuers[0] if issuers else None,
        relation=max(one.relation, other.relation, key=lambda r: _STRENGTH[r]),
    )


def _id(mention: Mention) -> str:
    value = mention.value
    assert isinstance(value, ReferenceValue)
    return key(value.number) if value.number else " ".join([*mention.trail, value.date or ""]).casefold()


def _short(number: str | None) -> bool:
    return number is not None and number.isdigit()


def _place(found: Sequence[tuple[str, ReferenceValue]], name: str, value: ReferenceValue) -> int | None:
    """Which of the documents found so far a citation means; a bare number means the full one of its type."""
    for i, (other, known) in enumerate(found):
        if other == name and _same(known, value):
            return i
        bare = _short(value.number) or _short(known.number)
        if bare and known.type == value.type and other.split("-")[0] == name.split("-")[0]:
            return i
    return None


def merge(mentions: Sequence[Mention], own: str | None = None) -> list[Evidence]:
    """The distinct documents in order of first mention, each with every place that cites it.

    Numbers are compared without case, spaces and dots. The fullest, then earliest day is kept, and the
    strongest relation. ``own``: the plan's own number, which is left out.
    """
    found: list[tuple[str, ReferenceValue]] = []
    spans: list[list[Span]] = []
    for mention in mentions:
        value, name = mention.value, _id(mention)
        if not isinstance(value, ReferenceValue) or (own and name == key(own)):
            continue
        at = _place(found, name, value)
        if at is None:
            found.append((name, value))
            spans.append([Span(mention.start, mention.end)])
        else:
            longer = max(found[at][0], name, key=len)
            found[at] = (longer, _joined(found[at][1], value))
            spans[at].append(Span(mention.start, mention.end))
    return [(value, tuple(s)) for (_, value), s in zip(found, spans, strict=True)]
