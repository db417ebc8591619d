"""Saved web pages (.mht, .mhtml; RFC 2557), which Word also writes as .doc: the page itself is read."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from extractor.document import Content, Notice
from extractor.errors import UnreadableError
from extractor.loaders.html import read_page

MAX_BYTES = 64 * 1024 * 1024
"""Bytes beyond which a saved page is not read."""

_MAX_PARTS = 2000
_DOCUMENTS = re.compile(
    r"application/(?:pdf|msword|rtf|vnd\.(?:openxmlformats|oasis|ms-(?:excel|powerpoint|word)).*)"
)
_ENOUGH = 3  # words; a page's number is no text

_DAMAGED = "the saved web page is damaged or cut off; save it again, or give it as .html"
_LARGE = "the saved web page is larger than 64 MB; save it without its pictures"
_OTHERS = "the file holds other pages or documents beside the page itself; they were not read"


def read(data: bytes) -> Content:
    """Read the page that an MHTML file is about.

    Raises :class:`UnreadableError` (E_CORRUPT, E_TOO_LARGE, E_XML_BOMB).
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError("E_TOO_LARGE", _LARGE)
    parts = _parts(data)
    root = _root(parts)
    content = read_page(_bytes(root), _charset(root), _addresses(parts))
    return replace(content, notices=(*content.notices, *_unread(parts, root)))


def _parts(data: bytes) -> list[Message]:
    """The mail's parts, those that hold others first."""
    try:
        message = email.message_from_bytes(data.lstrip())
        parts = list(message.walk())
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableError("E_CORRUPT", _DAMAGED) from error
    if len(parts) > _MAX_PARTS:
        raise UnreadableError(
            "E_TOO_LARGE", f"the saved web page has more than {_MAX_PARTS} parts; save it anew"
        )
    return parts


def _root(parts: list[Message]) -> Message:
    """The part that the header names, else the first page."""
    pages = [part for part in parts if _type(part) in ("text/html", "application/xhtml+xml")]
    start = _text(parts[0].get_param("start"))
    named = (page for page in pages if start and _text(page.get("Content-ID")).strip() == start.strip())
    root = next(named, pages[0] if pages else None)
    if root is None or not _bytes(root).strip():
        raise UnreadableError("E_CORRUPT", _DAMAGED)
    return root


def _unread(parts: list[Message], root: Message) -> Iterator[Notice]:
    if any(_holds_text(part) for part in parts if part is not root):
        yield Notice("W_EMBEDDED_NOT_READ", _OTHERS)


def _holds_text(part: Message) -> bool:
    kind = _type(part)
    if _DOCUMENTS.fullmatch(kind):
        return True
    if kind != "text/html":
        return False
    try:
        blocks = read_page(_bytes(part), _charset(part)).blocks
    except UnreadableError:
        return True
    texts = (text for block in blocks for text in (block.text, *(cell.text for cell in block.cells)))
    return sum(word.isalpha() for text in texts for word in text.split()) >= _ENOUGH


def _type(part: Message) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _addresses(parts: list[Message]) -> frozenset[str]:
    return frozenset(_text(part.get("Content-Location")).strip() for part in parts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
