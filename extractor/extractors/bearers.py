"""Who a heading says bears what stands below it.

A heading is known for a bearer's name by the vocabulary; a name that no list has is known by the company it
keeps: among headings that name bearers ("1. Ban Giám hiệu", "2. Tổ Văn phòng") a short one without a verb
names one too ("3. Giáo viên chủ nhiệm").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractor.document import Document
from extractor.extractors import agencies
from extractor.mention import Mention
from extractor.rulebook import Rulebook

_STOPPED = re.compile(r"[.;!?…]\W{0,3}$")
_LONGEST = 120
_COLON_WITHIN = 250
_SHARES = {"assignment": 0.4, "other": 0.6, "tasks": 0.6}  # of the headings beside it that must name bearers


class Bearers:
    """Reads the bearers of one document; what a heading's company shows is counted once for all of it."""

    def __init__(
        self, document: Document, children: Mapping[int | None, Sequence[int]], rules: Rulebook
    ) -> None:
        self._document, self._children, self._rules = document, children, rules
        self._companies: dict[tuple[int | None, str], tuple[Mapping[int, bool], int]] = {}

    def named(self, index: int) -> list[Mention]:
        """The bearers that a heading names, where it names nothing else; else an empty list."""
        node = self._document.nodes[index]
        text = self._document.text_of(node)
        found = agencies.is_agency_heading(text, self._rules, node.start)
        other = node.role not in _SHARES or node.kind in ("annex", "part", "upper", "row", "target", "note")
        if found or other:
            return found
        says_more = ":" in text.rstrip(" :")
        if len(text) > _LONGEST or says_more or _STOPPED.search(text) or not self.among_bearers(index):
            return []
        return agencies.as_written(text, self._rules, node.start)

    def inline(self, index: int) -> tuple[list[Mention], int]:
        """The bearers that open a block before a colon ("Ban X: Hướng dẫn …"), and where its duty begins."""
        node = self._document.nodes[index]
        text = self._document.text_of(node)
        head, colon, _ = text[:_COLON_WITHIN].partition(":")
        if not colon or agencies.runs_past(text[: _COLON_WITHIN + 80], len(head), self._rules):
            return [], 0
        found = agencies.is_agency_heading(head, self._rules, node.start)
        if not found and node.role in _SHARES and self.among_bearers(index):
            found = agencies.as_written(head, self._rules, node.start)
        return found, len(head) + 1

    def among_bearers(self, index: int) -> bool:
        """Whether the headings beside one name bearers."""
        node = self._document.nodes[index]
        company, known = self._company(node.parent, node.kind)
        beside, known = len(company) - 1, known - company[index]
        fewest = 1 if node.role == "assignment" else 2
        return beside > 0 and known >= max(fewest, _SHARES[node.role] * beside)

    def _company(self, parent: int | None, kind: str) -> tuple[Mapping[int, bool], int]:
        """The nodes of a kind under one parent, each with whether a bearer's name opens it; how many do."""
        if (parent, kind) not in self._companies:
            nodes = self._document.nodes
            company = {
                k: agencies.opens_with_agency(self._document.text_of(nodes[k]), self._rules)
                for k in self._children.get(parent, ())
                if nodes[k].kind == kind
            }
            self._companies[parent, kind] = company, sum(company.values())
        return self._companies[parent, kind]
