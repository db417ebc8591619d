"""Reads task tables: which column holds what, which rows are groups, which go on from the row above.

A header row is known by its words, in any order and number of columns; it may stand on two rows and
be repeated after a page break. Merged cells hold for every row that they cover; a row that a dump of
text cut short (fewer cells than the header) takes what is missing from the row above in its group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from extractor.document import Block, Cell, Column, Document, Span
from extractor.rulebook import Rulebook

_NUMBER = re.compile(
    r"^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,3}(?:\.\d{1,3}){0,4}|[a-zđ]|[\w.]{1,4}_?[\w.]{0,14}\d)\s?[.)]?$"
)
_INLINE_NUMBER = re.compile(r"^([IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2}){0,3})\s?[.)]\s+(?=\S)")
_GROUP_NUMBER = re.compile(r"^(?:[IVXLC]{1,6}|[A-ZĐ])\s?[.)]?$")
_COLUMN_COUNT = re.compile(r"^\(?\d{1,2}\)?$")
_SEPARATORS = frozenset("._-/")
_MAX_HEAD = 60
_ENDED = re.compile(r"[.;:!?]$")
# a column for a stretch of time, with a mark in the rows that it holds for
_SLOT = re.compile(
    r"^(?:(?:tháng|quý|T|Q)\.?\s?(?:\d{1,2}|[IV]{1,3})(?:\s?/\s?20\d\d)?|(?:năm\s)?20\d\d)$", re.IGNORECASE
)
_MARK = re.compile(r"^[xX×✓✔√☑■●•*+]$")
_STARTS = re.compile(r"bắt đầu|khởi công|^từ\b", re.IGNORECASE)
_ENDS = re.compile(r"kết thúc|hoàn thành|^đến\b", re.IGNORECASE)
_INHERITED: tuple[Column, ...] = ("lead", "support", "deadline", "deliverable")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: ``kind`` header, group (a heading), task, target, or more (goes on above).

    ``when``: stretches of time that no cell of its own states alone: heads of marked columns ("Quý II"), or
    the cells of a start and an end.
    """

    block: int
    kind: str
    number: str
    duty: Span | None
    fields: dict[Column, Span] = field(default_factory=dict)
    when: tuple[Span, ...] = ()


def classify(text: str, rules: Rulebook) -> Column | None:
    """The column that a header cell's words name, or None."""
    if not text or len(text) > 90:
        return None
    for rule in rules.rules("COLUMN"):
        if rule.pattern.search(text):
            return cast(Column, rule.assign["column"])
    return None


def header_columns(document: Document, block: Block, rules: Rulebook) -> dict[int, Column]:
    """What each column holds, by its index; empty where the row is no header."""
    found: dict[int, Column] = {}
    for cell in block.cells:
        text = document.text_of(cell)
        column = classify(text, rules) or ("other" if _SLOT.match(text) else None)
        if column:
            found[cell.column] = column
    filled = sum(c.start < c.end for c in block.cells)
    named = {c for c in found.values() if c not in ("number", "other", "unit")}
    is_header = len(found) >= max(2, filled * 0.6) and bool(named & {"duty", "target"} or len(named) >= 2)
    return found if is_header else {}


def _settle(columns: dict[int, Column]) -> dict[int, Column]:
    """One column of each kind: the first duty column leads, a second target column is "other"."""
    seen: set[Column] = set()
    out: dict[int, Column] = {}
    for index in sorted(columns):
        column = columns[index]
        if column in seen and column in ("duty", "target", "number", "deadline"):
            column = "other"
        seen.add(column)
        out[index] = column
    if "duty" not in seen and "target" not in seen:
        return {}
    return out


def is_below(number: str, above: str) -> bool:
    """Whether a row's number or code stands below another ("2.1" below "2", "N01-3" below "N01")."""
    return bool(above) and number.startswith(above) and number[len(above) : len(above) + 1] in _SEPARATORS


class TableReader:
    """Reads the rows of one table, in order."""

    def __init__(self, document: Document, rules: Rulebook, columns: dict[int, Column] | None = None) -> None:
        self.document = document
        self.rules = rules
        self.columns: dict[int, Column] = columns or {}
        self.width = max(self.columns, default=-1) + 1
        self.above: dict[Column, Span] = {}
        self.open_header: Block | None = None
        self.duty: str = ""
        self.following: Sequence[int] = ()
        self.at = 0
        self.header: int | None = None
        self.slots: dict[int, Span] = {}
        self.ends: tuple[int, int] | None = None

    def read(self, indices: Sequence[int]) -> Iterator[Row]:
        """The rows of the blocks at ``indices``; rows before the first header are kind "other"."""
        for at, index in enumerate(indices):
            self.at = index
            self.following = indices[at + 1 : at + 2]
            yield self._row(index, self.document.blocks[index])

    def _row(self, index: int, block: Block) -> Row:
        header = self._as_header(block)
        if header is not None:
            return Row(index, "header", "", None)
        if not self.columns:
            return Row(index, "other", "", None)
        return self._body(index, block)

    def _as_header(self, block: Block) -> Block | None:
        if self.open_header is not None and self._second_header(block):
            return block
        found = header_columns(self.document, block, self.rules)
        if found and (_settle(found) or self.columns):
            settled = _settle(found)
            if settled:
                self.columns = settled
                self.width = max(c.column + c.columns for c in block.cells)
                self.open_header = block
                self.header = self.at
                self.slots, self.ends = {}, None
                self._time_columns(block)
            return block
        self.open_header = None
        return None

    def _second_header(self, block: Block) -> bool:
        """A header's second line: the columns under a wide head cell, or their count "(1) (2) …"."""
        texts = [(c, self.document.text_of(c)) for c in block.cells if c.start < c.end]
        if texts and all(_COLUMN_COUNT.match(t) for _, t in texts) and len(texts) >= 3:
            return True
        if len(texts) > 1 and all(_SLOT.match(t) for _, t in texts):
            self.columns |= {c.column: "other" for c, _ in texts}
            self._time_columns(block)
            return True
        wide = self._wide_heads()
        if not wide or not texts or not all(c.column in wide and len(t) <= _MAX_HEAD for c, t in texts):
            return False
        kinds = {c.column: classify(t, self.rules) for c, t in texts}
        if not any(kinds.values()):
            return False
        for column, kind in kinds.items():
            self.columns[column] = kind or "other"
        self._time_columns(block)
        return True

    def _time_columns(self, block: Block) -> None:
        """Note which columns stand for a stretch of time, and which two for its start and its end."""
        texts = {c.column: self.document.text_of(c) for c in block.cells}
        self.slots |= {c.column: Span(c.start, c.end) for c in block.cells if _SLOT.match(texts[c.column])}
        dates = [i for i, t in texts.items() if classify(t, self.rules) == "deadline"]
        if len(dates) == 2 and _STARTS.search(texts[dates[0]]) and _ENDS.search(texts[dates[1]]):
            self.ends = dates[0], dates[1]

    def _wide_heads(self) -> set[int]:
        """The columns under the head cells that span several."""
        cells = self.open_header.cells if self.open_header else ()
        return {c.column + i for c in cells if c.columns > 1 for i in range(c.columns)}

    # --- body rows ---------------------------------------------------------------------------

    def _body(self, index: int, block: Block) -> Row:
        cells = self._aligned(block)
        spans = {c: Span(cell.start, cell.end) for c, cell in cells.items() if cell.start < cell.end}
        main: Column = "duty" if "duty" in self.columns.values() else "target"
        number = self._text(spans.get("number"))
        duty = spans.get(main)
        if self._is_group(block, spans, number, duty, main):
            self.above = {}
            return self._group(index, spans, number, duty)
        if self._goes_on(block, number, duty, spans):
            return Row(index, "more", "", duty, spans)
        if duty is None:
            return Row(index, "other", number, None)
        fields = self._filled(block, cells, spans)
        when = self._from_to(block) or self._marked(block)
        if when:
            fields.pop("deadline", None)
        self.above = {k: v for k, v in fields.items() if k in _INHERITED}
        self.duty = self._text(duty)
        return Row(index, "task" if main == "duty" else "target", number, duty, fields, when)

    def _from_to(self, block: Block) -> tuple[Span, ...]:
        """The cells of a start and an end as one stretch; none where one of them is empty."""
        pair = [c for c in block.cells if self.ends and c.column in self.ends and c.start < c.end]
        return (Span(pair[0].start, pair[1].end),) if len(pair) == 2 else ()

    def _marked(self, block: Block) -> tuple[Span, ...]:
        """The heads of the marked columns; those side by side are one stretch."""
        marked = [c.column for c in block.cells if c.column in self.slots and self._is_mark(c)]
        runs: list[tuple[int, int]] = []
        for column in marked:
            start = runs.pop()[0] if runs and runs[-1][1] == column - 1 else column
            runs.append((start, column))
        return tuple(Span(self.slots[a].start, self.slots[b].end) for a, b in runs)

    def _is_mark(self, cell: Cell) -> bool:
        return _MARK.match(self.document.text_of(cell).strip()) is not None

    def _text(self, span: Span | None) -> str:
        return self.document.text_of(span) if span else ""

    def _aligned(self, block: Block) -> dict[Column, Cell]:
        """The row's cells by what their columns hold; a cut row without its number is shifted."""
        cells = list(block.cells)
        cut = len(cells) < len(self.columns) and block.cells[-1].column < self.width - 1
        first = self.document.text_of(cells[0]) if cells else ""
        if cut and self.columns.get(0) == "number" and first and not _NUMBER.match(first):
            cells = [replace(c, column=c.column + 1) for c in cells]
        out: dict[Column, Cell] = {}
        for cell in cells:
            column = self._column_of(cell)
            if column and column not in out:
                out[column] = cell
        return out

    def _column_of(self, cell: Cell) -> Column | None:
        """The column a cell stands in; a cell that spans several belongs to the first known one."""
        for index in range(cell.column, cell.column + max(1, cell.columns)):
            if index in self.columns:
                return self.columns[index]
        return None

    def _is_group(
        self, block: Block, spans: dict[Column, Span], number: str, duty: Span | None, main: Column
    ) -> bool:
        if any(c in spans for c in _INHERITED if c != main):
            return False
        if any(cell.merged for cell in block.cells) and not _GROUP_NUMBER.match(number):
            return False
        text = self._text(duty) or number
        if not text or len(text) > 400 or not (duty or len(number) > 8 or _INLINE_NUMBER.match(text)):
            return False
        wide = any(c.columns > 2 for c in block.cells)
        empty_rest = sum(c.start < c.end for c in block.cells) <= 2
        unnumbered = not number and len(block.cells) <= 2 < len(self.columns)
        opens = _GROUP_NUMBER.match(number) or _INLINE_NUMBER.match(text) or self._is_opened_by_next(number)
        return bool(wide or unnumbered or opens) and empty_rest

    def _is_opened_by_next(self, number: str) -> bool:
        """Whether the next row's number stands below this one ("2" before "2.1", or before a new "1")."""
        if not number or not self.following:
            return False
        below = self._text(self._number_of(self.document.blocks[self.following[0]]))
        own = number.rstrip(". )")
        return is_below(below, own) or (below.rstrip(". )") in ("1", "a", "-") and own not in ("", "1", "a"))

    def _number_of(self, block: Block) -> Span | None:
        cell = self._aligned(block).get("number")
        return Span(cell.start, cell.end) if cell else None

    def _group(self, index: int, spans: dict[Column, Span], number: str, duty: Span | None) -> Row:
        title = duty or spans.get("number")
        text = self._text(title)
        inline = _INLINE_NUMBER.match(text)
        if inline and title and (not number or title == spans.get("number")):
            return Row(index, "group", inline.group(1), Span(title.start + inline.end(), title.end))
        return Row(index, "group", number.rstrip(".) ") if duty else "", title)

    def _goes_on(self, block: Block, number: str, duty: Span | None, spans: dict[Column, Span]) -> bool:
        """A row that only ends what the row above began: no number, and no duty or half a sentence."""
        if number or not self.duty or not spans:
            return False
        if duty is None:
            return not any(cell.merged for cell in block.cells)
        text = self._text(duty)
        return text[:1].islower() and not _ENDED.search(self.duty)

    def _filled(
        self, block: Block, cells: dict[Column, Cell], spans: dict[Column, Span]
    ) -> dict[Column, Span]:
        """The row's fields with those of merged (or cut off) cells taken from the row above."""
        out = {c: s for c, s in spans.items() if c not in ("number", "duty")}
        last = max((c.column + c.columns for c in block.cells), default=0)
        for column in _INHERITED:
            if column in out or column not in self.above:
                continue
            cell = cells.get(column)
            cut = cell is None and self._index_of(column) >= last
            # a dump of text shows a merged cell as an empty one; a duty is seldom left without its bearer
            dumped = cell is not None and self.document.source.loader == "text"
            cut |= dumped and (column == "lead" or (column == "deadline" and self._leads_duty(column)))
            if cut or (cell is not None and cell.merged):
                out[column] = self.above[column]
        return out

    def _leads_duty(self, column: Column) -> bool:
        """Whether a column stands before the duties: what it says groups them."""
        return -1 < self._index_of(column) < self._index_of("duty")

    def _index_of(self, column: Column) -> int:
        return next((i for i, c in self.columns.items() if c == column), -1)
