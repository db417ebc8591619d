"""Cuts a block into clauses: at ";" and at the end of a sentence, outside brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BREAK = re.compile(r"[();]|[.!?…](?=\s)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a block that ends at ";" or with its sentence; ``sentence`` is where that begins."""

    start: int
    end: int
    sentence: int


def clauses(text: str) -> Iterator[Clause]:
    """The parts between ";" and the ends of sentences, outside brackets."""
    depth, start, sentence = 0, 0, 0
    for match in _BREAK.finditer(text):
        mark = match.group()
        if mark in "()":
            depth = max(0, depth + (1 if mark == "(" else -1))
        elif mark == ";" and depth == 0:
            yield Clause(start, match.start(), sentence)
            start = match.end()
        elif mark != ";" and _ends_sentence(text, match.start()):
            yield Clause(start, match.start(), sentence)
            start = sentence = match.end()
            depth = 0
    yield Clause(start, len(text), sentence)


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the stop at ``at`` ends a sentence; "TP. X" and "1. Y" are none."""
    before, after = text[at - 1 : at], text[at + 1 :].lstrip()[:1]
    return not before.isupper() and at > 4 and (after.isupper() or after.isdigit())
