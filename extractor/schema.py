"""The JSON of one plan: what ``extract`` returns and every export starts from.

Offsets are Unicode code points, half open ``[start, end)``, in :attr:`Plan.text`; pages count from 1;
boxes are ``(x0, top, x1, bottom)`` in PDF points, origin at the page's top left. Absent means unknown.
Fields may be added within a major ``schema_version``, never renamed. Values that break a rule of this
module raise :class:`pydantic.ValidationError`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from pydantic.json_schema import GenerateJsonSchema

from extractor.terms import (
    Change,
    Comparator,
    Cycle,
    DeadlineKind,
    Level,
    Origin,
    Relation,
    SectionRole,
)

SCHEMA_VERSION: Literal["1.0"] = "1.0"
SCHEMA_ID = "urn:kehoach:schema:plan:1.0"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _real_day(value: str) -> str:
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError("not a day written YYYY-MM-DD")
    return value


Day = Annotated[
    str,
    AfterValidator(_real_day),
    Field(description="A day, ISO 8601 (YYYY-MM-DD).", json_schema_extra={"format": "date"}),
]
PartialDay = Annotated[
    str, Field(pattern=r"^\d{4}(-\d{2}){0,2}$", description="A date as far as it is written (EDTF).")
]
Confidence = Annotated[float, Field(ge=0, le=1, description="The chance of being right, 0 to 1.")]
Offset = Annotated[int, Field(ge=0, description="A code point of the plan's text, counted from 0.")]
FoundBy = Annotated[str, Field(min_length=1, description="The rule's id, or model:NAME.")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quote(_Record):
    """The words themselves and a little of what stands around them (W3C TextQuoteSelector)."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class CellPlace(_Record):
    """A table cell: the table's number in the file, the row's and the column's, all from 0."""

    table: int = Field(ge=0)
    row: int = Field(ge=0)
    column: int = Field(ge=0)


class Evidence(_Record):
    """Where a value stands: ``text[start:end] == quote.exact``, always."""

    start: Offset
    end: Offset
    page: int | None = Field(default=None, ge=1)
    bbox: tuple[float, float, float, float] | None = None
    cell: CellPlace | None = None
    quote: Quote

    @model_validator(mode="after")
    def _quotes_its_span(self) -> Self:
        if len(self.quote.exact) != self.end - self.start:
            raise ValueError("quote.exact is not as long as [start, end)")
        return self


class Agency(_Record):
    """An agency (cơ quan): ``text`` as written, ``name`` canonical, ``id`` its slug in the registry.

    ``collective``: a group ("các sở, ban, ngành"). ``inherited_from``: the section or header row whose
    label gave the value; absent where the task's own words did.
    """

    text: str
    name: str
    id: str | None = None
    level: Level = "other"
    collective: bool = False
    locality: str | None = None
    inherited_from: str | None = None
    evidence: list[Evidence] = []
    confidence: Confidence
    found_by: FoundBy


class Deadline(_Record):
    """A time limit (thời hạn). ``exclusive``: done before ``due``, not on it ("trước ngày …").

    ``edtf`` is the same in Extended Date/Time Format, ``rrule`` its RFC 5545 rule where it recurs,
    ``event`` the words of what it hangs on, ``label`` the part of the task it is for.
    """

    text: str
    kind: DeadlineKind
    start: Day | None = None
    due: Day | None = None
    exclusive: bool = False
    every: Cycle | None = None
    edtf: str | None = None
    rrule: str | None = None
    event: str | None = None
    label: str | None = None
    inherited_from: str | None = None
    evidence: list[Evidence] = []
    confidence: Confidence
    found_by: FoundBy

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start and self.due and self.start > self.due:
            raise ValueError("a deadline's start lies after its due day")
        return self


class Deliverable(_Record):
    """A result that a label or a column asks for (kết quả, sản phẩm)."""

    text: str
    evidence: list[Evidence] = []


class Task(_Record):
    """A duty laid on somebody (nhiệm vụ): its own words, one line, numbering and labels off.

    ``section`` is the headings above it ("III.2.b"), ``parent`` another task's id, ``targets`` the ids
    of the targets that stand in it. ``confidence`` is for the task with all its fields.
    """

    id: str
    text: str
    section: str | None = None
    origin: Origin = "body"
    parent: str | None = None
    lead: list[Agency] = []
    support: list[Agency] = []
    deadlines: list[Deadline] = []
    deliverables: list[Deliverable] = []
    targets: list[str] = []
    evidence: list[Evidence]
    confidence: Confidence
    field_confidence: dict[str, Confidence] = {}


class Target(_Record):
    """A quantity that the plan commits to (chỉ tiêu); ``value_max`` closes a range.

    ``change``: the number is the change itself ("giảm bình quân 2%/năm").
    """

    id: str
    text: str
    indicator: str
    value: FiniteFloat
    value_max: FiniteFloat | None = None
    unit: str
    comparator: Comparator = "="
    per: Cycle | None = None
    change: Change | None = None
    due: Day | None = None
    section: str | None = None
    evidence: list[Evidence]
    confidence: Confidence
    found_by: FoundBy


class Section(_Record):
    """A heading and all that stands under it; ``label`` as written ("II", "2.1", "b")."""

    id: str
    label: str | None = None
    title: str
    level: int = Field(ge=0)
    parent: str | None = None
    role: SectionRole = "other"
    start: Offset
    end: Offset

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start > self.end:
            raise ValueError("a section's start lies after its end")
        return self


class Reference(_Record):
    """A cited document and what it is to this one."""

    type: str | None = None
    number: str | None = None
    date: PartialDay | None = None
    issuer: str | None = None
    relation: Relation = "mention"
    evidence: list[Evidence] = []


class Signer(_Record):
    """Who signed; ``capacity`` is "TM.", "KT.", "TL.", "TUQ." … as far as written."""

    name: str | None = None
    title: str | None = None
    capacity: str | None = None


class Source(_Record):
    """The file that was read; ``size`` in bytes, ``loader`` what read it."""

    name: str
    media_type: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    pages: int | None = Field(default=None, ge=0)
    loader: str
    ocr: bool = False
    ocr_confidence: Confidence | None = None


class DocumentInfo(_Record):
    """The header of a plan. ``evidence`` says where each field stands, by the field's name.

    ``id`` is the same for the same plan in another file format.
    """

    id: str
    source: Source
    type: str | None = None
    number: str | None = None
    issued: PartialDay | None = None
    place: str | None = None
    issuer: Agency | None = None
    title: str | None = None
    signer: Signer | None = None
    recipients: list[str] = []
    references: list[Reference] = []
    evidence: dict[str, list[Evidence]] = {}


class PlanWarning(_Record):
    """What could not be read or was left undecided, in plain words; ``code`` is stable (W_…)."""

    code: str
    message: str
    where: str | None = None


class Run(_Record):
    """How the result was made: ``rules`` is the rules' digest, ``model`` absent where none was used.

    ``started`` is ISO 8601 with the offset from UTC, ``seconds`` the time it took; both are absent where the
    same file must always give the same bytes.
    """

    tool: str
    version: str
    rules: str
    model: str | None = None
    started: str | None = None
    seconds: float | None = Field(default=None, ge=0)


class Plan(_Record):
    """One plan (kế hoạch), read: its text, and what stands in it."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    text: str
    document: DocumentInfo
    sections: list[Section] = []
    tasks: list[Task] = []
    targets: list[Target] = []
    warnings: list[PlanWarning] = []
    run: Run


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only repeat the fields' names."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of :class:`Plan`, as written to ``schemas/plan.schema.json``."""
    schema = Plan.model_json_schema(schema_generator=_Untitled)
    return {"$schema": _DIALECT, "$id": SCHEMA_ID, **schema}
