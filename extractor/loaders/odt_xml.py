"""OpenDocument's names (ISO/IEC 26300) and what its parts say about macros, links and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from extractor.document import Notice

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, STYLE = (f"{_ODF}{name}:1.0}}" for name in ("office", "text", "table", "style"))
DRAW, FO, SVG = f"{_ODF}drawing:1.0}}", f"{_ODF}xsl-fo-compatible:1.0}}", f"{_ODF}svg-compatible:1.0}}"
LO = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SCRIPT, _MANIFEST = f"{_ODF}script:1.0}}", f"{_ODF}manifest:1.0}}"
_LINK = "{http://www.w3.org/1999/xlink}href"

_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|\\\\|\.\./)", re.I)
_MACRO_FOLDERS = ("basic/", "scripts/")
_ACTIVE = Notice(
    "W_ACTIVE_CONTENT", "the file carries macros or asks other programs for data; nothing was run"
)
_LINKS = Notice(
    "W_EXTERNAL_REF", "the file points to pictures or texts outside itself; they were not fetched"
)
_OBJECTS = Notice("W_EMBEDDED_NOT_READ", "objects embedded in the file (tables of Calc, say) were not read")


def number(text: str | None, default: int, most: int) -> int:
    """A whole number from 1 to ``most``; the default where the file says anything else."""
    return min(max(int(text), 1), most) if text and re.fullmatch(r"\d{1,9}", text) else default


def is_encrypted(manifest: _Element) -> bool:
    """Whether a manifest says that a part of the package is under a password."""
    return next(manifest.iter(_MANIFEST + "encryption-data"), None) is not None


def notices(names: list[str], roots: list[_Element]) -> Iterator[Notice]:
    """What a user must know about a package: the names of its parts, the roots of those that are read."""
    if any(name.lower().startswith(_MACRO_FOLDERS) for name in names) or _is_active(roots):
        yield _ACTIVE
    if any(_points_outside(each) for root in roots for each in root.iter("{*}*")):
        yield _LINKS
    if any(True for root in roots for _ in root.iter(DRAW + "object", DRAW + "object-ole")):
        yield _OBJECTS


def _is_active(roots: list[_Element]) -> bool:
    active = (
        _SCRIPT + "event-listener",
        OFFICE + "script",
        OFFICE + "dde-source",
        TEXT + "dde-connection-decl",
    )
    return any(True for root in roots for _ in root.iter(*active))


def _points_outside(node: _Element) -> bool:
    """Whether an element fetches something; a link that a reader clicks does not."""
    target = node.get(_LINK)
    return target is not None and node.tag != TEXT + "a" and bool(_OUTSIDE.match(target))
