"""A block read for its targets: digits that count nothing masked, and what stands around the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extractor.extractors import deadlines
from extractor.mention import DeadlineValue
from extractor.rulebook import Rulebook

_DIGIT = re.compile(r"[0-9]")
_NEAR = 600  # how far from a part of a block a match may stand that bears on it, in characters
EDGES = " \t\n;,.:-–—"
"""What is cut off the ends of a clause."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's match: where it stands, and what the rule says of it."""

    start: int
    end: int
    rule: str
    facts: Any = field(default_factory=dict)
    groups: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A block with everything read in it; offsets point into the block."""

    text: str
    masked: str
    stated: bool
    rules: Rulebook
    hits: dict[str, list[Hit]]

    def near(self, start: int, end: int) -> Reading:
        """The same block with only the matches that stand near a part of it."""
        if end - start > len(self.text) - 2 * _NEAR:
            return self
        first, last = start - _NEAR, end + _NEAR
        return replace(
            self, hits={k: [h for h in v if first <= h.start <= last] for k, v in self.hits.items()}
        )


def _blank(match: re.Match[str]) -> str:
    if "hide" in match.re.groupindex and match["hide"] is None:
        return match.group()
    start = match.start("hide") - match.start() if "hide" in match.re.groupindex else 0
    return match.group()[:start] + _DIGIT.sub("#", match.group()[start:])


def mask(text: str, rules: Rulebook, stated: bool) -> str:
    """``text`` with "#" for every digit that counts nothing."""
    for rule in rules.rules("TARGET_NOISE"):
        if not (stated and rule.assign.get("stated") is False):
            text = rule.pattern.sub(_blank, text)
    return text


def hits(text: str, masked: str, rules: Rulebook) -> dict[str, list[Hit]]:
    """Every match of the rules that stand around a quantity, by label; dates are read unmasked."""
    labels = ("COMMIT", "REFERS", "PAST", "COMPARATOR", "PER", "CHANGE", "DUE", "CUT")
    found = {
        label: [
            Hit(m.start(), m.end(), rule.id, rule.assign, m.groupdict())
            for rule in rules.rules(f"TARGET_{label}")
            if rule.assign.get("reach") != "deed"
            for m in rule.pattern.finditer(text if label in ("DUE", "PAST") else masked)
        ]
        for label in labels
    }
    found["DUE"] += _deadlines(text, rules)
    return found


def _deadlines(text: str, rules: Rulebook) -> list[Hit]:
    """The dates that the block's deadlines end on."""
    values = ((m, m.value) for m in deadlines.find(text, rules) if isinstance(m.value, DeadlineValue))
    return [
        Hit(m.start, m.end, m.found_by, {"to": v.to}) for m, v in values if v.to and v.kind != "recurring"
    ]


def apart(hits: Sequence[Hit]) -> list[Hit]:
    """The hits in reading order, without those that lie inside another ("cuối năm" in "6 tháng cuối năm")."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept
