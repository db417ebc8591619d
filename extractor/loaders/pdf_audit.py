"""What a PDF's objects are like as a whole, whatever PDFium makes of them.

PDFium reads on silently over much that a user must know: a page tree that leads back into itself
repeats pages; a font whose letters are not named is guessed at; arrays nested beyond its bound are
dropped. The objects are looked at as text, by a few bounded patterns, not parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.pdf_filters import unpack
from extractor.loaders.pdf_objects import REF, Objects, PdfObject

#: Deeper than this PDFium drops what is nested (its parser's own bound).
MAX_DEPTH = 64
#: A font with fewer letters mapped is looked at more closely.
THIN = 16
_MAX_CONTENT = 32 << 20
_NO_BRACKET = bytes(set(range(256)) - set(b"[]<>"))
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.S)
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_DRAW = re.compile(rb"\sDo\b")
#: So deep PDFium follows forms in forms at most, and so many no page draws.
_MAX_FORMS, _MAX_DRAWN = 30, 200_000
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_KIDS = re.compile(rb"/Kids\b")
_MATRIX = re.compile(rb"(?:cm|T[mdD])(?=\s|$)")
_WILD = re.compile(rb"(?:^|\s)[-+]?(?:\d{7,}[\d.]*|[\d.]{1,20}[eE][-+]?\d{1,4})(?:\s+[-+.\deE]+){0,5}\s+$")
_LONG = re.compile(rb"\s[-+]?(?:\d{7}|\.?\d[\d.]*[eE])")
_OPERANDS = 160
_SHOWN = re.compile(rb"[\])>]\s*T[jJ]\b")

_COMPOSITE = re.compile(rb"/Subtype\s*/Type0\b")
_BASE = re.compile(rb"/BaseFont\s*/([^\s/<>\[\]()]{1,120})")
_ENCODING = re.compile(rb"/Encoding\s*(?:/([^\s/<>\[\]()]{1,120})|(\d{1,10})\s+\d{1,5}\s+R)")
_ORDERING = re.compile(rb"/Ordering\s*\((?!Identity)")
_PREDEFINED = re.compile(rb"Identity-[HV]|[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){1,3}-[HV]|[HV]")
_MAP = re.compile(rb"/ToUnicode\s*(?:/|(\d{1,10})\s+\d{1,5}\s+R)")
_SINGLE = re.compile(rb"beginbfchar(.{0,1000000}?)endbfchar", re.S)
_RANGE = re.compile(rb"beginbfrange(.{0,1000000}?)endbfrange", re.S)
_PAIR = re.compile(rb"<\s*([0-9A-Fa-f]{1,8})\s*>\s*<[0-9A-Fa-f\s]{2,200}>")
_STRETCH = re.compile(
    rb"<\s*([0-9A-Fa-f]{1,8})\s*>\s*<\s*([0-9A-Fa-f]{1,8})\s*>\s*(?:<[0-9A-Fa-f\s]{2,200}>|\[([^\]]{0,1000000})\])"
)

_SPAN = re.compile(rb"<\s*([0-9A-Fa-f]{1,16})\s*>\s*<\s*([0-9A-Fa-f]{1,16})\s*>")
#: Numbers that no font's widths and no file's own tables need.
_WIDE = re.compile(
    rb"/(?:W2?|Index|Columns|Colors)\b[\s\[](?:[\s\d.\[\]-]{0,100000}[\s\[])?\d{6,}"
    rb"|\A\s*\[(?:[\d\s.\[\]-]{0,100000}[\s\[])?\d{6,}"
)
_MAX_CODES, _MAX_CMAP = 1 << 17, 1 << 20

_CYCLE = "The PDF's parts lead back into themselves; each page was read once."
_DEEP = "The PDF has parts nested too deeply; they were left out."
_NO_TEXT = "No text could be read from the PDF, its pages are damaged; ask for it to be sent again."
_NAMELESS = "The PDF's fonts do not say which letters they show; it gave no text."
_FAR = "Coordinates in the PDF make no sense; the text was read all the same."


class PageTree(NamedTuple):
    """Inner nodes, and references (from a node, to a number) that lead to one of them once more."""

    nodes: list[PdfObject]
    loops: list[tuple[PdfObject, int]]


class Structure:
    """The objects of one file, and what there is to say about them."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def notices(self) -> Iterator[Notice]:
        """What a user must know about the file as a whole."""
        if self.tree.loops or _lead_round(self.objects.aliases):
            yield Notice("W_PDF_CYCLE", _CYCLE)
        if any(map(is_deep, self._texts())):
            yield Notice("W_DEPTH_LIMIT", _DEEP)
        if any(map(_is_wild, self._contents)):
            yield Notice("W_BAD_GEOMETRY", _FAR)

    @property
    def is_misstated(self) -> bool:
        """Whether some stream does not end where it says."""
        return any(self.objects.is_misstated(one) for one in self.objects.streams)

    @cached_property
    def catalog(self) -> PdfObject | None:
        """The last catalog of the file."""
        found = [one for one in self.objects.known.values() if _CATALOG.search(one.head)]
        return found[-1] if found else None

    @cached_property
    def tree(self) -> PageTree:
        """The page tree's inner nodes, and its references to a node that had been met before."""
        found, waiting = PageTree([], []), self.catalog.refs(b"Pages")[:1] if self.catalog else []
        seen = set(waiting)
        while waiting:
            node = self.objects.resolved(waiting.pop())
            if node is None:
                continue
            found.nodes.append(node)
            for kid in node.refs(b"Kids"):
                inner = self.objects.resolved(kid)
                if inner and inner.number in seen:
                    found.loops.append((node, kid))
                elif inner and _KIDS.search(inner.head):
                    seen.add(inner.number)
                    waiting.append(kid)
        return found

    @cached_property
    def thin_fonts(self) -> dict[str, int]:
        """Composite fonts by name with the number of codes whose letters are known, if below THIN."""
        if self.objects.encrypted:
            return {}
        counts: dict[str, int] = {}
        for one in self.objects.known.values():
            if _COMPOSITE.search(one.head):
                mapped = self._mapped(one)
                for name in self._names(one):
                    counts[name] = counts.get(name, 0) + mapped
        return {name: mapped for name, mapped in counts.items() if mapped < THIN}

    @cached_property
    def is_bomb(self) -> bool:
        """Whether forms that draw forms that draw forms come to more than any page shows."""
        forms = [one for one in self.objects.streams if _FORM.search(one.head)]
        sizes: dict[int, int] = {}
        for _ in range(_MAX_FORMS if forms and not self.objects.encrypted else 0):
            before = dict(sizes)
            for form in forms:
                sizes[form.number] = self._drawn(form, sizes)
            if max(sizes.values()) > _MAX_DRAWN:
                return True
            if sizes == before:
                return False
        return False

    def _drawn(self, form: PdfObject, sizes: dict[int, int]) -> int:
        """At most how many forms are drawn when one is, as far as is known of those inside."""
        inner = [sizes.get(number, 0) for number in self._drawable(form)]
        return 1 + self._uses.get(form.number, 0) * max(inner, default=0)

    def _drawable(self, form: PdfObject) -> list[int]:
        """The objects that a form's resources name, direct or in an object of their own."""
        places = [form, *(self.objects.resolved(n) for n in form.refs(b"Resources"))]
        places += [self.objects.resolved(n) for one in places if one for n in one.refs(b"XObject")]
        return [int(number) for one in places if one for number in REF.findall(one.head)]

    @cached_property
    def _uses(self) -> dict[int, int]:
        """How often each form draws another."""
        forms = (one for one in self.objects.streams if _FORM.search(one.head))
        return {
            one.number: len(_DRAW.findall(unpack(one.body or b"", self.objects.filters(one)).data))
            for one in forms
        }

    @cached_property
    def is_wide(self) -> bool:
        """Whether some table spans numbers that a program which lists them all would choke on."""
        if any(_WIDE.search(one.head) for one in self.objects.known.values()):
            return True
        streams = (one for one in self.objects.streams if not one.is_picture and not self.objects.encrypted)
        small = (one for one in streams if len(one.body or b"") < _MAX_CMAP)
        tables = (unpack(one.body or b"", self.objects.filters(one)).data for one in small)
        return any(b"begincmap" in table and widest_range(table) > _MAX_CODES for table in tables)

    def has_undecodable_page(self) -> bool:
        """Whether the content of some page cannot be unpacked to its end."""
        return not all(unpack(one.body or b"", self.objects.filters(one)).whole for one in self._streams())

    @property
    def shows_text(self) -> bool:
        """Whether some page has operators that show text."""
        return any(_SHOWN.search(content) for content in self._contents)

    def _names(self, font: PdfObject) -> set[str]:
        inner = [self.objects.resolved(number) for number in font.refs(b"DescendantFonts")]
        heads = [font.head, *(one.head for one in inner if one)]
        return {match[1].decode("latin-1") for head in heads for match in _BASE.finditer(head)}

    def _mapped(self, font: PdfObject) -> int:
        """How many codes of a composite font are known; THIN where its encoding itself says it all."""
        stated = _MAP.search(font.head)
        if stated and stated[1] is None:
            return THIN
        table = self.objects.resolved(int(stated[1])) if stated else None
        if table is not None and table.body is not None:
            return mapped_codes(unpack(table.body, self.objects.filters(table)).data)
        return THIN if self._speaks(font) else 0

    def _speaks(self, font: PdfObject) -> bool:
        """Whether a predefined character set (GB1, Japan1, …) says which letters a font shows."""
        encoding = _ENCODING.search(font.head)
        inner = [self.objects.resolved(number) for number in font.refs(b"DescendantFonts")]
        known = encoding is not None and encoding[1] is not None and _PREDEFINED.fullmatch(encoding[1])
        return bool(known) and any(one and _ORDERING.search(one.head) for one in inner)

    def _streams(self) -> Iterator[PdfObject]:
        """The pages' content streams."""
        if self.objects.encrypted:
            return
        pages = (one for one in self.objects.known.values() if b"/Contents" in one.head)
        for number in sorted({number for page in pages for number in page.refs(b"Contents")}):
            yield from (one for one in self.objects.listed(number) if one.body is not None)

    @cached_property
    def _contents(self) -> list[bytes]:
        """The pages' operators, up to a bound."""
        found, size = [], 0
        for one in self._streams():
            found.append(unpack(one.body or b"", self.objects.filters(one)).data)
            size += len(found[-1])
            if size > _MAX_CONTENT:
                break
        return found

    def _texts(self) -> Iterator[bytes]:
        yield from (one.head for one in self.objects.known.values())
        yield from self._contents


def why_textless(structure: Structure, *, damaged: bool) -> Notice:
    """What to say of a file without any text; ``damaged``: some of its pages could not be loaded.

    Raises:
        UnreadableError: E_NO_TEXT where there may have been some.

    """
    if damaged or structure.has_undecodable_page():
        raise UnreadableError("E_NO_TEXT", _NO_TEXT)
    if structure.shows_text and 0 in structure.thin_fonts.values():
        return Notice("W_NO_UNICODE_MAP", _NAMELESS)
    return Notice("W_NO_TEXT", "No text was found in the PDF.")


def _lead_round(aliases: dict[int, int]) -> bool:
    """Whether some objects stand only for one another."""
    done = set[int]()
    for start in aliases:
        path, number = set[int](), start
        while number in aliases and number not in done:
            done.add(number)
            path.add(number)
            number = aliases[number]
        if number in path:
            return True
    return False


def is_deep(text: bytes) -> bool:
    """Whether arrays and dictionaries are nested deeper than MAX_DEPTH; strings do not count.

    >>> is_deep(b"[" * 70 + b"]" * 70), is_deep(b"[] " * 70), is_deep(b"(" + b"[" * 70 + b")")
    (True, False, False)
    """
    return _is_deep(text) and _is_deep(_STRING.sub(b"", text))


def _is_deep(text: bytes) -> bool:
    left = text.translate(None, _NO_BRACKET).replace(b"<>", b"").replace(b"[]", b"")
    if len(left) <= MAX_DEPTH:
        return False
    depth = 0
    for byte in left:
        depth = depth + 1 if byte in b"[<" else max(depth - 1, 0)
        if depth > 2 * MAX_DEPTH:
            return True
    return False


def _is_wild(content: bytes) -> bool:
    """Whether a page's matrices or moves hold numbers that no page has (or that are no PDF numbers)."""
    if not _LONG.search(b" " + content):
        return False
    places = (match.start() for match in _MATRIX.finditer(content))
    return any(_WILD.search(content[max(0, at - _OPERANDS) : at]) for at in places)


def mapped_codes(table: bytes) -> int:
    """How many codes a ToUnicode table gives letters for.

    >>> mapped_codes(b"1 beginbfchar <01> <0041> endbfchar 1 beginbfrange <02> <09> [<0042>] endbfrange")
    2
    """
    single = {int(code, 16) for part in _SINGLE.findall(table) for code in _PAIR.findall(part)}
    return len(single) + sum(_reach(part) for part in _RANGE.findall(table))


def widest_range(table: bytes) -> int:
    """The most codes that a range of a character map spans."""
    spans = (int(high, 16) - int(low, 16) for low, high in _SPAN.findall(table))
    return max(spans, default=0)


def _reach(part: bytes) -> int:
    total = 0
    for low, high, listed in _STRETCH.findall(part):
        wide = max(int(high, 16) - int(low, 16) + 1, 0)
        total += min(wide, listed.count(b"<")) if listed else wide
    return total
