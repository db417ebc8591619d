"""Old Word files (.doc, Word 97 to 2003): read from their streams, without any other program.

Their text, its properties, lists, styles, notes, text boxes and tables ([MS-DOC]) are turned into the
model of a .docx, which they are the older form of. Files of Word 6 and 95 go through LibreOffice.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element

from extractor.document import Content, Notice
from extractor.loaders.doc_ole import damage, is_older, open_streams
from extractor.loaders.doc_story import Stories
from extractor.loaders.doc_styles import fonts_of, numbering_of, styles_of
from extractor.loaders.doc_text import Streams, Text
from extractor.loaders.docx import content_of
from extractor.loaders.docx_builder import instruction
from extractor.loaders.docx_package import Package
from extractor.loaders.office import read_with_office


def read(data: bytes) -> Content:
    """Read an old Word file. Raises :class:`UnreadableError`.

    Codes: E_CORRUPT, E_ENCRYPTED, E_UNSUPPORTED, E_XML_DEPTH; for Word 95 and older also those of
    :func:`read_with_office`.
    """
    streams, notices = open_streams(data)
    if is_older(streams):
        return read_with_office(data, "doc", notices)
    with damage():
        package = _package(streams, notices)
    return content_of(package)


def _package(streams: Streams, notices: Iterable[Notice]) -> Package:
    text, fonts = Text(streams), fonts_of(streams)
    stories = Stories(streams, text, fonts)
    parts: dict[str, _Element] = {
        "styles": styles_of(streams, fonts),
        "numbering": numbering_of(streams),
        "footnotes": stories.notes("footnote"),
        "endnotes": stories.notes("endnote"),
        "comments": stories.comments(),
    }
    headers, footers = stories.furniture()
    body = stories.body()
    body.extend(map(instruction, stories.instructions))
    return Package(body, parts, tuple(notices), headers, footers)
