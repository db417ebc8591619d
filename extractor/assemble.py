"""Linked mentions to the plan of the contract: ids, sections, evidence, confidence, warnings."""

from __future__ import annotations

import re
import unicodedata
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date

from extractor import schema
from extractor.document import BBox, Block, Document, Node, Span
from extractor.mention import (
    AgencyValue,
    Findings,
    Header,
    Link,
    Linked,
    Mention,
    ReferenceValue,
    Resolved,
    TargetFound,
    TargetValue,
)
from extractor.unsaid import of_header, of_tasks

_PART = re.compile(
    r"[-+\s]{0,4}(?:\w{1,2}(?:\.\d{1,2}){0,3}[.)]\s+)?([^:]{3,80}):\s*(?:hoàn thành|thực hiện|xong)?\s*$",
    re.IGNORECASE,
)
_SPACE = uuid.UUID("6b6f3d6e-6b65-5f68-8f61-636800000001")  # the namespace of every id below
_CONTEXT = 32  # code points of prefix and suffix in a quote
_GROUPS = ("annex", "part", "upper", "roman", "arabic", "letter", "paren")

# The chance that a value is right, by the way it was found (shares of right values on annotated plans).
_TRUST = {"table": 0.97, "label": 0.95, "heading": 0.95, "said": 0.88, "deadline": 0.95, "target": 0.9}


def _wording(text: str) -> str:
    return re.sub(r"\W+", " ", unicodedata.normalize("NFC", text)).strip().casefold()


def document_id(head: Header, text: str) -> str:
    """The same for the same plan in any format: by number, issuer and day, else by its words."""
    if head.number and head.issuer and head.issued and len(head.issued) == 10:
        key = f"{_wording(head.number)}|{_wording(head.issuer.name)}|{head.issued}"
    else:
        key = _wording(text)
    return str(uuid.uuid5(_SPACE, key))


def _place(block: Block, start: int, end: int) -> tuple[int | None, BBox | None]:
    """The page on which a stretch of a block begins, and the box round what stands of it there."""
    pieces = [p for p in block.pieces if p.start < max(end, start + 1) and p.end > start]
    boxes = [p.bbox for p in pieces if p.bbox and p.page == pieces[0].page]
    if not boxes:
        return (pieces[0].page if pieces else None), None
    left, top, right, bottom = zip(*boxes, strict=True)
    return pieces[0].page, (min(left), min(top), max(right), max(bottom))


class _Assembler:
    """Builds one plan."""

    def __init__(self, document: Document, findings: Findings, linked: Sequence[Linked]) -> None:
        self.document = document
        self.findings = findings
        self.linked = linked
        self.starts = [b.start for b in document.blocks]
        self.id = document_id(findings.header, document.text)

    # --- evidence ------------------------------------------------------------------------------

    def evidence(self, start: int, end: int) -> schema.Evidence:
        """Where a value stands: its words, page, the box round them on that page, and table cell."""
        text = self.document.text
        block = self.document.blocks[max(0, bisect_right(self.starts, start) - 1)]
        page, bbox = _place(block, start, end)
        quote = schema.Quote(
            exact=text[start:end],
            prefix=text[max(0, start - _CONTEXT) : start],
            suffix=text[end : end + _CONTEXT],
        )
        return schema.Evidence(
            start=start,
            end=end,
            page=page,
            bbox=bbox,
            cell=self._cell(block, start),
            quote=quote,
        )

    def _cell(self, block: Block, start: int) -> schema.CellPlace | None:
        if block.table is None or block.row is None:
            return None
        column = next((c.column for c in block.cells if c.start <= start <= c.end), None)
        return None if column is None else schema.CellPlace(table=block.table, row=block.row, column=column)

    def origin(self, node: int | None) -> str | None:
        """How a value's source above the task is named: its section's path, else its first words."""
        if node is None:
            return None
        found = self.document.nodes[node]
        return found.path or self.document.text_of(found)[:60]

    # --- fields ----------------------------------------------------------------------------------

    def agency(self, link: Link, how: str) -> schema.Agency:
        """One agency of the contract."""
        mention, node = link
        value = mention.value
        assert isinstance(value, AgencyValue)
        return schema.Agency(
            text=value.text,
            name=value.name,
            id=value.id,
            level=value.level,
            collective=value.collective,
            locality=value.locality,
            inherited_from=self.origin(node),
            evidence=[self.evidence(mention.start, mention.end)],
            confidence=round(_TRUST[how] * mention.confidence, 3),
            found_by=mention.found_by,
        )

    def deadline(self, link: Link) -> schema.Deadline:
        """One deadline of the contract."""
        mention, node = link
        value = mention.value
        assert isinstance(value, Resolved)
        text = self.document.text[mention.start : mention.end]
        return schema.Deadline(
            text=text,
            kind=value.kind,
            start=_iso(value.start),
            due=_iso(value.due),
            exclusive=value.exclusive,
            every=value.every,
            edtf=value.edtf,
            rrule=value.rrule,
            event=value.event,
            label=self._part(mention),
            inherited_from=self.origin(node),
            evidence=[self.evidence(mention.start, mention.end)],
            confidence=_TRUST["deadline"],
            found_by=mention.found_by,
        )

    def _part(self, mention: Mention) -> str | None:
        """The part of the task that a milestone is for: "Khảo sát" in "Khảo sát trong tháng 5/2026; …"."""
        block = self.document.blocks[max(0, bisect_right(self.starts, mention.start) - 1)]
        before = re.split(r"[;.\n\t]\s?", self.document.text[block.start : mention.start])[-1]
        match = _PART.match(before)
        if not match or re.match(r"(?:thời (?:gian|hạn)|tiến độ|lộ trình)", match.group(1), re.IGNORECASE):
            return None
        return match.group(1).strip()

    def _how(self, link: Link, linked: Linked) -> str:
        """Whether a value came from a column, a label, a heading or the sentence."""
        if self.document.nodes[linked.duty.node].kind == "row":
            return "table"
        if link[0].found_by.startswith("agencies.heading"):
            return "heading"
        return "label" if link[0].found_by.startswith("agencies.list") else "said"

    def task(
        self, linked: Linked, number: int, ids: dict[int, str], targets: dict[int, list[str]]
    ) -> schema.Task:
        """One task of the contract."""
        duty = linked.duty
        node = self.document.nodes[duty.node]
        lead = [self.agency(x, self._how(x, linked)) for x in linked.lead]
        support = [self.agency(x, self._how(x, linked)) for x in linked.support]
        deadlines = [self.deadline(x) for x in linked.deadlines]
        sure = {
            "lead": min((a.confidence for a in lead), default=0.9),
            "support": min((a.confidence for a in support), default=0.9),
            "deadlines": min((d.confidence for d in deadlines), default=0.95),
        }
        whole = sure["lead"] * sure["support"] * sure["deadlines"]
        return schema.Task(
            id=ids[number],
            text=" ".join(self.document.text_of(s) for s in duty.spans),
            section=node.path or None,
            origin=duty.origin,
            parent=ids[duty.parent] if duty.parent is not None else None,
            lead=lead,
            support=support,
            deadlines=deadlines,
            deliverables=[
                schema.Deliverable(text=self.document.text_of(s), evidence=[self.evidence(s.start, s.end)])
                for s, _ in linked.deliverables
            ],
            targets=targets.get(duty.node, []),
            evidence=[self.evidence(s.start, s.end) for s in duty.spans],
            confidence=round(whole, 3),
            field_confidence={k: round(v, 3) for k, v in sure.items()},
        )

    def task_ids(self) -> dict[int, str]:
        """Stable ids: the wording and its order among equals."""
        seen: Counter[str] = Counter()
        out: dict[int, str] = {}
        for number, linked in enumerate(self.linked):
            words = _wording(" ".join(self.document.text_of(s) for s in linked.duty.spans))
            out[number] = str(uuid.uuid5(_SPACE, f"{self.id}|task|{words}|{seen[words]}"))
            seen[words] += 1
        return out

    def target(self, found: TargetFound, number: int) -> schema.Target:
        """One target of the contract."""
        value, mention = found.mention.value, found.mention
        assert isinstance(value, TargetValue)
        text = self.document.text[mention.start : mention.end]
        return schema.Target(
            id=str(uuid.uuid5(_SPACE, f"{self.id}|target|{number}|{_wording(text)}|{value.value}")),
            text=text,
            indicator=value.indicator,
            value=value.value,
            value_max=value.value_max,
            unit=value.unit,
            comparator=value.comparator,
            per=value.per,
            change=value.change,
            due=_iso(found.due),
            section=self.document.nodes[found.node].path or None,
            evidence=[self.evidence(mention.start, mention.end)],
            confidence=round(_TRUST["target"] * mention.confidence, 3),
            found_by=mention.found_by,
        )

    # --- the document ----------------------------------------------------------------------------

    def section_id(self, index: int) -> str:
        """A section's id, from the document's and its place."""
        return str(uuid.uuid5(_SPACE, f"{self.id}|section|{index}"))

    def sections(self) -> list[schema.Section]:
        """The headings: numbered nodes with something under them, and annexes."""
        nodes = self.document.nodes
        above = {n.parent for n in nodes}
        return [
            schema.Section(
                id=self.section_id(i),
                label=n.marker or None,
                title=self.document.text_of(n).strip(" :.") or n.marker,
                level=n.level,
                parent=self.section_id(n.parent) if n.parent is not None else None,
                role=n.role,
                start=self.document.blocks[n.block].start,
                end=self._section_end(i),
            )
            for i, n in enumerate(nodes)
            if (n.kind in _GROUPS and i in above) or n.kind == "annex"
        ]

    def _section_end(self, index: int) -> int:
        end = index
        nodes = self.document.nodes
        while end + 1 < len(nodes) and self._below(nodes[end + 1], index):
            end += 1
        return self.document.blocks[nodes[end].block].end

    def _below(self, node: Node, index: int) -> bool:
        parent = node.parent
        while parent is not None and parent >= index:
            if parent == index:
                return True
            parent = self.document.nodes[parent].parent
        return False

    def info(self) -> schema.DocumentInfo:
        """The header of the contract."""
        head, source = self.findings.header, self.document.source
        spans = dict(head.spans)
        issuer = spans.get("issuer")
        return schema.DocumentInfo(
            id=self.id,
            source=schema.Source(
                name=source.name.encode("utf-8", "replace").decode(),
                media_type=source.media_type,
                sha256=source.sha256,
                size=source.size,
                pages=source.pages,
                loader=source.loader,
                ocr=source.ocr,
                ocr_confidence=source.ocr_confidence,
            ),
            type=head.type,
            number=head.number,
            issued=head.issued,
            place=head.place,
            issuer=self._issuer(head, issuer),
            title=head.title,
            signer=_signer(head),
            recipients=list(head.recipients),
            references=[self._reference(r, s) for r, s in self.findings.references if not self._is_own(r)],
            evidence={k: [self.evidence(s.start, s.end)] for k, s in head.spans if s.start < s.end},
        )

    def _issuer(self, head: Header, span: Span | None) -> schema.Agency | None:
        if head.issuer is None:
            return None
        start, end = (span.start, span.end) if span else (0, 0)
        mention = Mention("AGENCY", start, end, head.issuer, "header.issuer", 1.0)
        agency = self.agency((mention, None), "heading")
        return agency if span else agency.model_copy(update={"evidence": []})

    def _is_own(self, reference: ReferenceValue) -> bool:
        own = self.findings.header.number
        return bool(own and reference.number) and _wording(own or "") == _wording(reference.number or "")

    def _reference(self, value: ReferenceValue, spans: Sequence[Span]) -> schema.Reference:
        return schema.Reference(
            type=value.type,
            number=value.number,
            date=value.date,
            issuer=value.issuer,
            relation=value.relation,
            evidence=[self.evidence(s.start, s.end) for s in spans],
        )

    # --- the plan --------------------------------------------------------------------------------

    def plan(self, run: schema.Run) -> schema.Plan:
        """All of it."""
        targets = [self.target(t, i) for i, t in enumerate(self.findings.targets)]
        by_node: dict[int, list[str]] = {}
        for found, target in zip(self.findings.targets, targets, strict=True):
            by_node.setdefault(found.node, []).append(target.id)
        ids = self.task_ids()
        tasks = [self.task(x, i, ids, by_node) for i, x in enumerate(self.linked)]
        return schema.Plan(
            schema_version=schema.SCHEMA_VERSION,
            text=self.document.text,
            document=self.info(),
            sections=self.sections(),
            tasks=tasks,
            targets=targets,
            warnings=self._warnings(tasks),
            run=run,
        )

    def _warnings(self, tasks: Sequence[schema.Task]) -> list[schema.PlanWarning]:
        read = (*self.document.notices, *self.findings.notices)
        out = [*read, *of_header(self.findings.header), *of_tasks(tasks)]
        return [schema.PlanWarning(code=n.code, message=n.message, where=n.where) for n in out]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _signer(head: Header) -> schema.Signer | None:
    if head.signer is None:
        return None
    return schema.Signer(name=head.signer.name, title=head.signer.title, capacity=head.signer.capacity)


def assemble(
    document: Document, findings: Findings, linked: Sequence[Linked], run: schema.Run
) -> schema.Plan:
    """The plan of the contract."""
    return _Assembler(document, findings, linked).plan(run)
