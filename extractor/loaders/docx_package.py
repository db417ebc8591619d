"""Opens a Word file safely: what its format allows is parsed by python-docx, all else is refused.

python-docx's parser knows WordprocessingML's white space and elements, and takes no entities; its document
objects are passed by, for they leave out text boxes, insertions, content controls, notes and numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from docx.oxml.parser import oxml_parser
from lxml.etree import _Element

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.opc import OpcPackage, Relation
from extractor.loaders.safe_xml import too_deep

_WHAT = "Word file"
_PARTS = ("styles", "numbering", "footnotes", "endnotes", "comments")
_FURNITURE = ("header", "footer")
_OTHER_MAIN = {"spreadsheetml": "an Excel workbook", "ms-excel": "an Excel workbook",
               "presentationml": "a PowerPoint file", "ms-powerpoint": "a PowerPoint file"}  # fmt: skip
_OTHER_FILE = ((b"{\\rtf", "an RTF file"), (b"%PDF", "a PDF file"), (b"<!doctype html", "a web page"),
               (b"<html", "a web page"), (b"<?xml", "an XML file"))  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_FREE = 0xFFFFFFFF

_DAMAGED = "the Word file is damaged or cut off; open it in Word, save it again and give that copy"
_LOCKED = "the Word file is protected by a password; remove the password in Word and give it again"


@dataclass(frozen=True, slots=True)
class Package:
    """The XML of an opened file: its ``body``; the roots of the ``parts`` beside it where it has them, by
    their kind ("styles", "numbering", "footnotes", "endnotes", "comments"); those of its pages' ``headers``
    and ``footers``; and what the body points to (``relations`` by their id, in ``opc``).
    """

    body: _Element
    parts: Mapping[str, _Element]
    notices: tuple[Notice, ...] = ()
    headers: tuple[_Element, ...] = ()
    footers: tuple[_Element, ...] = ()
    relations: Mapping[str, Relation] = field(default_factory=dict)
    opc: OpcPackage | None = None

    def target(self, relation_id: str) -> bytes | None:
        """The part inside the package that a relationship leads to; None where there is none."""
        relation = self.relations.get(relation_id)
        if relation is None or relation.external or self.opc is None or relation.target not in self.opc:
            return None
        return self.opc.bytes_of(relation.target)


def open_package(data: bytes) -> Package:
    """Open a .docx or .docm. Raises :class:`UnreadableError` for everything that is not one.

    Codes: E_EMPTY, E_TYPE_MISMATCH and those of :class:`extractor.loaders.opc.OpcPackage`.
    """
    _check_signature(data)
    package = OpcPackage(data, _WHAT, oxml_parser)
    _check_type(package)
    body = package.xml(package.main).find("{*}body")
    if body is None:
        raise package.corrupt()
    relations = package.relations(package.main)
    parts: dict[str, _Element] = {}
    for kind, root in _roots(package, relations, _PARTS):
        parts.setdefault(kind, root)
    furniture = list(_roots(package, relations, _FURNITURE))
    headers, footers = (tuple(root for kind, root in furniture if kind == wanted) for wanted in _FURNITURE)
    return Package(body, parts, tuple(package.notices()), headers, footers, relations, package)


def refuse_depth() -> NoReturn:
    """Refuse a file whose tables stand in one another too deeply."""
    raise too_deep(_WHAT)


def _roots(
    package: OpcPackage, relations: Mapping[str, Relation], kinds: tuple[str, ...]
) -> Iterator[tuple[str, _Element]]:
    for relation in relations.values():
        if relation.kind in kinds and not relation.external and relation.target in package:
            yield relation.kind, package.xml(relation.target)


def _check_type(package: OpcPackage) -> None:
    for sign, what in _OTHER_MAIN.items():
        if sign in package.main_type:
            raise _mismatch(what)


# --- before the zip ----------------------------------------------------------------------------


def _check_signature(data: bytes) -> None:
    if data.startswith(b"PK"):
        return
    if not data:
        raise UnreadableError("E_EMPTY", "the file is empty; save it again in Word and give that copy")
    if data.startswith(_OLE):
        raise _old_format(data)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, what in _OTHER_FILE:
        if start.startswith(signature.lower()):
            raise _mismatch(what)
    raise UnreadableError("E_CORRUPT", _DAMAGED)


def _mismatch(what: str) -> UnreadableError:
    advice = "open it in Word, save it as .docx and give that copy"
    return UnreadableError("E_TYPE_MISMATCH", f"the file is {what}, not a Word document (.docx); {advice}")


def _old_format(data: bytes) -> UnreadableError:
    """What is wrong with an OLE2 file: a .docx under a password is one, and so is an old .doc."""
    if _is_whole(data) and "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableError("E_ENCRYPTED", _LOCKED)
    if _is_whole(data) and "WordDocument".encode("utf-16-le") in data:
        return _mismatch("in the old .doc format")
    return UnreadableError("E_CORRUPT", _DAMAGED)


def _is_whole(data: bytes) -> bool:
    """Whether an OLE2 file ([MS-CFB]) reaches to the last sector that its allocation table uses."""
    header = data[:512].ljust(512, b"\xff")
    size = 1 << min(int.from_bytes(header[30:32], "little"), 12)
    tables = [sector for (sector,) in struct.iter_unpack("<I", header[76:]) if sector < _OLE_FREE - 5]
    table = b"".join(data[(sector + 1) * size : (sector + 2) * size] for sector in tables)
    entries = struct.iter_unpack("<I", table[: len(table) // 4 * 4])
    used = [number for number, (entry,) in enumerate(entries) if entry != _OLE_FREE]
    return bool(used) and (used[-1] + 1) * size < len(data)
