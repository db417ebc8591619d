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
_SHARE = 0.4  # of the headings beside it that must name bearers


def named(
    document: Document, children: Mapping[int | None, Sequence[int]], index: int, rules: Rulebook
) -> list[Mention]:
    """The bearers that a heading names, where it names nothing else; else an empty list."""
    node = document.nodes[index]
    text = document.text_of(node)
    found = agencies.is_agency_heading(text, rules, node.start)
    if found or node.role != "assignment" or node.kind in ("annex", "part", "upper", "row", "target", "note"):
        return found
    if len(text) > _LONGEST or _STOPPED.search(text) or not among_bearers(document, children, index, rules):
        return []
    return agencies.as_written(text, rules, node.start)


def among_bearers(
    document: Document, children: Mapping[int | None, Sequence[int]], index: int, rules: Rulebook
) -> bool:
    """Whether the headings beside one name bearers."""
    node = document.nodes[index]
    beside = [k for k in children.get(node.parent, ()) if k != index and document.nodes[k].kind == node.kind]
    if not beside:
        return False
    known = sum(_names(document.text_of(document.nodes[k]), rules) for k in beside)
    return known >= max(1, _SHARE * len(beside))


def _names(text: str, rules: Rulebook) -> bool:
    """Whether a heading, or what stands before a block's colon, names bearers."""
    head = text.partition(":")[0]
    return len(head) <= 300 and bool(agencies.is_agency_heading(head, rules))
