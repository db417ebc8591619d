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


def named(
    document: Document, children: Mapping[int | None, Sequence[int]], index: int, rules: Rulebook
) -> list[Mention]:
    """The bearers that a heading names, where it names nothing else; else an empty list."""
    node = document.nodes[index]
    text = document.text_of(node)
    found = agencies.is_agency_heading(text, rules, node.start)
    if found or node.role not in _SHARES or node.kind in ("annex", "part", "upper", "row", "target", "note"):
        return found
    if len(text) > _LONGEST or _STOPPED.search(text) or not among_bearers(document, children, index, rules):
        return []
    return agencies.as_written(text, rules, node.start)


def inline(
    document: Document, children: Mapping[int | None, Sequence[int]], index: int, rules: Rulebook
) -> tuple[list[Mention], int]:
    """The bearers that open a block before a colon ("Ban X: Hướng dẫn …"), and where its duty begins."""
    node = document.nodes[index]
    text = document.text_of(node)
    head, colon, _ = text[:_COLON_WITHIN].partition(":")
    if not colon or agencies.runs_past(text[: _COLON_WITHIN + 80], len(head), rules):
        return [], 0
    found = agencies.is_agency_heading(head, rules, node.start)
    if not found and node.role in _SHARES and among_bearers(document, children, index, rules):
        found = agencies.as_written(head, rules, node.start)
    return found, len(head) + 1


def among_bearers(
    document: Document, children: Mapping[int | None, Sequence[int]], index: int, rules: Rulebook
) -> bool:
    """Whether the headings beside one name bearers."""
    node = document.nodes[index]
    beside = [k for k in children.get(node.parent, ()) if k != index and document.nodes[k].kind == node.kind]
    known = sum(agencies.opens_with_agency(document.text_of(document.nodes[k]), rules) for k in beside)
    fewest = 1 if node.role == "assignment" else 2
    return bool(beside) and known >= max(fewest, _SHARES[node.role] * len(beside))
