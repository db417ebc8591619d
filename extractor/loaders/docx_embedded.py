"""Reads the documents that Word imports when it opens a file (w:altChunk, ECMA-376 part 1, 17.17.2.1)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from extractor.document import Content, Notice, RawBlock
from extractor.errors import UnreadableError
from extractor.loaders.docx_package import Package
from extractor.loaders.kinds import DOCX, HTML, MHT, RTF, TEXT, kind_of

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_READ = (HTML, MHT, RTF, TEXT)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_MAX_CHUNKS = 50
_READ_PARTLY = "a document embedded in the file was read; its pictures, links and styles were not"
_NOT_READ = "a document embedded in the file was not read; paste its text into the file"


@dataclass(slots=True)
class Embedded:
    """The documents embedded in one file. ``read_word``: how a Word file among them is read, or None where
    the file is itself embedded. ``notices`` grows while they are read; each part is read once.
    """

    package: Package
    read_word: Callable[[bytes], Content] | None = None
    notices: dict[Notice, None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def blocks(self, chunk: _Element, first_table: int) -> list[RawBlock]:
        """What an altChunk's part says; its tables are counted from ``first_table`` on."""
        key = chunk.get(_ID, "")
        if key in self.seen:
            return []
        self.seen.add(key)
        content = self._content(key) if len(self.seen) <= _MAX_CHUNKS else None
        if content is None:
            self._note(Notice("W_EMBEDDED_NOT_READ", _NOT_READ))
            return []
        self._note(Notice("W_EMBEDDED_NOT_READ", _READ_PARTLY), *content.notices)
        blocks = [moved(block, first_table) for block in content.blocks]
        return [replace(block, gap=block.gap or number == 0) for number, block in enumerate(blocks)]

    def _note(self, *notices: Notice) -> None:
        self.notices.update(dict.fromkeys(notices))

    def _content(self, key: str) -> Content | None:
        try:
            data = self.package.target(key)
            return None if data is None else self._read(data)
        except UnreadableError:
            return None

    def _read(self, data: bytes) -> Content | None:
        kind = kind_of(data)
        if kind is DOCX:
            return self.read_word(data) if self.read_word else None
        markup = kind is TEXT and data.lstrip(_BLANK).startswith(b"<")  # such as a part of the file itself
        if kind not in _READ or markup:
            return None
        content: Content = importlib.import_module(f"extractor.loaders.{kind.module}").read(data)
        return content


def moved(block: RawBlock, first_table: int) -> RawBlock:
    """A block of a document in another one: without a place on a page, its table counted among the others."""
    table = None if block.table is None else block.table + first_table
    cells = tuple(replace(cell, bbox=None) for cell in block.cells)
    return replace(block, table=table, cells=cells, page=None, bbox=None)
