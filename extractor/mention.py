"""What extractors find in a document and how it is linked: frozen records.

Offsets are Unicode code points of :attr:`Document.text`, half open ``[start, end)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from extractor.document import Notice, Span
from extractor.terms import Change, Comparator, Cycle, DeadlineKind, Level, Origin, Relation


@dataclass(frozen=True, slots=True)
class AgencyValue:
    """An agency: ``name`` canonical, ``id`` its slug in the registry or None."""

    text: str
    name: str
    id: str | None = None
    level: Level = "other"
    collective: bool = False
    locality: str | None = None


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day or a stretch of time as far as it is written; ``year`` None until it is resolved.

    At most one of ``month``, ``quarter``, ``half`` and ``part`` is set. ``part`` is "start" (đầu
    năm), "middle" (giữa năm) or "end" (cuối năm). ``day`` needs ``month``.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    half: int | None = None
    part: Literal["start", "middle", "end"] | None = None


@dataclass(frozen=True, slots=True)
class DeadlineValue:
    """A deadline as written. ``from_``/``to`` are partial dates; ``days``/``months`` count from
    ``anchor`` ("issued": the document's own day; "unknown": a day the text does not give).
    """

    kind: DeadlineKind
    from_: PartialDate | None = None
    to: PartialDate | None = None
    exclusive: bool = False
    every: Cycle | None = None
    event: str | None = None
    days: int | None = None
    months: int | None = None
    anchor: Literal["issued", "unknown"] | None = None
    month_day: int | None = None


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A quantity the plan commits to; ``due`` a partial date where the clause states it."""

    indicator: str
    value: float
    unit: str
    value_max: float | None = None
    comparator: Comparator = "="
    per: Cycle | None = None
    change: Change | None = None
    due: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """A cited document; ``date`` is EDTF as far as it is written."""

    type: str | None
    number: str | None
    date: str | None = None
    issuer: str | None = None
    relation: Relation = "mention"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A deadline once its years are known: first and last day, EDTF, RFC 5545 rule, the event's words."""

    kind: DeadlineKind
    start: date | None = None
    due: date | None = None
    exclusive: bool = False
    every: Cycle | None = None
    edtf: str | None = None
    rrule: str | None = None
    event: str | None = None


Value = AgencyValue | DeadlineValue | Resolved | TargetValue | ReferenceValue


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: ``capacity`` is "TM.", "KT.", "TL.", "TUQ." … as far as written, joined by a space."""

    name: str | None = None
    title: str | None = None
    capacity: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The letterhead, the title and the signature; absent is None. ``issued`` is EDTF as written.

    ``spans`` gives where each field stands, by the field's name.
    """

    type: str | None = None
    number: str | None = None
    issued: str | None = None
    place: str | None = None
    issuer: AgencyValue | None = None
    title: str | None = None
    signer: Signer | None = None
    recipients: tuple[str, ...] = ()
    spans: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that an extractor read. ``found_by`` is the rule's id (or "model:NAME")."""

    label: Literal["AGENCY", "DEADLINE", "TARGET", "REFERENCE"]
    start: int
    end: int
    value: Value
    found_by: str
    confidence: float = 1.0
    trail: tuple[str, ...] = field(default=())


LabelField = Literal["lead", "support", "deadline", "deliverable", "other"]


@dataclass(frozen=True, slots=True)
class Label:
    """A field that a label gives: "Đơn vị phối hợp: + …". ``node``: the block it stands in.

    ``values``: the stretches that hold the value (one for each sub-bullet); ``words``: the label's own.
    """

    field: LabelField
    node: int
    values: tuple[Span, ...]
    words: str
    found_by: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A task before its fields are linked. ``spans``: where it stands (the block, and paragraphs that
    belong to it); ``labels``: those of its own and of the groups above it, nearest first; ``bearers``:
    the nodes above it, nearest first, whose words say who bears it.
    """

    node: int
    spans: tuple[Span, ...]
    origin: Origin
    labels: tuple[Label, ...] = ()
    bearers: tuple[int, ...] = ()
    parent: int | None = None
    found_by: str = "duties.leaf"


@dataclass(frozen=True, slots=True)
class Said:
    """Who does what by a block's own words.

    ``lead``/``support``: the agencies in these roles; ``opens``: a leading one opens the block (it then
    speaks for the whole block); ``acts``: some clause lays the duty on whoever the heading names;
    ``joins``: the first verb is "phối hợp", so that the heading's bearer may only support.
    """

    lead: tuple[Mention, ...] = ()
    support: tuple[Mention, ...] = ()
    opens: bool = False
    acts: bool = True
    joins: bool = False


@dataclass(frozen=True, slots=True)
class LabelFound:
    """A label with what its values hold."""

    label: Label
    lead: tuple[Mention, ...] = ()
    support: tuple[Mention, ...] = ()
    deadlines: tuple[Mention, ...] = ()
    deliverables: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyFound:
    """A duty with what its own words and its labels hold."""

    duty: Duty
    said: Said
    labels: tuple[LabelFound, ...] = ()
    deadlines: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a heading or an introduction says of who bears the duties below it."""

    node: int
    lead: tuple[Mention, ...] = ()
    support: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetFound:
    """A target, the node it stands in, and its last day (its own, or the one a heading gives)."""

    mention: Mention
    node: int
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the extractors read in one document; deadlines are resolved. ``references`` are the
    distinct documents with the places that cite them.
    """

    header: Header
    duties: tuple[DutyFound, ...]
    bearers: tuple[Bearer, ...]
    targets: tuple[TargetFound, ...]
    references: tuple[tuple[ReferenceValue, tuple[Span, ...]], ...]
    notices: tuple[Notice, ...] = ()


Link = tuple[Mention, int | None]


@dataclass(frozen=True, slots=True)
class Linked:
    """A duty with its fields settled. Each value comes with the node it was inherited from, if any."""

    duty: Duty
    lead: tuple[Link, ...] = ()
    support: tuple[Link, ...] = ()
    deadlines: tuple[Link, ...] = ()
    deliverables: tuple[tuple[Span, int | None], ...] = ()
