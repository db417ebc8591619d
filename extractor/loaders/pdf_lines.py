"""Characters to lines: by position, whatever their order in the file; raised digits stay attached."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from extractor.document import BBox
from extractor.loaders.pdf_chars import Glyph
from extractor.loaders.pdf_frame import union

_SAME_BASE = 1.6
_WIDE_GAP = 1.5
_WORD_GAP = 0.13
_TAB_GAP = 0.6
_HAIR_GAP = 0.04
_LEAST_SIZE = 0.01  # points: a damaged page may say 0
_SMALL = 0.85
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_REACH = 24
_MAX_FILL = 12
_BLANK_BEFORE_CODE = re.compile(r"(?<=\d) (?=/[A-ZĐ]{1,8}-)")
_LEADERS = frozenset(".…_·")


@dataclass(frozen=True)
class Line:
    """Characters on one baseline, from left to right; never empty."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def box(self) -> BBox:
        """The box around the line."""
        return union([g.box for g in self.glyphs])

    @cached_property
    def size(self) -> float:
        """The font size that most characters have, in points."""
        return _usual([g.size for g in self.glyphs])

    @cached_property
    def base(self) -> float:
        """The baseline's y."""
        return _usual([g.base for g in self.glyphs])

    @cached_property
    def text(self) -> str:
        """The line's words, single spaces between; a number stamped into its blank joins its code."""
        first, *rest = self.glyphs
        parts, previous = [first.text], first
        for glyph in rest:
            if _is_apart(previous, glyph):
                parts.append(" ")
            parts.append(glyph.text)
            previous = glyph
        return _BLANK_BEFORE_CODE.sub("", "".join(parts))

    @cached_property
    def bold(self) -> bool:
        """Whether most of the line is set in bold."""
        return 2 * sum(g.bold for g in self.glyphs) > len(self.glyphs)

    def gaps(self, wide: float) -> list[int]:
        """Indices of characters before which a space of at least ``wide`` font sizes stands."""
        reach, found = self.glyphs[0].x1, []
        for index, glyph in enumerate(self.glyphs):
            if index and glyph.x0 - reach >= wide * self.size:
                found.append(index)
            reach = max(reach, glyph.x1)
        return found

    def split(self, at: Iterable[int]) -> list[Line]:
        """The line cut before the characters at some indices."""
        cuts = [0, *at, len(self.glyphs)]
        return [Line(self.glyphs[a:b]) for a, b in pairwise(cuts) if a < b]


def _usual(values: list[float]) -> float:
    """The most frequent value, to a tenth."""
    if len(set(values)) == 1:
        return round(values[0], 1)
    return Counter(round(value, 1) for value in values).most_common(1)[0][0]


def _is_apart(left: Glyph, right: Glyph) -> bool:
    gap = (right.x0 - left.x1) / max(min(left.size, right.size), _LEAST_SIZE)
    if right.order == left.order + 1:
        return right.spaced == 2 or gap > (_WORD_GAP if right.spaced else _TAB_GAP)
    return gap > (-_WORD_GAP if left.closed else _HAIR_GAP if right.spaced == 2 else _WORD_GAP)


def line_of(glyphs: Iterable[Glyph]) -> Line:
    """A line from characters in any order."""
    return Line(tuple(sorted(glyphs, key=lambda g: (g.x0, g.order))))


def make_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines from top to bottom; small raised or lowered runs and filled-in blanks join their line."""
    bands = _bands(glyphs)
    lines = [run for band in bands for run in band.split(band.gaps(_WIDE_GAP))]
    lines.sort(key=lambda line: (line.base, line.box[0]))
    return sorted(_rejoined(_attached(lines)), key=lambda line: (line.base, line.box[0]))


def _bands(glyphs: Sequence[Glyph]) -> list[Line]:
    bands: list[list[Glyph]] = []
    last = float("-inf")
    for glyph in sorted(glyphs, key=lambda g: g.base):
        if glyph.base - last > _SAME_BASE:
            bands.append([])
        bands[-1].append(glyph)
        last = glyph.base
    return [line_of(_once(band)) for band in bands]


def _once(band: list[Glyph]) -> list[Glyph]:
    """Characters without those printed a second time over themselves to look bold."""
    kept: list[Glyph] = []
    for glyph in sorted(band, key=lambda g: (g.x0, g.order)):
        twins = (k for k in kept[-2:] if k.text == glyph.text)
        if not any(abs(k.x0 - glyph.x0) < 0.08 * glyph.size for k in twins):
            kept.append(glyph)
    return kept


def _attached(runs: list[Line]) -> list[Line]:
    """Runs, each small or displaced one merged into the run or the blank that it belongs to."""
    kept: dict[int, Line] = dict(enumerate(runs))
    for index, run in sorted(enumerate(runs), key=lambda item: len(item[1].glyphs)):
        for other in _near(runs, index):
            host = kept.get(other)
            if host is None or len(host.glyphs) < len(run.glyphs):
                continue
            joined = _join(kept[index], host)
            if joined is not None:
                kept[other] = joined
                del kept[index]
                break
    return list(kept.values())


def _near(runs: list[Line], index: int) -> Iterable[int]:
    """Runs on other baselines close to a run's, nearest in the list first."""
    run = runs[index]
    for step in (-1, 1):
        for at in range(index + step, index + step * _REACH, step):
            if not 0 <= at < len(runs) or abs(runs[at].base - run.base) > max(runs[at].size, run.size):
                break
            if runs[at].base != run.base:
                yield at


def _join(run: Line, host: Line) -> Line | None:
    """``host`` with ``run`` in it, if the run is raised, lowered, or slightly off its baseline."""
    lift, size = host.base - run.base, host.size
    if not _touches(run, host):
        return None
    if run.size < _SMALL * size and 0.12 * size <= lift <= 0.7 * size:
        return line_of([*host.glyphs, *(g._replace(text=g.text.translate(_RAISED)) for g in run.glyphs)])
    if abs(lift) <= 0.3 * size:
        return line_of([*host.glyphs, *(g._replace(base=host.base) for g in run.glyphs)])
    return None


def _touches(run: Line, host: Line) -> bool:
    """Whether a run stands free between, or close behind or before, a host's characters."""
    x0, _, x1, _ = run.box
    if any(g.x0 < x1 - 0.3 * g.size and g.x1 > x0 + 0.3 * g.size for g in host.glyphs):
        return False
    return any(-0.4 * host.size <= x0 - g.x1 <= 0.5 * host.size for g in host.glyphs) or any(
        -0.4 * host.size <= g.x0 - x1 <= 0.5 * host.size for g in host.glyphs
    )


def _rejoined(runs: list[Line]) -> list[Line]:
    """Runs back to whole lines: same baseline, or a run that fills a blank within a line."""
    rows: list[list[Line]] = []
    for run in runs:
        row = rows[-1] if rows else None
        if row is not None and abs(run.base - row[0].base) <= _SAME_BASE:
            row.append(run)
        else:
            rows.append([run])
    lines = [line_of(g for run in row for g in run.glyphs) for row in rows]
    return _filled(lines)


def _filled(lines: list[Line]) -> list[Line]:
    """Lines, with each short one that fits into a blank of its neighbour put there."""
    result: list[Line] = []
    for line in lines:
        for at in (len(result) - 1, len(result) - 2):
            joined = _fill(result[at], line) if at >= 0 else None
            if joined is not None:
                result[at] = joined
                break
        else:
            result.append(line)
    return result


def _fill(one: Line, two: Line) -> Line | None:
    """The longer line with the shorter in its blanks (a number stamped into "Số:   /KH-UBND")."""
    short, long = sorted((one, two), key=lambda line: len(line.glyphs))
    if abs(short.base - long.base) > 0.5 * max(short.size, long.size) or len(short.glyphs) > _MAX_FILL:
        return None
    glyphs = list(long.glyphs)
    for part in short.split(short.gaps(_WIDE_GAP)):
        glyphs = _put(part, [g for g in glyphs if not _is_leader_under(g, part)])
        if not glyphs:
            return None
    return line_of(glyphs)


def _is_leader_under(glyph: Glyph, part: Line) -> bool:
    return glyph.text in _LEADERS and part.box[0] - 1 < glyph.x0 and glyph.x1 < part.box[2] + 1


def _put(part: Line, glyphs: list[Glyph]) -> list[Glyph]:
    """The characters with a part in the blank where it stands; empty where there is no blank."""
    x0, _, x1, _ = part.box
    left = [g for g in glyphs if g.x1 <= x0 + 0.3 * g.size]
    right = [g for g in glyphs if g.x0 >= x1 - 0.3 * g.size]
    if not left or not right or len(left) + len(right) != len(glyphs):
        return []
    return [*left, *(g._replace(base=right[0].base) for g in part.glyphs), *right]


def turned_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines of the characters that are turned against the page, in the turned coordinates."""
    return [
        line for turn in (1, 3, 2) for line in make_lines([_upright(g) for g in glyphs if g.turn == turn])
    ]


def _upright(glyph: Glyph) -> Glyph:
    """A turned character as its reader sees it who turns the page."""
    x0, top, x1, bottom = glyph.box
    if glyph.turn == 1:
        x0, top, x1, bottom = -bottom, x0, -top, x1
    elif glyph.turn == 3:
        x0, top, x1, bottom = top, -x1, bottom, -x0
    else:
        x0, top, x1, bottom = -x1, -bottom, -x0, -top
    return glyph._replace(x0=x0, top=top, x1=x1, bottom=bottom, base=bottom - 0.2 * glyph.size, turn=0)
