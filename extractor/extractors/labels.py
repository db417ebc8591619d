"""Finds the labels of a block: words that name a field and end in a colon ("Đơn vị chủ trì: …")."""

from __future__ import annotations

import re
from typing import cast

from extractor.document import Span
from extractor.mention import LabelField
from extractor.rulebook import Rulebook


def label_cuts(text: str, rules: Rulebook) -> list[tuple[int, int, LabelField, str]]:
    """Where labels begin in a block: (start, value's start, field, rule), in order.

    A label stands at the block's start, or behind a stop, a bracket or a dash inside it.
    """
    found: dict[int, tuple[int, int, LabelField, str]] = {}
    starts = [0] + [m.end() for m in re.finditer(r"[.;,(]\s?[-–+*•]?\s?|\s[-–+]\s", text)]
    for start in starts:
        if ":" not in text[start : start + 80] and start:
            continue
        for rule in rules.rules("LABEL"):
            match = rule.pattern.match(text, start)
            if match and (start == 0 or ":" in match.group(0)):
                known = found.get(start)
                if not known or match.end() > known[1]:
                    found[start] = (start, match.end(), cast(LabelField, rule.assign["field"]), rule.id)
    return [found[k] for k in sorted(found)]


def trimmed(text: str, start: int, end: int, offset: int) -> tuple[Span, ...]:
    """The value between two labels, without the stops and dashes around it; none where it is empty."""
    while start < end and text[start] in " -–+:(\t":
        start += 1
    while end > start and text[end - 1] in " ;,.(-–\t":
        end -= 1
    return (Span(offset + start, offset + end),) if start < end else ()
