"""Web pages (.html, .xhtml): what a reader of the page sees, in reading order. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from extractor.characters import composed
from extractor.document import Content, Notice, RawBlock
from extractor.errors import UnreadableError
from extractor.loaders.docx_tables import is_layout
from extractor.loaders.html_charset import decode
from extractor.loaders.html_css import Style, Stylesheet
from extractor.loaders.html_flow import Flow, superscript
from extractor.loaders.html_furniture import LANDMARKS, furniture, text_of
from extractor.loaders.html_lists import ItemList
from extractor.loaders.html_refs import refers_outside
from extractor.loaders.html_tables import MAX_CELLS, MAX_COLUMNS, Grid, GridCell, Rows
from extractor.loaders.html_tree import MAX_DEPTH, Node, Tree, names, parse

MAX_BYTES = 24 * 1024 * 1024
"""Bytes beyond which a page is not read: as much as takes some ten seconds and half a gigabyte."""

_MAX_NESTING = 50  # tables in tables; each costs a handful of Python frames
_SILENT = names(
    "head title script style template noscript iframe frame object embed applet select option optgroup"
    " textarea input button datalist progress meter audio video canvas map picture img meta link base"
    " rt rp desc metadata annotation annotation-xml noframes xml del"
)
_BLOCKS = names(
    "html body p div h1 h2 h3 h4 h5 h6 li ol ul menu dir dl dt dd blockquote pre center address article"
    " section main header footer nav aside figure figcaption details summary fieldset legend form hgroup"
    " caption"
    " table thead tbody tfoot tr td th listing xmp frameset dialog search"
)
_LISTS = names("ol ul menu dir")
_HOLDERS = ("iframe", "object", "embed", "frame")
_BULLETS = frozenset("·o§Øüvq•●▪■□➢✓")
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|\*{1,3})[\])]?")
_NOTE_BOX = re.compile(r"(?:sd)?(?:footnote|endnote|ftn|edn|fn)[-_:]?\d{1,4}")

_NOTICES = {
    "W_DEPTH_LIMIT": f"the page nests over {MAX_DEPTH} elements, or {_MAX_NESTING} tables, in one another; "
    "what stands deeper was read without its layout",
    "W_HIDDEN_TEXT": "the page has hidden text; it was left out",
    "W_TRACKED_CHANGES": "the page has text that is marked as deleted; it was left out",
    "W_SPAN_CAP": f"a table cell spans an impossible number of rows or columns; tables were read as of "
    f"at most {MAX_COLUMNS} columns and {MAX_CELLS} cells",
    "W_LEGACY_ENCODING": "text in an old Vietnamese font (TCVN3 or VNI) was converted to Unicode",
    "W_PAGE_FURNITURE": "menus and other parts of the website around the plan were left out",
    "W_EXTERNAL_REF": "the page points to pictures, styles or pages outside itself; they were not fetched",
    "W_EMBEDDED_NOT_READ": "a document embedded in the page was not read; paste its text into the page",
    "W_NEEDS_OCR": "the page holds a picture and no text; it must be read by OCR",
    "W_NO_TEXT": "the page holds no text",
}


def read(data: bytes) -> Content:
    """Read a web page: paragraphs, list items and table rows in reading order.

    Raises :class:`UnreadableError` (E_TOO_LARGE, E_XML_BOMB).
    """
    return read_page(data)


def read_page(data: bytes, charset: str | None = None, own: Collection[str] = ()) -> Content:
    """Read a page that came in a mail, which states its ``charset`` and brings the addresses ``own`` along.

    Raises :class:`UnreadableError` (E_TOO_LARGE, E_XML_BOMB).
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError("E_TOO_LARGE", "the page is larger than 24 MB; save it without its pictures")
    decoded = decode(data, charset)
    tree = parse(decoded.text)
    reader = _Reader(tree.root)
    blocks = _renumbered(reader.story(tree.root, Style(font=decoded.font)))
    codes = dict.fromkeys([*_seen_in(tree, own, bool(blocks)), *sorted(reader.notices)])
    return Content(tuple(blocks), (*decoded.notices, *(Notice(code, _NOTICES[code]) for code in codes)))


def _seen_in(tree: Tree, own: Collection[str], text: bool) -> Iterator[str]:
    """The codes of what only the page as a whole shows."""
    if tree.cut:
        yield "W_DEPTH_LIMIT"
    if refers_outside(tree.root, own):
        yield "W_EXTERNAL_REF"
    if any(_embeds(node) for node in tree.root.nodes() if node.tag in _HOLDERS):
        yield "W_EMBEDDED_NOT_READ"
    if not text:
        pictures = any(node.tag in ("img", "svg", "v:imagedata") for node in tree.root.nodes())
        yield "W_NEEDS_OCR" if pictures else "W_NO_TEXT"


def _embeds(holder: Node) -> bool:
    inside = (holder.attrs.get(name) or "" for name in ("src", "data"))
    return bool((holder.attrs.get("srcdoc") or "").strip()) or any(
        a.strip()[:5].lower() == "data:" for a in inside
    )


def _renumbered(blocks: list[RawBlock]) -> list[RawBlock]:
    """The tables counted from 0 without holes: those for layout and inside others got a number too."""
    used = dict.fromkeys(block.table for block in blocks if block.table is not None)
    numbers = {table: number for number, table in enumerate(used)}
    return [b if b.table is None else replace(b, table=numbers[b.table]) for b in blocks]


@dataclass(slots=True)
class _Open:
    """An element that is being read: what is left of it, its look, and what to do behind it."""

    rest: Iterator[Node | str]
    style: Style
    leave: Callable[[], None] | None = None


class _Reader:
    """Walks one page once; its lists, notes and tables are counted on the way."""

    def __init__(self, root: Node) -> None:
        self._css = Stylesheet(node.text() for node in root.nodes() if node.tag == "style")
        apart = furniture(root, _SILENT)
        self._apart = {id(node) for node in apart}
        self._cited, self._notes = _note_links(root)
        self._lists: list[tuple[ItemList, str]] = []
        self._tables = self._nesting = 0
        self.notices: set[str] = {"W_PAGE_FURNITURE"} if apart else set()

    def story(self, root: Node, style: Style) -> list[RawBlock]:
        """The blocks of the page or of a cell."""
        flow = Flow()
        stack = [_Open(iter(root.children), style)]
        while stack:
            top = stack[-1]
            for child in top.rest:
                if isinstance(child, str):
                    self._text(flow, child, top.style)
                elif opened := self._enter(flow, child, top.style):
                    stack.append(opened)
                    break
            else:
                stack.pop()
                if top.leave:
                    top.leave()
        flow.end()
        if flow.legacy:
            self.notices.add("W_LEGACY_ENCODING")
        return flow.blocks

    def _text(self, flow: Flow, text: str, style: Style) -> None:
        if not style.hidden:
            flow.add(text, style)
        elif text.strip():
            self.notices.add("W_HIDDEN_TEXT")

    # --- elements ---

    def _enter(self, flow: Flow, node: Node, around: Style) -> _Open | None:
        """Read an element that is read at once, or open it."""
        if self._is_silent(node):
            return None
        style = self._css.style(node, around)
        if self._is_gone(node, style):
            return None
        if node.tag in ("br", "hr"):
            return self._break(flow, node)
        if node.tag == "a" and self._anchor(flow, node):
            return None
        if style.word == "ignore":
            flow.add(f"{_bullet(node, style)} ", replace(style, font=""))
            return None
        if node.tag == "table" and self._nesting < _MAX_NESTING:
            flow.end()
            flow.take(self._table(node, style))
            return None
        return self._open(flow, node, style)

    def _is_silent(self, node: Node) -> bool:
        if node.tag == "del" and node.text().strip():
            self.notices.add("W_TRACKED_CHANGES")
        return node.tag in _SILENT or id(node) in self._apart

    def _is_gone(self, node: Node, style: Style) -> bool:
        running = style.word in ("header", "footer") or (
            node.tag == "div" and (node.attrs.get("title") or "") in ("header", "footer")
        )
        if running:
            return True  # the head and foot of each page, as Word and LibreOffice write them
        if style.gone and "W_HIDDEN_TEXT" not in self.notices and text_of(node, _SILENT).strip():
            self.notices.add("W_HIDDEN_TEXT")
        return style.gone

    @staticmethod
    def _break(flow: Flow, node: Node) -> None:
        if node.tag == "br":
            flow.break_line()
            return
        flow.end()
        flow.gap = True

    def _open(self, flow: Flow, node: Node, style: Style) -> _Open:
        if node.tag == "table":
            self.notices.add("W_DEPTH_LIMIT")
        block = node.tag in _BLOCKS or style.display in ("block", "flex", "grid", "list-item", "table")
        if not block or style.display.startswith("inline"):
            return _Open(iter(node.children), style)
        flow.end()
        flow.gap |= style.new_page
        if node.tag in _LISTS:
            self._lists.append((ItemList(node, style, self._lists[-1][1] if self._lists else ""), ""))
            return _Open(iter(node.children), style, lambda: self._leave_list(flow))
        if node.tag == "li":
            self._item(flow, node, style)
            return _Open(iter(node.children), style, lambda: self._leave_item(flow))
        if style.word in ("footnote", "endnote") or _NOTE_BOX.fullmatch(node.attrs.get("id", "")):
            flow.note_box = True
            return _Open(iter(node.children), style, lambda: self._leave_note(flow))
        return _Open(iter(node.children), style, flow.end)

    # --- lists and notes ---

    def _item(self, flow: Flow, node: Node, style: Style) -> None:
        if self._lists:
            items = self._lists[-1][0]
            flow.label = items.label(node, style)
            self._lists[-1] = (items, flow.label)
        else:
            flow.label = "-"

    def _leave_item(self, flow: Flow) -> None:
        flow.end()
        flow.label = ""

    def _leave_list(self, flow: Flow) -> None:
        flow.end()
        self._lists.pop()

    def _leave_note(self, flow: Flow) -> None:
        flow.end()
        flow.note, flow.note_box = "", False

    def _anchor(self, flow: Flow, node: Node) -> bool:
        """Whether the link is a note's mark: in the text, or before the note."""
        key = id(node)
        if key in self._cited:
            flow.mark(self._cited[key])
        elif key in self._notes:
            flow.end()
            flow.note = self._notes[key]
        return key in self._cited or key in self._notes

    # --- tables ---

    def _table(self, table: Node, style: Style) -> list[RawBlock]:
        number, self._tables = self._tables, self._tables + 1
        self._nesting += 1
        lists, self._lists = self._lists, []
        rows = Rows(
            table,
            style,
            self._css.style,
            lambda node, own: self._is_gone(node, own) or id(node) in self._apart,
        )
        loose = self._loose(rows)
        grid = Grid()
        placed = [grid.place(row, self.story) for row in rows.shown()]
        self._nesting -= 1
        self._lists = lists
        if grid.capped:
            self.notices.add("W_SPAN_CAP")
        if _lays_out(placed):
            return loose + [block for row in placed for cell in row for block in _set_apart(cell.blocks)]
        blocks = [
            RawBlock("", "row", cells=tuple(cell.raw() for cell in row), table=number) for row in placed
        ]
        notes = [b for row in placed for cell in row for b in cell.blocks if b.kind == "footnote"]
        return loose + blocks + notes

    def _loose(self, rows: Rows) -> list[RawBlock]:
        """What stands in a table but in none of its cells is shown before it (HTML 13.2.6.1)."""
        if not any(isinstance(item, Node) or item.strip() for item, _ in rows.loose):
            return []
        flow = Flow()
        for item, style in rows.loose:
            flow.blocks += self.story(Node("", {}, [item]), style)
        return flow.blocks


def _lays_out(rows: list[list[GridCell]]) -> bool:
    """Whether a table only lays out the page: by its words, or one column, or a whole plan in a cell."""
    texts = [[composed(cell.text) for cell in row] for row in rows]
    if not rows or is_layout(texts):
        return True
    if len({cell.column for row in rows for cell in row if cell.blocks}) == 1:
        return True
    return any(sum(bool(mark.search(text)) for mark in LANDMARKS) > 1 for row in texts for text in row)


def _set_apart(blocks: list[RawBlock]) -> list[RawBlock]:
    return [replace(block, gap=block.gap or number == 0) for number, block in enumerate(blocks)]


def _bullet(node: Node, style: Style) -> str:
    """The label that Word wrote into a list item's text; its bullets are letters of symbol fonts."""
    text = " ".join(node.text().split())
    symbols = style.font.lower().startswith(("symbol", "wingdings", "courier"))
    return "-" if text in _BULLETS or (symbols and len(text) == 1) else text


def _note_links(root: Node) -> tuple[dict[int, str], dict[int, str]]:
    """The links that are notes' marks, by node: those in the text and those before the notes.

    The two of a note point to each other, and the first is a number or stars.
    """
    anchors = [node for node in root.nodes() if node.tag == "a" and (node.attrs.get("href") or "")[:1] == "#"]
    named = {name: node for node in reversed(anchors) for name in _names(node)}
    cited: dict[int, str] = {}
    notes: dict[int, str] = {}
    for anchor in anchors:
        other = named.get(anchor.attrs["href"][1:])
        back = other is not None and other.attrs["href"][1:] in _names(anchor)
        mark = anchor.text().strip() if back else ""
        if other is None or id(anchor) in notes or other is anchor or not _MARK.fullmatch(mark):
            continue
        cited[id(anchor)] = notes[id(other)] = superscript(mark)
    return cited, notes


def _names(anchor: Node) -> list[str]:
    return [name for name in (anchor.attrs.get("name"), anchor.attrs.get("id")) if name]
