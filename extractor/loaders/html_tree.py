"""Markup to a tree of plain records: whatever a page holds, in linear time and at a bounded depth.

libxml2's HTML parser (by lxml) only reports what it meets: no tree of its own, no network, no entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from extractor.errors import UnreadableError

MAX_DEPTH = 1000
"""Elements that stand deeper in one another are read as if they stood side by side at this depth."""
MAX_ELEMENTS = 1_000_000
"""Elements beyond which a page is not read."""


def names(spaced: str) -> frozenset[str]:
    """The names of elements, given as "p div"."""
    return frozenset(spaced.split())


_CHUNK = 1 << 16
_MAX_WORK = 500_000_000  # open elements that end tags may be compared with: some two seconds
_LONG_COMMENT = 9_000_000  # libxml2 takes a comment of 10 MB and more for text
_SUBSET = re.compile(r"<!DOCTYPE[^>\[]{0,1000}\[", re.I)
_HEAD = 1 << 16
_TAG = re.compile(r"</?([A-Za-z][\w:-]*)[^<>]*>")
_VOID = names(  # HTML 13.1.2; the parser takes some of them for elements that hold what follows
    "area base basefont bgsound br col command embed frame hr image img input keygen link meta param source"
    " track wbr"
)
_KEPT_TAGS = names("script style title template textarea noscript iframe br")
_INLINE = names("a abbr b big cite code em font i ins label q s small span strike strong sub sup tt u")

_BOMB = "the page declares entities of its own, as an attack does and no real page; save it again as HTML"
_HUGE = f"the page holds more than {MAX_ELEMENTS:,} elements; split it into several files"


@dataclass(slots=True)
class Node:
    """An element: its name in small letters, its attributes, and what stands in it, in order."""

    tag: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        """Itself and every element in it, in reading order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += [child for child in reversed(node.children) if isinstance(child, Node)]

    def text(self) -> str:
        """All text in it, whether shown or not."""
        return "".join(child for node in self.nodes() for child in node.children if isinstance(child, str))


@dataclass(frozen=True, slots=True)
class Tree:
    """A page: its root, and whether its elements stood deeper in one another than is kept."""

    root: Node
    cut: bool


class _TooMuchWorkError(Exception):
    """The page would keep the parser busy for minutes."""


class _Builder:
    """What the parser reports to; ``depth`` is the number of open elements."""

    def __init__(self) -> None:
        self.root = Node("")
        self._open = [self.root]
        self._text: list[str] = []
        self._count = 0
        self.cut = False

    @property
    def depth(self) -> int:
        return len(self._open)

    # lxml gives text; its declared types also know bytes, of Python 2

    def start(self, tag: str | bytes, attrs: Mapping[str | bytes, str | bytes]) -> None:
        self._flush()
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableError("E_TOO_LARGE", _HUGE)
        node = Node(str(tag).lower(), {str(name): str(value or "") for name, value in attrs.items()})
        self.cut |= self.depth > MAX_DEPTH
        self._open[min(self.depth, MAX_DEPTH) - 1].children.append(node)
        self._open.append(self._open[-1] if node.tag in _VOID else node)

    def end(self, _: str | bytes) -> None:
        self._flush()
        if self.depth > 1:
            self._open.pop()

    def data(self, text: str | bytes) -> None:
        self._text.append(str(text))

    def comment(self, text: str | bytes) -> None:
        """Comments are no text."""

    def close(self) -> None:
        """The end of the page."""
        self._flush()

    def _flush(self) -> None:
        if self._text:
            self._open[-1].children.append("".join(self._text))
            self._text = []


def parse(text: str) -> Tree:
    """The tree of a page. Raises :class:`UnreadableError`: E_XML_BOMB, E_TOO_LARGE."""
    _refuse_entities(text)
    if len(text) > _LONG_COMMENT:
        text = _without_comments(text)
    try:
        return _parse(text)
    except _TooMuchWorkError:
        return Tree(_parse(_TAG.sub(_flat, text)).root, cut=True)


def _parse(text: str) -> Tree:
    builder = _Builder()
    parser = etree.HTMLParser(
        target=builder, encoding="utf-8", no_network=True, huge_tree=False, recover=True
    )
    data = text.replace("\x00", "\ufffd").encode("utf-8", "replace")
    work = 0
    try:
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            parser.feed(chunk)
            # an end tag is looked for among all open elements
            work += builder.depth * chunk.count(b"</")
            if work > _MAX_WORK:
                raise _TooMuchWorkError
        parser.close()
    except etree.LxmlError:
        pass  # an empty page; of any other, all that was reported up to here is kept
    builder.close()
    return Tree(builder.root, builder.cut)


def _flat(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in _KEPT_TAGS:
        return tag[0]
    return "" if name in _INLINE else "<br>"


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def _refuse_entities(text: str) -> None:
    subset = _SUBSET.search(text, 0, _HEAD)
    if subset and re.compile("<!ENTITY", re.I).search(text, subset.end()):
        raise UnreadableError("E_XML_BOMB", _BOMB)
