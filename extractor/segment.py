"""Numbering, bullets and table rows to an outline: where each block stands and what its part is for.

Levels follow the order in which a plan uses its markers (Phần, A., I., 1., 1.1., a), -, +), as
Nghị định 30/2020/NĐ-CP (Phụ lục I) lays them out; a marker seen above closes what stands below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import cast

from extractor.document import Block, Column, Document, MarkerKind, Node, Span
from extractor.rulebook import Rulebook
from extractor.tables import Row, TableReader, is_below
from extractor.terms import SectionRole

_RANK = {
    "annex": 0,
    "part": 1,
    "upper": 2,
    "roman": 3,
    "arabic": 4,
    "letter": 8,
    "paren": 9,
    "text": 10,
    "dash": 11,
    "plus": 12,
}
_STAR = _RANK["dash"] - 0.5
_PART_RANK = {"chương": 0.2, "mục": 0.4, "điều": 0.6}  # below "Phần", in this order (Nghị định 30/2020/NĐ-CP)
_MARKERS: tuple[tuple[MarkerKind, re.Pattern[str]], ...] = (
    (
        "part",
        re.compile(
            r"^((?:PHẦN|CHƯƠNG|MỤC|ĐIỀU|Phần|Chương|Mục|Điều)\s+(?:(?:thứ|THỨ)\s+\w+|[IVXLC]+|\d{1,2}))\s?(?:[.:–-]\s?|$)"
        ),
    ),
    ("roman", re.compile(r"^([IVX]{1,6})(?:\s?[.\-–)]\s?|\s?/\s)(?=\S)")),
    ("arabic", re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,3})\s?[.)/:-]?\s(?=\S)")),
    ("arabic", re.compile(r"^(\d{1,2})\s?[./,-]\s?(?=[^\d\s])")),
    ("paren", re.compile(r"^\(?(\d{1,2})\)\s?(?=\S)")),
    ("upper", re.compile(r"^([A-HĐ])\s?[.)/]\s(?=\S)")),
    ("letter", re.compile(r"^([a-zđăâêôơư]\d?)\s?[.)/]\s?(?=\S)")),
    ("dash", re.compile(r"^()[-–•●▪~*]\s?(?=\S)")),
    ("plus", re.compile(r"^()\+\s?(?=\S)")),
)
_ANNEX = re.compile(
    r"^((?:PHỤ LỤC|PHỤ BIỂU|BIỂU MẪU|BIỂU|Phụ lục|Phụ biểu)(?:\s+(?:SỐ|số))?"
    r"(?:\s+(?:[IVXLC]{1,5}|\d{1,2}[A-Za-z]?))?)\s?(?:$|[.:(–-])"
)
_RECIPIENTS = re.compile(r"^\W{0,3}(?:Nơi nhận|NƠI NHẬN|Nơi gửi)\b")
_SIGNATURE = re.compile(r"^(?:(?:TM|KT|TL|TUQ|T/M|K/T)(?:\.\s?|\s)|Q\.\s?)[A-ZĐÀ-Ỹ]{2,}")
_NEW_TITLE = re.compile(r"^(?:KẾ HOẠCH|CHƯƠNG TRÌNH|ĐỀ ÁN|PHƯƠNG ÁN|DANH MỤC|(?:BIỂU |BẢNG )?PHÂN CÔNG)\b")
_ADDRESSEES = re.compile(r"^Kính gửi\b", re.IGNORECASE)
_BODY_START = re.compile(
    r"^(?:Căn cứ|Thực hiện|Triển khai|Để|Theo|Ngày|Xét|Tiếp theo|Qua|Sau khi|Trong thời gian)\b"
)
_STOPPED = re.compile(r"[.;!?…]\W{0,3}$")
_TITLE_LENGTH = 260


def marker_of(text: str) -> tuple[MarkerKind, str, int]:
    """A block's marker: its kind, its number as written, and where the text behind it begins."""
    for kind, pattern in _MARKERS:
        match = pattern.match(text)
        if match:
            return kind, match.group(1), match.end()
    return "text", "", 0


def _depth(number: str) -> int:
    """How deep a group row stands by its number: "A", then "I", then "1", then "1.1"."""
    if any(c.isdigit() for c in number):
        return 1 + number.count(".")
    return -1 if re.fullmatch(r"[A-HĐ]", number) else 0


def _heads_bullets(text: str) -> bool:
    """Whether a starred line stands above the dashes behind it: it ends in a colon ("* Trạm Y tế:")."""
    return text.startswith("*") and text.rstrip().endswith(":")


def _family(kind: MarkerKind, marker: str) -> str:
    """What parts of one level share: "Mục I" and "Mục II" their word, others their kind of marker."""
    return marker.split(" ")[0].casefold() if kind == "part" else kind


def section_role(title: str, rules: Rulebook) -> tuple[SectionRole, bool] | None:
    """What a heading's words say its section is for, and whether it describes the present state."""
    bare = title.strip(" .:*")
    for rule in rules.rules("ROLE"):
        if rule.pattern.search(bare):
            return cast(SectionRole, rule.assign["role"]), bool(rule.assign.get("background"))
    return None


@dataclass(slots=True)
class _Group:
    """An open group row. ``prefixed``: its rows' numbers begin with its own; None before its first row."""

    depth: int
    node: int
    number: str
    prefixed: bool | None = None

    def holds(self, number: str) -> bool:
        """Whether a row with this number still stands in the group."""
        if not number or not any(c.isdigit() for c in self.number):
            return True
        below = is_below(number, self.number)
        if self.prefixed is None:
            self.prefixed = below
        return below or not self.prefixed


@dataclass(slots=True)
class _Outliner:
    """Builds the outline block by block; ``stack`` holds the open nodes' indices, outermost first."""

    document: Document
    rules: Rulebook
    nodes: list[Node] = field(default_factory=list)
    stack: list[int] = field(default_factory=list)
    zone: SectionRole = "header"
    numbered: bool = False
    columns: dict[int, Column] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)
    nested: dict[str, float] = field(default_factory=dict)
    stars: set[int] = field(default_factory=set)

    def outline(self) -> tuple[Node, ...]:
        blocks = self.document.blocks
        self.numbered = any(
            marker_of(self.document.text_of(b))[0] not in ("text", "dash", "plus")
            for b in blocks
            if not b.cells
        )
        numbered_blocks = enumerate(blocks)
        for table, group in groupby(
            numbered_blocks, key=lambda pair: pair[1].table if pair[1].cells else None
        ):
            pairs = list(group)
            if table is None:
                for index, block in pairs:
                    self._paragraph(index, block)
            else:
                self._table([index for index, _ in pairs])
        return tuple(self.nodes)

    # --- paragraphs --------------------------------------------------------------------------

    def _paragraph(self, index: int, block: Block) -> None:
        text = self.document.text_of(block)
        if block.kind == "footnote":
            self._add(index, "note", "", block.start, block.end)
            return
        annex = _ANNEX.match(text)
        if annex and len(text) < _TITLE_LENGTH and (self.zone in ("recipients", "annex") or self.nodes):
            self._annex(index, block, annex.group(1).upper())
            return
        if self._leaves_recipients(text):
            self.zone, self.stack = "header", []
        if _RECIPIENTS.match(text) or (self.zone not in ("header", "annex") and _SIGNATURE.match(text)):
            self.zone, self.stack = "recipients", []
        if self.zone == "recipients":
            self._add(index, "text", "", block.start, block.end)
            return
        self._body(index, block, text)

    def _leaves_recipients(self, text: str) -> bool:
        return self.zone == "recipients" and bool(_NEW_TITLE.match(text)) and len(text) < _TITLE_LENGTH

    def _annex(self, index: int, block: Block, label: str) -> None:
        self.zone, self.stack, self.columns = "annex", [], {}
        self._push(index, "annex", label, block.start + len(label), block.end)

    def _body(self, index: int, block: Block, text: str) -> None:
        kind, marker, offset = marker_of(text)
        if self.zone == "header" and not self._opens_body(kind):
            self._add(index, "text", "", block.start, block.end)
            return
        if kind == "text":
            self._text(index, block, text)
        else:
            self._push(index, kind, marker, block.start + offset, block.end)

    def _text(self, index: int, block: Block, text: str) -> None:
        """A plain paragraph; one that only leads in the bullets behind it stands above them."""
        label = self._gives_a_field(text)
        while self.stack and self.nodes[self.stack[-1]].kind in ("dash", "plus", "" if label else "text"):
            self.stack.pop()
        self._titles_part(text)
        self._add(index, "text", "", block.start, block.end)
        if not label and self._leads_in(index, text):
            self.stack.append(len(self.nodes) - 1)

    def _titles_part(self, text: str) -> None:
        """A line behind "Phần thứ hai" says what the part is for."""
        part = len(self.nodes) - 1
        if part < 0 or self.nodes[part].kind != "part" or self.nodes[part].start < self.nodes[part].end:
            return
        said = section_role(text, self.rules)
        if said:
            self.nodes[part] = replace(self.nodes[part], role="purpose" if said[1] else said[0])

    def _leads_in(self, index: int, text: str) -> bool:
        """Whether bullets follow a line that ends in a colon, or that is too short for a sentence."""
        following = self.document.blocks[index + 1 : index + 2]
        if not following or following[0].cells:
            return False
        bulleted = marker_of(self.document.text_of(following[0]))[0] in ("dash", "plus")
        if not bulleted:
            return False
        return text.endswith(":") or (len(text) <= 120 and not _STOPPED.search(text))

    def _gives_a_field(self, text: str) -> bool:
        """A label with its value behind it ("Thời gian thực hiện: Quý II") leads in nothing."""
        found = (rule.pattern.match(text) for rule in self.rules.rules("LABEL"))
        return any(match and text[match.end() :].strip(" :.") for match in found)

    def _opens_body(self, kind: MarkerKind) -> bool:
        """The letterhead, title and preamble end at the first numbered heading (or first body words)."""
        if self.numbered:
            opens = kind not in ("text", "dash", "plus")
        else:
            seen = any(_BODY_START.match(self.document.text_of(n)) for n in self.nodes)
            opens = seen or (kind in ("dash", "plus") and not self._addressed())
        if opens:
            self.zone = "other"
        return opens

    def _addressed(self) -> bool:
        return bool(self.nodes) and bool(_ADDRESSEES.match(self.document.text_of(self.nodes[-1])))

    # --- the stack ---------------------------------------------------------------------------

    def _rank(self, kind: MarkerKind, marker: str) -> float:
        family = _family(kind, marker)
        usual = _RANK[kind] + (marker.count(".") if kind == "arabic" else _PART_RANK.get(family, 0))
        return self.nested.get(family, usual)

    def _rank_at(self, index: int) -> float:
        node = self.nodes[index]
        return _STAR if index in self.stars else self._rank(node.kind, node.marker)

    def _nest(self, kind: MarkerKind, marker: str) -> None:
        """Parts that open in one that they usually stand above are nested ("A." in "I.", "Mục I" in "B.")."""
        family = _family(kind, marker)
        if family in self.nested or not self.stack:
            return
        above = [self._rank_at(i) for i in self.stack if self.nodes[i].kind in ("part", "upper", "roman")]
        opens = marker == "A" or family in ("mục", "điều")
        usual = self._rank(kind, marker)
        inside = opens and above and usual < above[-1] and above[-1] == min(above)
        self.nested[family] = above[-1] + 0.5 if inside else usual

    def _push(self, index: int, kind: MarkerKind, marker: str, start: int, end: int) -> None:
        if kind in ("part", "upper"):
            self._nest(kind, marker)
        star = _heads_bullets(self.document.text_of(self.document.blocks[index]))
        rank = _STAR if star else self._rank(kind, marker)
        while self.stack and self._rank_at(self.stack[-1]) >= rank:
            self.stack.pop()
        self._add(index, kind, marker, start, end)
        self.stack.append(len(self.nodes) - 1)
        if star:
            self.stars.add(len(self.nodes) - 1)

    def _parent(self, kind: MarkerKind) -> int | None:
        if kind in ("text", "note", "row", "target"):
            return next((i for i in reversed(self.stack) if self.nodes[i].kind not in ("dash", "plus")), None)
        return self.stack[-1] if self.stack else None

    def _path(self, parent: int | None, marker: str) -> str:
        above = self.nodes[parent].path if parent is not None else ""
        if not marker:
            return above
        if "." in marker and parent is not None and marker.startswith(f"{self.nodes[parent].marker}."):
            above = above.removesuffix(self.nodes[parent].marker).rstrip(".")
        return f"{above}.{marker}" if above else marker

    def _role(self, kind: MarkerKind, parent: int | None, title: str) -> SectionRole:
        if self.zone in ("header", "recipients"):
            return self.zone
        inherited: SectionRole = self.nodes[parent].role if parent is not None else self.zone
        if kind in ("text", "note", "dash", "plus", "row", "target") or len(title) > _TITLE_LENGTH:
            return inherited
        said = section_role(title, self.rules)
        if said is None:
            return inherited
        role, background = said
        return "purpose" if background else role

    def _add(
        self, index: int, kind: MarkerKind, marker: str, start: int, end: int, row: Row | None = None
    ) -> None:
        parent = self._parent(kind)
        role = self._role(kind, parent, self.document.text[start:end])
        level = self.nodes[parent].level + 1 if parent is not None else 1
        path = self._path(parent, marker if kind not in ("row", "target") else "")
        when: tuple[tuple[Column, Span], ...] = tuple(("deadline", span) for span in row.when) if row else ()
        fields = (*row.fields.items(), *when) if row else ()
        self.nodes.append(Node(index, start, end, kind, marker, level, parent, path, role, fields))

    # --- tables ------------------------------------------------------------------------------

    def _table(self, indices: list[int]) -> None:
        first = self.document.blocks[indices[0]]
        if any(
            _RECIPIENTS.match(self.document.text_of(c))
            for i in indices
            for c in self.document.blocks[i].cells
        ):
            self.zone, self.stack = "recipients", []
        carried = self.columns if len(first.cells) >= len(self.columns) - 2 else {}
        reader = TableReader(self.document, self.rules, dict(carried))
        rows = list(reader.read(indices))
        if not any(row.kind in ("task", "target", "group") for row in rows):
            self._plain_rows(indices)
            return
        if self.zone in ("header", "recipients"):
            self.zone, self.stack = "annex", []
        self.columns = reader.columns
        base = [i for i in self.stack if self.nodes[i].kind not in ("dash", "plus")]
        self.stack, self.groups, self.rows = list(base), [], []
        for row in rows:
            self._row(row, reader.header)
        self.stack = [i for i in self.stack if i in base]

    def _plain_rows(self, indices: list[int]) -> None:
        for index in indices:
            block = self.document.blocks[index]
            self._add(index, "text", "", block.start, block.end)

    def _row(self, row: Row, header: int | None) -> None:
        block = self.document.blocks[row.block]
        if row.kind == "group" and row.duty:
            self._push_group(row)
        elif row.kind in ("task", "target") and row.duty:
            self._leave_groups(row.number)
            kind: MarkerKind = "row" if row.kind == "task" else "target"
            self._add(row.block, kind, row.number, row.duty.start, row.duty.end, row)
            self.nodes[-1] = replace(self.nodes[-1], header=header)
            if kind == "row":
                self._place_under_row(row.number.rstrip(".) "))
        elif row.kind == "more":
            self._extend(row)
        else:
            self._add(row.block, "note", "", block.start, block.end)

    def _push_group(self, row: Row) -> None:
        """Open a group row; it closes the groups of its own depth and deeper."""
        assert row.duty is not None
        depth = _depth(row.number)
        self._leave_groups(row.number)
        while self.groups and self.groups[-1].depth >= depth:
            self.stack.remove(self.groups.pop().node)
        kind: MarkerKind = "arabic" if row.number[:1].isdigit() else "roman"
        self._add(row.block, kind, row.number, row.duty.start, row.duty.end)
        self.stack.append(len(self.nodes) - 1)
        self.groups.append(_Group(depth, len(self.nodes) - 1, row.number))
        self.rows = []

    def _leave_groups(self, number: str) -> None:
        """Close the groups that a row's number no longer stands below ("2.2" ends "2.1")."""
        while self.groups and not self.groups[-1].holds(number):
            self.stack.remove(self.groups.pop().node)

    def _place_under_row(self, number: str) -> None:
        """Hang the last row below the one whose number begins its own ("1.2" below the task "1")."""
        while self.rows and not is_below(number, self.rows[-1][0]):
            self.rows.pop()
        if self.rows:
            above = self.rows[-1][1]
            level = self.nodes[above].level + 1
            self.nodes[-1] = replace(self.nodes[-1], parent=above, level=level)
        if number:
            self.rows.append((number, len(self.nodes) - 1))

    def _extend(self, row: Row) -> None:
        """Give a row that goes on after a page break to the row above it."""
        last = next((i for i in range(len(self.nodes) - 1, -1, -1) if self.nodes[i].kind == "row"), None)
        if last is None:
            return
        pieces = (*self.nodes[last].pieces, *(s for s in [row.duty] if s))
        fields = (
            *self.nodes[last].fields,
            *((c, s) for c, s in row.fields.items() if c not in ("duty", "number")),
        )
        self.nodes[last] = replace(self.nodes[last], pieces=pieces, fields=fields)


def segment(document: Document, rules: Rulebook) -> Document:
    """``document`` with its outline."""
    return replace(document, nodes=_Outliner(document, rules).outline())
