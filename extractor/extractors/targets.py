"""Finds targets (chỉ tiêu): the quantities that a plan commits to reach.

A block is read in five steps: digits that count nothing (dates, numbers of documents, parts of
names) are masked; what is left is read as quantities; the block is cut into clauses at ";" and at
the end of a sentence; each quantity is judged (committed to, or a figure of the present state);
and what stands around it says its comparator, its cycle, its change and its due date.
The words are rules/targets.yaml, the units rules/units.yaml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor.extractors.clauses import Clause, clauses
from extractor.extractors.numbers import Quantity, quantities
from extractor.extractors.target_reading import EDGES, Hit, Reading, apart, hits, mask
from extractor.extractors.target_terms import change_of, comparator_of, due_of, per_of
from extractor.mention import Mention, TargetValue
from extractor.rulebook import Rulebook

_COUNTED = re.compile(
    r"[0-9]\s*(?:%|‰|[^\W\d_]|\()|(?:trên|dưới|đạt|bằng|mức|thiểu|còn)\s+[0-9]", re.IGNORECASE
)
_LISTED = re.compile(r"[^,;.()0-9]{0,40}(?:,\s?|\svà\s)")
_STRETCH = 5_000  # characters of a block whose surroundings are read together
_MANY = 24  # quantities read together
_DEED = 100  # how far before a quantity its verb may stand, in characters


def find(text: str, rules: Rulebook, offset: int = 0, stated: bool = False) -> list[Mention]:
    """The targets of one block (a paragraph, a bullet, a cell), in reading order.

    ``stated``: the block stands under a heading of targets, so that every quantity counts;
    otherwise only what the words plainly commit to. Mentions are moved by ``offset``.
    """
    if not _COUNTED.search(text) or not quantities(text, rules, stated):
        return []
    masked = mask(text, rules, stated)
    read = quantities(masked, rules, stated)
    if not read:
        return []
    reading = Reading(text, masked, stated, rules, hits(text, masked, rules))
    mentions = []
    starts, wide, known = [q.start for q in read], reading, 0
    for clause in clauses(text):
        if clause.end > known:  # what stands near a stretch of clauses is looked up once
            known = max(clause.end, clause.start + _STRETCH)
            wide = reading.near(clause.start, known)
        counted = read[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
        for part, inside in _parts(clause, counted):
            near = wide.near(part.start, part.end)
            for quantity, trail in _committed(inside, part, near):
                mentions.append(_mention(quantity, inside, part, near, offset, trail))
    return mentions


def _parts(clause: Clause, inside: list[Quantity]) -> Iterator[tuple[Clause, list[Quantity]]]:
    """A clause with its quantities; one of very many in parts: the time stays in step with the length."""
    cuts = [q.end for q in inside[_MANY - 1 : -1 : _MANY]]
    for start, end in pairwise([clause.start, *cuts, clause.end]):
        yield Clause(start, end, clause.sentence), [q for q in inside if start <= q.start < end]


# --- judging -----------------------------------------------------------------------------------


def _committed(
    inside: list[Quantity], clause: Clause, reading: Reading
) -> Iterator[tuple[Quantity, tuple[str, ...]]]:
    """The quantities of a clause that count, each with the rules that say so."""
    carried: tuple[str, ...] = ()
    last: Quantity | None = None
    known = any(q.kind not in ("unknown", "graded") for q in inside)
    for quantity in inside:
        if _past(quantity, clause, reading):
            continue
        trail = _commitment(quantity, clause, reading)
        listed = last is not None and _LISTED.fullmatch(reading.text, last.end, quantity.start) is not None
        if quantity.kind == "unknown" and known and (reading.stated or not (trail or listed)):
            continue
        if trail or _stands_alone(quantity, reading) or (carried and _goes_on(quantity, reading)):
            carried, last = trail or carried or (quantity.rule,), quantity
            yield quantity, trail


def _goes_on(quantity: Quantity, reading: Reading) -> bool:
    """Whether what commits to the quantities before holds on; in a duty, not for a size or a price."""
    refers = any(hit.end == quantity.start for hit in reading.hits["REFERS"])
    return quantity.kind != "graded" and (reading.stated or not refers)


def _stands_alone(quantity: Quantity, reading: Reading) -> bool:
    """Whether the quantity counts without a word that commits."""
    if quantity.kind == "percent" and quantity.low == 100:
        return True
    return reading.stated and quantity.kind != "graded"


def _commitment(quantity: Quantity, clause: Clause, reading: Reading) -> tuple[str, ...]:
    near = quantity.kind if quantity.kind in ("percent", "graded") else "count"
    for hit in reading.hits["COMMIT"]:
        if hit.facts["reach"] == "near":
            if hit.end == quantity.start and hit.facts["kind"] in _kinds(quantity, near, reading):
                return (hit.rule,)
        elif _swept(quantity, reading) and clause.sentence <= hit.start < quantity.start:
            return (hit.rule,)
    return _deed(quantity, reading) if "act" in _kinds(quantity, near, reading) else ()


def _swept(quantity: Quantity, reading: Reading) -> bool:
    """Whether a word that commits from afar ("phấn đấu") takes the quantity along."""
    return quantity.kind != "graded" and (reading.stated or quantity.kind != "unknown")


def _kinds(quantity: Quantity, near: str, reading: Reading) -> tuple[str, ...]:
    """The kinds of commitment that hold for a quantity; "cử 01 cán bộ" in a running duty is no goal."""
    single = near == "count" and quantity.low <= 1 and quantity.high is None
    if near == "graded":
        return ("graded", "count") if reading.stated else ()
    if single and not reading.stated:
        return ("any", "single")
    if quantity.kind == "unknown" and not reading.stated:
        return ("act",)
    return ("any", near) if quantity.kind == "money" else ("any", near, "act")


def _past(quantity: Quantity, clause: Clause, reading: Reading) -> bool:
    """Whether the quantity is a figure of the present state."""
    last = max((h.end for h in _strong(reading) if clause.sentence <= h.start < quantity.start), default=-1)
    since = max(last, clause.start)
    hits = [h for h in reading.hits["PAST"] if h.facts["stated"] or not reading.stated]
    if any(since <= h.start < quantity.start for h in hits):
        return True
    after = reading.rules.rules("TARGET_PAST_AFTER") if not reading.stated else ()
    idle = any(rule.pattern.match(reading.text, quantity.end) for rule in after)
    return idle and not _deed(quantity, reading)


def _deed(quantity: Quantity, reading: Reading) -> tuple[str, ...]:
    """The rule by which a deed just before a quantity reaches it, in a duty ("thay 25 máy đã cũ")."""
    for rule in reading.rules.rules("TARGET_COMMIT") if not reading.stated else ():
        if rule.assign["reach"] == "deed":
            near = max(0, quantity.start - _DEED)
            found = rule.pattern.finditer(reading.masked, near, quantity.end)
            if any(match.end() == quantity.start for match in found):
                return (rule.id,)
    return ()


def _strong(reading: Reading) -> Iterator[Hit]:
    return (h for h in reading.hits["COMMIT"] if h.facts["reach"] == "sentence")


# --- what stands around a quantity -------------------------------------------------------------


def _mention(
    quantity: Quantity,
    inside: Sequence[Quantity],
    clause: Clause,
    reading: Reading,
    offset: int,
    trail: tuple[str, ...],
) -> Mention:
    comparator, suffix_end = comparator_of(quantity, reading)
    change = change_of(quantity, inside, reading)
    start, end = _span(quantity, inside, clause, reading)
    value = TargetValue(
        indicator=_indicator(quantity, suffix_end, (start, end), reading),
        value=quantity.low,
        unit=quantity.unit,
        value_max=quantity.high,
        comparator=comparator,
        per=quantity.per or per_of(quantity, inside, clause, reading),
        change=change.facts["change"] if change else None,
        due=due_of(quantity, inside, clause, reading),
    )
    confidence = (0.95 if reading.stated else 0.8) - (0.25 if quantity.kind == "unknown" else 0)
    rules = trail + ((change.rule,) if change else ())
    return Mention("TARGET", offset + start, offset + end, value, quantity.rule, round(confidence, 2), rules)


# --- the clause --------------------------------------------------------------------------------


def _span(
    quantity: Quantity,
    inside: Sequence[Quantity],
    clause: Clause,
    reading: Reading,
) -> tuple[int, int]:
    """The clause without its numbering; in a running duty, only the part that carries the quantity."""
    start, end = clause.start, clause.end
    for rule in reading.rules.rules("TARGET_OPENING"):
        opening = rule.pattern.match(reading.text) if start == 0 else None
        start = opening.end() if opening else start
    if not reading.stated:
        start, end = _narrowed(start, end, inside, reading)
    while start < end and reading.text[start] in EDGES:
        start += 1
    while end > quantity.end and reading.text[end - 1] in EDGES + "/":
        end -= 1
    return start, end


def _narrowed(start: int, end: int, inside: Sequence[Quantity], reading: Reading) -> tuple[int, int]:
    """The part of a clause from the verb that governs its quantities; a bracket that holds them ends it."""
    cuts, first, last = reading.hits["CUT"], inside[0].start, inside[-1].end
    start = max([start, *(h.end for h in cuts if start <= h.end <= first)])
    end = min([end, *(h.start for h in cuts if last <= h.start)])
    opened = reading.text.count("(", start, last) > reading.text.count(")", start, last)
    closing = reading.text.find(")", last, end) if opened else -1
    return start, closing + 1 if closing >= 0 else end


def _indicator(quantity: Quantity, suffix_end: int, span: tuple[int, int], reading: Reading) -> str:
    """The clause without its number, the words that bound it, its date and its exhortation."""
    bounds = [h.start for h in reading.hits["COMPARATOR"] if h.end == quantity.start]
    tail = reading.text[suffix_end : span[1]]
    head = _head(span[0], min([quantity.start, *bounds]), reading)
    return _tidy(head + " " + tail) or _tidy(_head(span[0], quantity.start, reading))


def _head(start: int, end: int, reading: Reading) -> str:
    """What stands before a number, without dates and words that only exhort."""
    words = reading.text[start:end]
    for hit in sorted(apart(reading.hits["DUE"]), key=lambda h: -h.start):
        if start < hit.end <= end:
            words = words[: max(0, hit.start - start)] + words[hit.end - start :]
    for rule in reading.rules.rules("TARGET_FILLER"):
        words = rule.pattern.sub(" ", words)
    return words


def _tidy(words: str) -> str:
    words = re.sub(r"\s+([,;.)])", r"\1", re.sub(r"\(\s*\)", " ", words))
    return re.sub(r"\s+", " ", words).strip(EDGES)
