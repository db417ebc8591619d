"""What stands around a quantity: its comparator, its cycle, its change and its due date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from extractor.extractors import dates
from extractor.extractors.clauses import Clause
from extractor.extractors.numbers import Quantity
from extractor.extractors.target_reading import EDGES, Hit, Reading, apart
from extractor.mention import PartialDate
from extractor.terms import Comparator, Cycle

_ANEW = re.compile(
    r"\b(?:đạt|còn|lên|xuống|tăng|giảm|nâng|trong đó|có|được|vào|chiếm|là|từ|tiết kiệm|bảo đảm|đảm bảo)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"[;.,(\s]{1,3}(?:hoàn thành|xong|thực hiện|thời gian[^:;.]{0,20}:)\s*(?:trong|vào)?\s*", re.IGNORECASE
)
_BREAK = re.compile(r",(?![0-9])|[(;]")
_JOINED = re.compile(r",(?![0-9])|;|\svà\s")
_APART = re.compile(r",(?![0-9])|[(;]|\svà\s")
_PARTED = re.compile(r"[,;]|\b(?:và|lên|so)\b")


def change_of(quantity: Quantity, inside: Sequence[Quantity], reading: Reading) -> Hit | None:
    """The verb of change; it holds on in a list ("giảm 5% số vụ, 3% số người chết")."""
    if quantity.kind == "percent" and quantity.low == 100:
        return None
    like = [q for q in inside if q.start <= quantity.start and q.unit == quantity.unit]
    for later, earlier in zip(reversed(like), [*reversed(like[:-1]), None], strict=True):
        own = _ending(later, reading.hits["CHANGE"])
        if own or earlier is None or _ANEW.search(reading.text, earlier.end, later.start):
            return own
    return None


def _ending(quantity: Quantity, hits: Sequence[Hit]) -> Hit | None:
    """The first rule whose words end where the number begins."""
    return next((hit for hit in hits if hit.end == quantity.start), None)


def comparator_of(quantity: Quantity, reading: Reading) -> tuple[Comparator, int]:
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


def per_of(quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: Reading) -> Cycle | None:
    """The cycle said before the quantity, behind it, or at the end of its clause."""
    for hit in reading.hits["PER"]:
        if hit.start >= quantity.end:
            holds = hit.end <= clause.end and _closes(hit, quantity, inside, clause, reading)
        else:
            holds = _leads(hit, quantity, inside, clause, reading)
        if holds:
            return hit.facts["per"]  # type: ignore[no-any-return]
    return None


def _closes(
    hit: Hit, quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: Reading
) -> bool:
    """Whether a cycle ends the clause, or its quantity's part of it ("giảm 2% hộ nghèo mỗi năm, …")."""
    if not reading.text[hit.end : clause.end].strip(EDGES):
        return True
    parted = _BREAK.search(reading.text, quantity.end, hit.start)
    return not parted and not any(quantity.end <= q.start < hit.start for q in inside)


def _leads(
    hit: Hit, quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: Reading
) -> bool:
    """Whether a cycle opens the clause (for a number of things: its sentence) and is no other quantity's."""
    opens = quantity.kind != "percent" and _reaches(hit, clause, reading)
    if not (clause.start <= hit.start or opens):
        return False
    before = [q for q in inside if q.end <= hit.start]
    return not before or _BREAK.search(reading.text, before[-1].end, hit.end) is not None


def due_of(
    quantity: Quantity, inside: Sequence[Quantity], clause: Clause, reading: Reading
) -> PartialDate | None:
    """The date that stands just behind, else the nearest before in the sentence, else the next one."""
    limit = min((q.start for q in inside if q.start > quantity.start), default=clause.end)
    dues = apart(reading.hits["DUE"])
    behind = [h for h in dues if quantity.end <= h.start < limit]
    for hit in behind:
        gap = reading.text[quantity.end : hit.start]
        if len(gap) <= 12 and not _PARTED.search(gap):
            return _partial(hit)
    firm = [h for h in dues if not h.facts.get("beside") or _governs(h, quantity, reading)]
    before = [h for h in firm if h.end <= quantity.start and _reaches(h, clause, reading)]
    before = [h for h in before if not _taken(h, quantity, inside, reading)]
    after = [h for h in firm if quantity.end <= h.start < clause.end or _completes(h, clause, reading)]
    own = [h for h in after if h.start < limit and not _APART.search(reading.text, quantity.end, h.start)]
    heading = [h for h in firm if reading.text[h.end : h.end + 1] == ":" and h.start < clause.sentence]
    near = own[:1] if own and not (before and _opens(before[-1], clause, reading)) else before[-1:]
    free = [h for h in after if not _leads_on(h, quantity, inside, reading)]
    chosen = near or free[:1] or heading[-1:]
    return _partial(chosen[0]) if chosen else None


def _taken(hit: Hit, quantity: Quantity, inside: Sequence[Quantity], reading: Reading) -> bool:
    """Whether a date before a quantity is said of another one ("80% trước năm 2028, 20% …")."""
    earlier = [q for q in inside if q.end <= hit.start and q.start < quantity.start]
    return bool(earlier) and not _JOINED.search(reading.text, earlier[-1].end, hit.start)


def _leads_on(hit: Hit, quantity: Quantity, inside: Sequence[Quantity], reading: Reading) -> bool:
    """Whether a date behind a quantity leads the next one ("tăng 12%/năm, đến năm 2030 đạt 1,2 tỷ đồng")."""
    later = next((q for q in inside if q.start >= hit.end), None)
    if later is None or not _BREAK.search(reading.text, quantity.end, hit.start):
        return False
    return not _BREAK.search(reading.text, hit.end, later.start)


def _opens(hit: Hit, clause: Clause, reading: Reading) -> bool:
    """Whether a date opens its clause."""
    return len(reading.text[clause.start : hit.start].strip(EDGES)) <= 12


def _reaches(hit: Hit, clause: Clause, reading: Reading) -> bool:
    """Whether a date stands in the clause, or opens its sentence ("Đến năm 2030, …; …")."""
    opens = len(reading.text[clause.sentence : hit.start].strip(EDGES)) <= 12
    return hit.end > clause.start or (opens and hit.end > clause.sentence)


def _completes(hit: Hit, clause: Clause, reading: Reading) -> bool:
    """Whether a date says when the clause before it is done ("… 320 hồ sơ; xong trong tháng 6/2026")."""
    gap = reading.text[clause.end : hit.start]
    return hit.start >= clause.end and _DONE.fullmatch(gap) is not None


def _governs(hit: Hit, quantity: Quantity, reading: Reading) -> bool:
    """Whether a bare year stands right before the quantity ("năm 2030 đạt 80%")."""
    gap = reading.text[hit.end : quantity.start]
    return hit.end <= quantity.start and len(gap) <= 16 and not set(gap) & set(",;()")


def _partial(hit: Hit) -> PartialDate:
    if isinstance(hit.facts.get("to"), PartialDate):
        return hit.facts["to"]  # type: ignore[no-any-return]
    groups = {name.rstrip("_"): text for name, text in hit.groups.items() if text}
    return PartialDate(
        year=int(groups["year"]) if "year" in groups else None,
        month=int(groups["month"]) if "month" in groups else None,
        day=int(groups["day"]) if "day" in groups else None,
        quarter=dates.quarter_number(groups["quarter"]) if "quarter" in groups else None,
        half={"đầu": 1, "cuối": 2}.get(groups.get("half", "").lower()),
        part={"đầu": "start", "giữa": "middle"}.get(groups.get("part", "").lower()),  # type: ignore[arg-type]
    )
