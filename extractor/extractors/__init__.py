"""Extractors: each reads one kind of thing in a text; here they are put to work on a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from extractor.document import Document, Node, Span, ancestors_of, children_of
from extractor.extractors import (
    dates,
    days,
    deadlines,
    duties,
    header,
    impossible,
    references,
    roles,
    target_tables,
    targets,
    wording,
)
from extractor.extractors.bearers import Bearers
from extractor.mention import (
    AgencyValue,
    Bearer,
    DeadlineValue,
    Duty,
    DutyFound,
    Findings,
    Header,
    Label,
    LabelFound,
    Mention,
    Said,
    TargetFound,
    TargetValue,
)
from extractor.rulebook import Rulebook
from extractor.tables import classify

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ITEMS = re.compile(r"[;\n]+")
_UNIT_HEAD = re.compile(r"tháng|quý", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:\d{1,2}|[IV]{1,3})(?:(?:\s?[,–-]\s?|\s(?:và|đến)\s)(?:\d{1,2}|[IV]{1,3})){0,11}")
_SUBLABEL = re.compile(
    r"(?:^|[;.\n]\s?)(?:[-+]\s?)?(?:(?:cơ quan|đơn vị)\s)?(chủ trì|phối hợp)\s?:\s?", re.IGNORECASE
)


def _words(doc: Doc, start: int, end: int) -> list[tuple[int, int]]:
    """The words between two offsets, relative to the first; none where the text was not segmented."""
    if not any(s <= start and end <= e for s, e in doc.user_data["segmented"]):
        return []
    span = doc.char_span(start, end, alignment_mode="expand")
    return [(t.idx - start, t.idx - start + len(t)) for t in span or () if not t.is_space]


class _Reading:
    """One document being read."""

    def __init__(self, doc: Doc, document: Document, rules: Rulebook, context: _Context) -> None:
        self.doc = doc
        self.document = document
        self.rules = rules
        self.context = context
        self.known: dict[Label, LabelFound] = {}
        self.inline: dict[int, Bearer] = {}
        self.bodies = Bearers(document, children_of(document.nodes), rules)

    def duty(self, duty: Duty) -> DutyFound:
        """A duty with what its words and labels hold."""
        node = self.document.nodes[duty.node]
        labels = [self.label(label) for label in duty.labels]
        if node.kind == "row":
            own = [] if self._has_dates(node) else self.deadlines(duty.spans[0], duty.node)
            return DutyFound(duty, Said(), (*self.row(node, duty.node), *labels), tuple(own))
        named, begin = self.bodies.inline(duty.node)
        if named:
            self.inline[duty.node] = Bearer(duty.node, tuple(named))
            duty = replace(duty, bearers=(duty.node, *duty.bearers))
        said = self.said(duty, self._cut(duty, node), begin if named else 0)
        dates = [d for span in duty.spans for d in self.deadlines(span, duty.node)]
        inline = [s for x in duty.labels if x.node == duty.node for s in x.values]
        dates = [d for d in dates if not any(s.start <= d.start < s.end for s in inline)]
        return DutyFound(duty, said, tuple(labels), tuple(dates))

    def _cut(self, duty: Duty, node: Node) -> int:
        """Where the labels inside a duty's own block begin: its sentence ends there."""
        own = [s.start for x in duty.labels if x.node == duty.node for s in x.values]
        return min(own, default=node.end)

    def said(self, duty: Duty, cut: int, begin: int) -> Said:
        """Roles by grammar, over all the paragraphs of a duty; its first begins ``begin`` characters on."""
        parts = []
        for number, span in enumerate(duty.spans):
            start, end = (span.start + begin, cut) if number == 0 else (span.start, span.end)
            words = _words(self.doc, start, end)
            text = self.document.text[start:end]
            indent = len(text) - len(text.lstrip())
            parts.append(roles.read(text[indent:], self.rules, start + indent, words if not indent else None))
        lead = tuple(m for p in parts for m in p.lead)
        support = tuple(m for p in parts for m in p.support)
        opens = any(p.opens for p in parts)
        return Said(lead, support, opens, any(p.acts for p in parts), parts[0].joins)

    def deadlines(self, span: Span, node: int, labelled: bool = False, unit: str = "") -> list[Mention]:
        """The deadlines of a stretch, with the year that its block, section or document gives.

        ``unit``: what its numbers count, where only a column's head says so.
        """
        text = unit + self.document.text_of(span)
        found = deadlines.find(text, self.rules, span.start - len(unit), labelled)
        if not found:
            return []
        year = days.context_year(text) or self.context.year(node)
        return [
            replace(m, value=days.resolve(m.value, year, self.context.issued))
            for m in found
            if isinstance(m.value, DeadlineValue)
        ]

    def label(self, label: Label) -> LabelFound:
        """A label's values, read once for all the duties that it holds for."""
        if label not in self.known:
            self.known[label] = self._read_label(label)
        return self.known[label]

    def _read_label(self, label: Label) -> LabelFound:
        if label.field in ("lead", "support"):
            return self.agencies_of(label, label.field == "lead")
        if label.field == "deadline":
            found = [d for s in label.values for d in self.deadlines(s, label.node, labelled=True)]
            return LabelFound(label, deadlines=tuple(found))
        if label.field == "deliverable":
            return LabelFound(label, deliverables=tuple(s for v in label.values for s in self.items(v)))
        return LabelFound(label)

    def agencies_of(self, label: Label, lead: bool) -> LabelFound:
        """The agencies of a label's values; "Chủ trì: …; phối hợp: …" inside one value is taken apart."""
        leads: list[Mention] = []
        supports: list[Mention] = []
        for value in label.values:
            for part, as_lead in self._role_parts(value, lead):
                more_lead, more_support = roles.of_label(
                    self.document.text_of(part), self.rules, part.start, as_lead
                )
                leads += more_lead
                supports += more_support
        return LabelFound(label, tuple(leads), tuple(supports))

    def _role_parts(self, value: Span, lead: bool) -> Iterator[tuple[Span, bool]]:
        text = self.document.text_of(value)
        marks = list(_SUBLABEL.finditer(text))
        if not marks:
            yield value, lead
            return
        if marks[0].start() > 0:
            yield Span(value.start, value.start + marks[0].start()), lead
        ends = [m.start() for m in marks[1:]] + [len(text)]
        for mark, end in zip(marks, ends, strict=True):
            yield Span(value.start + mark.end(), value.start + end), mark.group(1).lower() == "chủ trì"

    def items(self, value: Span) -> Iterator[Span]:
        """The phrases of a value, split at ";", without bullets and final stops."""
        text = self.document.text_of(value)
        at = 0
        for piece in [*_ITEMS.finditer(text), None]:
            end = piece.start() if piece else len(text)
            part = text[at:end]
            bare = part.strip(" -–+*•").rstrip(" .,;")
            if bare:
                start = value.start + at + part.index(bare)
                yield Span(start, start + len(bare))
            at = piece.end() if piece else end

    def row(self, node: Node, index: int) -> list[LabelFound]:
        """The columns of a task row, read like labels."""
        out = []
        for column, span in node.fields:
            if column in ("lead", "support", "deadline", "deliverable"):
                label = Label(column, index, (span,), column, f"table.{column}")
                found = self._numbered(node, span, index) if column == "deadline" else []
                out.append(LabelFound(label, deadlines=tuple(found)) if found else self._read_label(label))
        return out

    def _has_dates(self, node: Node) -> bool:
        """Whether a row's table has a column of deadlines, which then decides alone."""
        heads = self.document.blocks[node.header].cells if node.header is not None else ()
        kinds = {classify(self.document.text_of(cell), self.rules) for cell in heads}
        return "deadline" in kinds or any(column == "deadline" for column, _ in node.fields)

    def _numbered(self, node: Node, span: Span, index: int) -> list[Mention]:
        """The deadlines of a cell that has only numbers, under a head that says of what ("Tháng": "4, 5")."""
        header, row = self.document.blocks[node.header or 0], self.document.blocks[node.block]
        column = next((c.column for c in row.cells if c.start <= span.start < c.end), None)
        head = next((self.document.text_of(c) for c in header.cells if c.column == column), "")
        unit = _UNIT_HEAD.match(head)
        if unit is None or not _NUMBERS.fullmatch(self.document.text_of(span)):
            return []
        found = self.deadlines(span, index, labelled=True, unit=unit.group().lower() + " ")
        return [replace(m, start=max(m.start, span.start)) for m in found]

    def bearer(self, index: int) -> Bearer:
        """Who a heading or an introduction says bears what stands below it."""
        if index in self.inline:
            return self.inline[index]
        node = self.document.nodes[index]
        text = self.document.text_of(node)
        named = self.bodies.named(index)
        if named:
            return Bearer(index, tuple(named))
        # an unnumbered introduction hands nothing down, nor does a sentence that only names the issuer
        body = node.kind not in ("annex", "part", "upper", "roman", "row", "text")
        said = roles.read(text, self.rules, node.start) if body else Said()
        if not said.opens or all(self._is_issuer(m) for m in said.lead):
            return Bearer(index)
        return Bearer(index, said.lead, said.support)

    def _is_issuer(self, mention: Mention) -> bool:
        issuer, value = self.context.issuer, mention.value
        if issuer is None or not isinstance(value, AgencyValue):
            return False
        return issuer.name.startswith(value.name) or (issuer.id is not None and issuer.id == value.id)


class _Context:
    """What a document says of time: its own day, and the years of its title and headings."""

    def __init__(self, document: Document, head: Header, rules: Rulebook) -> None:
        self.document = document
        self.rules = rules
        self.issued = _day(head.issued)
        self.issuer = head.issuer
        self.own = days.context_year(head.title or "") or (int(head.issued[:4]) if head.issued else None)

    def year(self, node: int) -> int | None:
        """The year that the headings above a node say, else the document's."""
        for index in ancestors_of(self.document.nodes, node):
            year = days.context_year(self.document.text_of(self.document.nodes[index])[:300])
            if year:
                return year
        return self.own

    def is_purpose(self, node: int) -> bool:
        """Whether a node tells what the plan is for, not how things stand before it."""
        nodes, background = self.document.nodes, self.rules.rules("ROLE")
        if nodes[node].role != "purpose":
            return False
        above = [self.document.text_of(nodes[i]).strip(" .:*") for i in ancestors_of(nodes, node)]
        return not any(
            r.assign.get("background") and r.pattern.search(text) for text in above for r in background
        )

    def due(self, node: int) -> date | None:
        """The last day that a heading above gives to its targets ("Mục tiêu cụ thể đến năm 2030")."""
        for index in ancestors_of(self.document.nodes, node):
            text = self.document.text_of(self.document.nodes[index])
            for mention in deadlines.find(text, self.rules, labelled=True) if len(text) < 200 else ():
                if isinstance(mention.value, DeadlineValue):
                    due = days.resolve(mention.value, days.context_year(text) or self.own, None).due
                    if due:
                        return due
        return None


def _day(issued: str | None) -> date | None:
    return date.fromisoformat(issued) if issued and len(issued) == 10 else None


def _targets(
    document: Document, rules: Rulebook, found: Sequence[Duty], context: _Context
) -> Iterator[TargetFound]:
    """The targets of the parts that state them, of the purpose, and of the duties, all their paragraphs."""
    more = {duty.node: duty.spans[1:] for duty in found}
    taken = {span.start for spans in more.values() for span in spans}
    for index, node in enumerate(document.nodes):
        bare = node.role in ("tasks", "assignment", "other") and index not in more
        counted = bare and wording.is_quantity(document.text_of(node), rules)
        stated = node.role == "targets" or node.kind == "target" or counted
        if node.start in taken or not (stated or index in more or context.is_purpose(index)):
            continue
        mentions = _targets_of(document, node, rules, stated)
        for span in more.get(index, ()):
            mentions += targets.find(document.text_of(span), rules, span.start, stated=stated)
        for mention in mentions:
            yield TargetFound(mention, index, _due(mention, index, node.role == "targets", context))


def _targets_of(document: Document, node: Node, rules: Rulebook, stated: bool) -> list[Mention]:
    """The targets of one block; a row of a table of targets is read with its header."""
    if node.kind != "target" or node.header is None:
        return targets.find(document.text_of(node), rules, node.start, stated=stated)
    header, row = document.blocks[node.header], document.blocks[node.block]
    columns = {c.column: document.text_of(c) for c in header.cells}
    cells = [(document.text_of(c), c.start) for c in row.cells]
    return target_tables.find_row(cells, [columns.get(c.column, "") for c in row.cells], rules)


def _due(mention: Mention, node: int, stated: bool, context: _Context) -> date | None:
    value = mention.value
    if isinstance(value, TargetValue) and value.due:
        block = context.document.text_of(context.document.nodes[node])
        return dates.last_day(dates.with_year(value.due, days.context_year(block) or context.year(node)))
    return context.due(node) if stated else None


def find_mentions(doc: Doc, document: Document, rules: Rulebook) -> Findings:
    """Everything the extractors read in a segmented document; ``doc`` holds its words."""
    head = header.find(document, rules)
    context = _Context(document, head, rules)
    reading = _Reading(doc, document, rules, context)
    found = [reading.duty(d) for d in duties.find(document, rules)]
    bearers = sorted({b for f in found for b in f.duty.bearers})
    cited = [m for b in document.blocks for m in references.find(document.text_of(b), rules, b.start)]
    return Findings(
        header=head,
        duties=tuple(found),
        bearers=tuple(reading.bearer(b) for b in bearers),
        targets=tuple(_targets(document, rules, [f.duty for f in found], context)),
        references=tuple(references.merge(cited)),
        notices=impossible.notices(document.text),
    )
