"""Packages of the Office Open XML formats: parts, their relationships, what they point to.

A .docx or .xlsx is a zip of XML parts (Open Packaging Conventions, ECMA-376 part 2). Here it is opened,
checked as a whole, and its parts are handed out parsed; nothing outside the package is ever followed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.safe_xml import parse, refuse_dtd
from extractor.loaders.safe_zip import Limits, Parts

LIMITS = Limits(ratio=100)
MAX_TREE = 40 * 1024 * 1024
"""Bytes of one XML part beyond which its tree, some ten times as large, would not fit in memory."""

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_STRICT = {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": f"{_TRANSITIONAL}wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": f"{_TRANSITIONAL}spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main": f"{_TRANSITIONAL}drawingml/2006/main",
    "http://purl.oclc.org/ooxml/officeDocument/math": f"{_TRANSITIONAL}officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": (
        f"{_TRANSITIONAL}officeDocument/2006/relationships"
    ),
}
_STRICT_MARK = "purl.oclc.org/ooxml"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_LOCAL_TEMPLATE = re.compile(r"^(?:file:/*)?[A-Za-z]:[\\/]|^[^:/\\]+$")
_MACROS = re.compile(r"vbaproject\.bin$|(?:^|/)(?:macrosheets|activex)/", re.IGNORECASE)
_CONNECTIONS = re.compile(r"(?:^|/)connections\.xml$", re.IGNORECASE)

_NOTICES = {
    "W_EXTERNAL_REF": "the file points to pictures, templates, texts or data outside itself;"
    " they were not fetched",
    "W_ACTIVE_CONTENT": "the file carries macros or controls; they were not run",
    "W_BAD_XML_VALUE": "a part of the file points outside the file's own folders; it was not followed",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of a .rels part; ``target``: a part's name, or an address if ``external``."""

    id: str
    kind: str
    target: str
    external: bool


class OpcPackage:
    """An opened package. ``what``: what a user calls it; ``main``: the part that holds the text;
    ``main_type``: that part's content type, "" where none is stated; ``parser``: who parses its XML once it
    is known to be harmless.

    Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED, E_TYPE_MISMATCH, E_UNSUPPORTED, E_XML_DTD,
    E_XML_DEPTH, E_ZIP_BOMB, E_ZIP_PATH.
    """

    def __init__(self, data: bytes, what: str, parser: etree.XMLParser | None = None) -> None:
        self.what = what
        self._parser = parser
        self._parts = Parts(data, what, LIMITS)
        for name in self.names:
            if name.lower().endswith((".xml", ".rels", ".vml")):
                refuse_dtd(self._parts.read(name), what)
        self.main = self._main_part()
        self.main_type = self._main_type()

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return self._parts.names

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def bytes_of(self, name: str) -> bytes:
        """A part as it is. Raises :class:`UnreadableError`."""
        return self._parts.read(name)

    def xml_bytes(self, name: str) -> bytes:
        """An XML part, its strict namespaces (ISO/IEC 29500) turned into the common ones."""
        part = self._parts.read(name)
        for encoding in _ENCODINGS:
            if _STRICT_MARK.encode(encoding) in part:
                for strict, transitional in _STRICT.items():
                    part = part.replace(strict.encode(encoding), transitional.encode(encoding))
        return part

    def xml(self, name: str) -> _Element:
        """The root of an XML part. Raises :class:`UnreadableError`."""
        part = self.xml_bytes(name)
        if len(part) > MAX_TREE:
            message = f"the {self.what} holds a part of more than {MAX_TREE >> 20} MB of XML; split it"
            raise UnreadableError("E_TOO_LARGE", message)
        return parse(part, self.what, self._parser)

    def relations(self, part: str) -> dict[str, Relation]:
        """A part's relationships by their id; ``""`` is the package itself."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        return {each.id: each for each in self._relations(rels)} if rels in self else {}

    def corrupt(self) -> UnreadableError:
        """The refusal of a package whose parts are not what they should be."""
        return self._parts.corrupt()

    def notices(self) -> Iterator[Notice]:
        """What the user must know of the package as a whole."""
        rels = (name for name in self.names if name.lower().endswith(".rels"))
        relations = [relation for name in rels for relation in self._relations(name)]
        seen = {
            "W_EXTERNAL_REF": any(r.external and not _is_harmless(r) for r in relations)
            or any(_CONNECTIONS.search(name) for name in self.names),
            "W_ACTIVE_CONTENT": any(_MACROS.search(name) for name in self.names),
            "W_BAD_XML_VALUE": any(r.target.startswith("../") for r in relations if not r.external),
        }
        return (Notice(code, _NOTICES[code]) for code, found in seen.items() if found)

    def _relations(self, rels: str) -> Iterator[Relation]:
        """The relationships of one .rels part, targets resolved against the part that they belong to."""
        base = posixpath.dirname(posixpath.dirname(rels))
        for each in self.xml(rels).iter(_RELATION):
            external = each.get("TargetMode") == "External"
            target = each.get("Target", "")
            target = target if external else posixpath.normpath(posixpath.join(base, target)).lstrip("/")
            yield Relation(each.get("Id", ""), each.get("Type", "").rsplit("/", 1)[-1], target, external)

    def _main_part(self) -> str:
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and not relation.external and relation.target in self:
                return relation.target
        raise self.corrupt()

    def _main_type(self) -> str:
        types = self.xml("[Content_Types].xml")
        part = f"/{self.main}".casefold()
        stated = (e.get("ContentType", "") for e in types if e.get("PartName", "").casefold() == part)
        return next(stated, "")


def _is_harmless(relation: Relation) -> bool:
    """A link that a reader clicks, or the template on the author's own disk, which Word always names."""
    if relation.kind == "attachedTemplate":
        return bool(_LOCAL_TEMPLATE.match(relation.target))
    return relation.kind == "hyperlink"
