"""Finds targets (chỉ tiêu): the quantities that a plan commits to reach.

A block is read in five steps: digits that count nothing (dates, numbers of documents, parts of
names) are masked; what is left is read as quantities; the block is cut into clauses at ";" and at
the end of a sentence; each quantity is judged (committed to, or a figure of the present state);
and what stands around it says its comparator, its cycle, its change and its due date.
The words are rules/targets.yaml, the units rules/units.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from extractor.extractors import dates
from extractor.extractors.clauses import Clause, clauses
from extractor.extractors.numbers import Quantity, quantities
from extractor.mention import Mention, PartialDate, TargetValue
from extractor.rulebook import Rulebook
from extractor.terms import Comparator, Cycle

_DIGIT = re.compile(r"[0-9]")
_COUNTED = re.compile(
    r"[0-9]\s*(?:%|‰|[^\W\d_]|\()|(?:trên|dưới|đạt|bằng|mức|thiểu|còn)\s+[0-9]", re.IGNORECASE
)
_ANEW = re.compile(
    r"\b(?:đạt|còn|lên|xuống|tăng|giảm|nâng|trong đó|có|được|vào|chiếm|là|từ|tiết kiệm|bảo đảm|đảm bảo)\b",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[,;]|\b(?:và|lên|so)\b")
_DEED = 100  # how far before a quantity its verb may stand, in characters
_EDGES = " \t\n;,.:-–—"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A rule's match: where it stands, and what the rule says of it."""

    start: int
    end: int
    rule: str
    facts: Any = field(default_factory=dict)
    groups: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A block with everything read in it; offsets point into the block."""

    text: str
    masked: str
    stated: bool
    rules: Rulebook
    hits: dict[str, list[_Hit]]


def find(text: str, rules: Rulebook, offset: int = 0, stated: bool = False) -> list[Mention]:
    """The targets of one block (a paragraph, a bullet, a cell), in reading order.

    ``stated``: the block stands under a heading of targets, so that every quantity counts;
    otherwise only what the words plainly commit to. Mentions are moved by ``offset``.
    """
    if not _COUNTED.search(text) or not quantities(text, rules, stated):
        return []
    masked = _mask(text, rules, stated)
    read = quantities(masked, rules, stated)
    if not read:
        return []
    reading = _Reading(text, masked, stated, rules, _hits(text, masked, rules))
    mentions = []
    for clause in clauses(text):
        inside = [q for q in read if clause.start <= q.start < clause.end]
        for quantity, trail in _committed(inside, clause, reading):
            mentions.append(_mention(quantity, inside, clause, reading, offset, trail))
    return mentions


# --- reading -----------------------------------------------------------------------------------


def _blank(match: re.Match[str]) -> str:
    if "hide" in match.re.groupindex and match["hide"] is None:
        return match.group()
    start = match.start("hide") - match.start() if "hide" in match.re.groupindex else 0
    return match.group()[:start] + _DIGIT.sub("#", match.group()[start:])


def _mask(text: str, rules: Rulebook, stated: bool) -> str:
    """``text`` with "#" for every digit that counts nothing."""
    for rule in rules.rules("TARGET_NOISE"):
        if not (stated and rule.assign.get("stated") is False):
            text = rule.pattern.sub(_blank, text)
    return text


def _hits(text: str, masked: str, rules: Rulebook) -> dict[str, list[_Hit]]:
    """Every match of the rules that stand around a quantity, by label; dates are read unmasked."""
    labels = ("COMMIT", "PAST", "COMPARATOR", "PER", "CHANGE", "DUE", "CUT")
    return {
        label: [
            _Hit(m.start(), m.end(), rule.id, rule.assign, m.groupdict())
            for rule in rules.rules(f"TARGET_{label}")
            if rule.assign.get("reach") != "deed"
            for m in rule.pattern.finditer(text if label in ("DUE", "PAST") else masked)
        ]
        for label in labels
    }


# --- judging -----------------------------------------------------------------------------------


def _committed(
    inside: list[Quantity], clause: Clause, reading: _Reading
) -> Iterator[tuple[Quantity, tuple[str, ...]]]:
    """The quantities of a clause that count, each with the rules that say so."""
    carried: tuple[str, ...] = ()
    known = any(q.kind not in ("unknown", "graded") for q in inside)
    for quantity in inside:
        if _past(quantity, clause, reading):
            continue
        trail = _commitment(quantity, clause, reading)
        if quantity.kind == "unknown" and known and (reading.stated or not trail):
            continue
        if trail or _stands_alone(quantity, reading) or (carried and quantity.kind != "graded"):
            carried = trail or carried or (quantity.rule,)
            yield quantity, trail


def _stands_alone(quantity: Quantity, reading: _Reading) -> bool:
    """Whether the quantity counts without a word that commits."""
    if quantity.kind == "percent" and quantity.low == 100:
        return True
    return reading.stated and quantity.kind != "graded"


def _commitment(quantity: Quantity, clause: Clause, reading: _Reading) -> tuple[str, ...]:
    near = quantity.kind if quantity.kind in ("percent", "graded") else "count"
    for hit in reading.hits["COMMIT"]:
        if hit.facts["reach"] == "near":
            if hit.end == quantity.start and hit.facts["kind"] in _kinds(quantity, near, reading):
                return (hit.rule,)
        elif _swept(quantity, reading) and clause.sentence <= hit.start < quantity.start:
            return (hit.rule,)
    return _deed(quantity, reading) if "act" in _kinds(quantity, near, reading) else ()


def _swept(quantity: Quantity, reading: _Reading) -> bool:
    """Whether a word that commits from afar ("phấn đấu") takes the quantity along."""
    return quantity.kind != "graded" and (reading.stated or quantity.kind != "unknown")


def _kinds(quantity: Quantity, near: str, reading: _Reading) -> tuple[str, ...]:
    """The kinds of commitment that hold for a quantity; "cử 01 cán bộ" in a running duty is no goal."""
    single = near == "count" and quantity.low <= 1 and quantity.high is None
    if near == "graded":
        return ("graded", "count") if reading.stated else ()
    if single and not reading.stated:
        return ("any", "single")
    if quantity.kind == "unknown" and not reading.stated:
        return ("act",)
    return ("any", near) if quantity.kind == "money" else ("any", near, "act")


def _past(quantity: Quantity, clause: Clause, reading: _Reading) -> bool:
    """Whether the quantity is a figure of the present state."""
    last = max((h.end for h in _strong(reading) if clause.sentence <= h.start < quantity.start), default=-1)
    since = max(last, clause.start)
    hits = [h for h in reading.hits["PAST"] if h.facts["stated"] or not reading.stated]
    if any(since <= h.start < quantity.start for h in hits):
        return True
    after = reading.rules.rules("TARGET_PAST_AFTER") if not reading.stated else ()
    idle = any(rule.pattern.match(reading.text, quantity.end) for rule in after)
    return idle and not _deed(quantity, reading)


def _deed(quantity: Quantity, reading: _Reading) -> tuple[str, ...]:
    """The rule by which a deed just before a quantity reaches it, in a duty ("thay 25 máy đã cũ")."""
    for rule in reading.rules.rules("TARGET_COMMIT") if not reading.stated else ():
        if rule.assign["reach"] == "deed":
            near = max(0, quantity.start - _DEED)
            found = rule.pattern.finditer(reading.masked, near, quantity.end)
            if any(match.end() == quantity.start for match in found):
                return (rule.id,)
    return ()


def _strong(reading: _Reading) -> Iterator[_Hit]:
    return (h for h in reading.hits["COMMIT"] if h.facts["reach"] == "sentence")


# --- what stands around a quantity -------------------------------------------------------------


def _mention(
    quantity: Quantity,
    inside: Sequence[Quantity],
    clause: Clause,
    reading: _Reading,
    offset: int,
    trail: tuple[str, ...],
) -> Mention:
    comparator, suffix_end = _comparator(quantity, reading)
    change = _change(quantity, inside, reading)
    start, end = _span(quantity, inside, clause, reading)
    value = TargetValue(
        indicator=_indicator(quantity, suffix_end, (start, end), reading),
        value=quantity.low,
        unit=quantity.unit,
        value_max=quantity.high,
        comparator=comparator,
        per=quantity.per or _per(quantity, inside, clause, reading),
        change=change.facts["change"] if change else None,
        due=_due(quantity, inside, clause, reading),
    )
    confidence = (0.95 if reading.stated else 0.8) - (0.25 if quantity.kind == "unknown" else 0)
    rules = trail + ((change.rule,) if change else ())
    return Mention("TARGET", offset + start, offset + end, value, quantity.rule, round(confidence, 2), rules)


def _change(quantity: Quantity, inside: Sequence[Quantity], reading: _Reading) -> _Hit | None:
    """The verb of change; it holds on in a list ("giảm 5% số vụ, 3% số người chết")."""
    if quantity.kind == "percent" and quantity.low == 100:
        return None
    own = _ending(quantity, reading.hits["CHANGE"])
    before = [q for q in inside if q.start < quantity.start and q.unit == quantity.unit]
    if own or not before:
        return own
    between = reading.text[before[-1].end : quantity.start]
    return None if _ANEW.search(between) else _change(before[-1], inside, reading)


def _ending(quantity: Quantity, hits: Sequence[_Hit]) -> _Hit | None:
    """The first rule whose words end where the number begins."""
    return next((hit for hit in hits if hit.end == quantity.start), None)


def _comparator(quantity: Quantity, reading: _Reading) -> tuple[Comparator, int]:
    """How the value is bounded, and where its words end."""
    for rule in reading.rules.rules("TARGET_SUFFIX"):
        match = rule.pattern.match(reading.masked, quantity.end)
        if match:
            return rule.assign["comparator"], match.end()
    hit = _ending(quantity, reading.hits["COMPARATOR"])
    found: Comparator | Literal["from"] = hit.facts["comparator"] if hit else "="
    if found == "from":
        found = "=" if quantity.high is not None else ">="
    return found, quantity.number_end


def _per(quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: _Reading) -> Cycle | None:
    """The cycle said before the quantity, behind it, or at the end of its clause."""
    for hit in reading.hits["PER"]:
        if hit.start >= quantity.end:
            holds = hit.end <= clause.end and _closes(hit, quantity, inside, clause, reading)
        else:
            holds = _leads(hit, inside, clause, reading)
        if holds:
            return hit.facts["per"]  # type: ignore[no-any-return]
    return None


def _closes(
    hit: _Hit, quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: _Reading
) -> bool:
    """Whether a cycle ends the clause, or its quantity's part of it ("giảm 2% hộ nghèo mỗi năm, …")."""
    if not reading.text[hit.end : clause.end].strip(_EDGES):
        return True
    parted = "," in reading.text[quantity.end : hit.start]
    return not parted and not any(quantity.end <= q.start < hit.start for q in inside)


def _leads(hit: _Hit, inside: Sequence[Quantity], clause: Clause, reading: _Reading) -> bool:
    """Whether a cycle opens the clause or its sentence, and belongs to no quantity before it."""
    if not (clause.start <= hit.start or _reaches(hit, clause, reading)):
        return False
    before = [q for q in inside if q.end <= hit.start]
    return not before or "," in reading.text[before[-1].end : hit.end]


def _due(
    quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: _Reading
) -> PartialDate | None:
    """The date that stands just behind, else the nearest before in the sentence, else the next one."""
    limit = min((q.start for q in inside if q.start > quantity.start), default=clause.end)
    dues = _apart(reading.hits["DUE"])
    behind = [h for h in dues if quantity.end <= h.start < limit]
    for hit in behind:
        gap = reading.text[quantity.end : hit.start]
        if len(gap) <= 12 and not _PARTED.search(gap):
            return _partial(hit)
    firm = [h for h in dues if not h.facts.get("beside") or _governs(h, quantity, reading)]
    before = [h for h in firm if h.end <= quantity.start and _reaches(h, clause, reading)]
    after = [h for h in firm if quantity.end <= h.start < clause.end]
    heading = [h for h in firm if reading.text[h.end : h.end + 1] == ":" and h.start < clause.sentence]
    chosen = before[-1:] or after[:1] or heading[-1:]
    return _partial(chosen[0]) if chosen else None


def _reaches(hit: _Hit, clause: Clause, reading: _Reading) -> bool:
    """Whether a date stands in the clause, or opens its sentence ("Đến năm 2030, …; …")."""
    opens = len(reading.text[clause.sentence : hit.start].strip(_EDGES)) <= 12
    return hit.end > clause.start or (opens and hit.end > clause.sentence)


def _governs(hit: _Hit, quantity: Quantity, reading: _Reading) -> bool:
    """Whether a bare year stands right before the quantity ("năm 2030 đạt 80%")."""
    gap = reading.text[hit.end : quantity.start]
    return hit.end <= quantity.start and len(gap) <= 16 and not set(gap) & set(",;()")


def _apart(hits: Sequence[_Hit]) -> list[_Hit]:
    """The hits in reading order, without those that lie inside another ("cuối năm" in "6 tháng cuối năm")."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _partial(hit: _Hit) -> PartialDate:
    groups = {name.rstrip("_"): text for name, text in hit.groups.items() if text}
    return PartialDate(
        year=int(groups["year"]) if "year" in groups else None,
        month=int(groups["month"]) if "month" in groups else None,
        day=int(groups["day"]) if "day" in groups else None,
        quarter=dates.quarter_number(groups["quarter"]) if "quarter" in groups else None,
        half={"đầu": 1, "cuối": 2}.get(groups.get("half", "").lower()),
        part={"đầu": "start", "giữa": "middle"}.get(groups.get("part", "").lower()),  # type: ignore[arg-type]
    )


# --- the clause --------------------------------------------------------------------------------


def _span(
    quantity: Quantity,
    inside: Sequence[Quantity],
    clause: Clause,
    reading: _Reading,
) -> tuple[int, int]:
    """The clause without its numbering; in a running duty, only the part that carries the quantity."""
    start, end = clause.start, clause.end
    for rule in reading.rules.rules("TARGET_OPENING"):
        opening = rule.pattern.match(reading.text) if start == 0 else None
        start = opening.end() if opening else start
    if not reading.stated:
        start, end = _narrowed(start, end, inside, reading)
    while start < end and reading.text[start] in _EDGES:
        start += 1
    while end > quantity.end and reading.text[end - 1] in _EDGES + "/":
        end -= 1
    return start, end


def _narrowed(start: int, end: int, inside: Sequence[Quantity], reading: _Reading) -> tuple[int, int]:
    """The part of a clause from the verb that governs its quantities; a bracket that holds them ends it."""
    cuts, first, last = reading.hits["CUT"], inside[0].start, inside[-1].end
    start = max([start, *(h.end for h in cuts if start <= h.end <= first)])
    end = min([end, *(h.start for h in cuts if last <= h.start)])
    opened = reading.text.count("(", start, last) > reading.text.count(")", start, last)
    closing = reading.text.find(")", last, end) if opened else -1
    return start, closing + 1 if closing >= 0 else end


def _indicator(quantity: Quantity, suffix_end: int, span: tuple[int, int], reading: _Reading) -> str:
    """The clause without its number, the words that bound it, its date and its exhortation."""
    bounds = [h.start for h in reading.hits["COMPARATOR"] if h.end == quantity.start]
    tail = reading.text[suffix_end : span[1]]
    head = _head(span[0], min([quantity.start, *bounds]), reading)
    return _tidy(head + " " + tail) or _tidy(_head(span[0], quantity.start, reading))


def _head(start: int, end: int, reading: _Reading) -> str:
    """What stands before a number, without dates and words that only exhort."""
    words = reading.text[start:end]
    for hit in sorted(_apart(reading.hits["DUE"]), key=lambda h: -h.start):
        if start < hit.end <= end:
            words = words[: max(0, hit.start - start)] + words[hit.end - start :]
    for rule in reading.rules.rules("TARGET_FILLER"):
        words = rule.pattern.sub(" ", words)
    return words


def _tidy(words: str) -> str:
    words = re.sub(r"\s+([,;.)])", r"\1", re.sub(r"\(\s*\)", " ", words))
    return re.sub(r"\s+", " ", words).strip(_EDGES)
