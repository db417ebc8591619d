"""Mentions to duties: what a duty's own words say, what labels, columns and headings hand down.

Order of trust: a table's own columns decide alone; else a label of the duty or its group decides its
field; else the duty's own grammar, read against the heading that it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractor.document import Document, Node
from extractor.mention import (
    AgencyValue,
    Bearer,
    DutyFound,
    Findings,
    LabelFound,
    Link,
    Linked,
    Mention,
    Said,
)

_CANNOT_LEAD = re.compile(r"liên quan|chức năng", re.IGNORECASE)


def _key(mention: Mention) -> str:
    """What makes two mentions one agency: the canonical name; for a group the words that limit it."""
    value = mention.value
    assert isinstance(value, AgencyValue)
    return (value.text if value.collective else value.name).casefold()


def _distinct(links: Iterable[Link], taken: Iterable[Link] = ()) -> tuple[Link, ...]:
    """Links without repeated agencies and without those in ``taken``: nobody has two roles."""
    seen = {_key(m) for m, _ in taken}
    out: list[Link] = []
    for mention, origin in links:
        key = _key(mention)
        if key not in seen:
            seen.add(key)
            out.append((mention, origin))
    return tuple(out)


def _from(mentions: Sequence[Mention], origin: int | None) -> list[Link]:
    return [(m, origin) for m in mentions]


class _Linker:
    """Links the duties of one document."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self.document = document
        self.bearers = {b.node: b for b in findings.bearers}

    def link(self, found: DutyFound) -> Linked:
        """One duty with its fields settled."""
        duty = found.duty
        if self.document.nodes[duty.node].kind == "row":
            return self._row(found)
        lead, support = self._roles(found)
        dates: list[Link] = [(m, None) for m in found.deadlines]
        dates += [
            (m, self._origin(x, duty.node)) for x in self._nearest(found, "deadline") for m in x.deadlines
        ]
        results = [
            (s, self._origin(x, duty.node))
            for x in self._nearest(found, "deliverable")
            for s in x.deliverables
        ]
        return Linked(duty, lead, support, _distinct_dates(dates), tuple(results))

    def _row(self, found: DutyFound) -> Linked:
        """A table row: its own columns; what no column gives comes from its words or its part's labels."""
        labels = found.labels
        lead = _distinct([(m, None) for x in labels for m in x.lead])
        support = _distinct([(m, None) for x in labels for m in x.support], lead)
        dates = [(m, None) for m in (*found.deadlines, *(d for x in labels for d in x.deadlines))]
        results = tuple((s, None) for x in labels for s in x.deliverables)
        return Linked(found.duty, lead, support, _distinct_dates(dates), results)

    def _origin(self, found: LabelFound, node: int) -> int | None:
        """The label's node where it is not the duty's own."""
        return None if found.label.node == node else found.label.node

    def _nearest(self, found: DutyFound, field: str) -> list[LabelFound]:
        """The labels of a field that hold for a duty: all those of the nearest group that has any."""
        own = [x for x in found.labels if x.label.field == field]
        if not own:
            return []
        depth = [self._depth(x, found) for x in own]
        return [x for x, d in zip(own, depth, strict=True) if d == min(depth)]

    def _depth(self, label: LabelFound, found: DutyFound) -> tuple[int, int]:
        """How far above the duty a label stands: its own block, its bullet's, its group's, and so on."""
        if label.label.node == found.duty.node:
            return (0, 0)
        parent = self.document.nodes[label.label.node].parent
        chain = [found.duty.node, *self._above(found.duty.node)]
        return (1, chain.index(parent) if parent in chain else len(chain))

    def _above(self, index: int) -> list[int | None]:
        out: list[int | None] = []
        node: Node | None = self.document.nodes[index]
        while node is not None:
            out.append(node.parent)
            node = self.document.nodes[node.parent] if node.parent is not None else None
        return out

    # --- roles ---------------------------------------------------------------------------------

    def _roles(self, found: DutyFound) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        leads, supports = self._nearest(found, "lead"), self._nearest(found, "support")
        node = found.duty.node
        labelled_lead = [(m, self._origin(x, node)) for x in leads for m in x.lead]
        labelled_support = [(m, self._origin(x, node)) for x in [*leads, *supports] for m in x.support]
        said_lead, said_support = self._said(found.said, self._bearer(found), node)
        lead = _distinct(labelled_lead or said_lead)
        partners = _from(found.said.support, None) if labelled_lead or labelled_support else said_support
        support = _distinct([*labelled_support, *partners], lead)
        return lead, support

    def _bearer(self, found: DutyFound) -> Bearer | None:
        """The nearest heading or introduction that names who bears the duty."""
        for index in found.duty.bearers:
            bearer = self.bearers.get(index)
            if bearer and (bearer.lead or bearer.support):
                return bearer
        return None

    def _said(self, said: Said, bearer: Bearer | None, node: int) -> tuple[list[Link], list[Link]]:
        """Roles by the duty's own words under the heading it stands under (annotation guidelines, 2)."""
        own_lead, partners = _from(said.lead, None), _from(said.support, None)
        if bearer is None or said.opens:
            return own_lead, partners
        origin = None if bearer.node == node else bearer.node
        heads, beside = _from(bearer.lead, origin), _from(bearer.support, origin)
        if not said.joins or said.acts:
            return heads, [*beside, *partners]
        leading = [link for link in partners if not _CANNOT_LEAD.search(link[0].value.text)]  # type: ignore[union-attr]
        others = [link for link in partners if link not in leading]
        if leading:
            return leading, [*heads, *others, *beside]
        if partners:
            return heads, [*beside, *partners]
        return [], [*heads, *beside]


def _distinct_dates(links: Iterable[Link]) -> tuple[Link, ...]:
    """Deadlines without repetition of one meaning."""
    seen: set[str] = set()
    out: list[Link] = []
    for mention, origin in links:
        key = repr(mention.value)
        if key not in seen:
            seen.add(key)
            out.append((mention, origin))
    return tuple(out)


def link(document: Document, findings: Findings) -> tuple[Linked, ...]:
    """Each duty with its agencies, deadlines and deliverables."""
    linker = _Linker(document, findings)
    return tuple(linker.link(found) for found in findings.duties)
