"""OpenDocument texts (.odt, ISO/IEC 26300): read from their XML, without any other program."""

from __future__ import annotations

from lxml.etree import _Element

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders.docx import content_of
from extractor.loaders.docx_builder import element
from extractor.loaders.docx_package import Package
from extractor.loaders.odt_body import Body
from extractor.loaders.odt_styles import StyleSheet
from extractor.loaders.odt_xml import OFFICE, TEXT, is_encrypted, notices
from extractor.loaders.safe_xml import parse
from extractor.loaders.safe_zip import Parts

_WHAT = "OpenDocument file"
_OTHERS = {
    "spreadsheet": ("an OpenDocument spreadsheet", "save it as .xlsx and give that"),
    "presentation": ("an OpenDocument presentation", "save it as PDF and give that"),
    "drawing": ("an OpenDocument drawing", "save it as PDF and give that"),
}
_LOCKED = "the OpenDocument file is protected by a password; remove the password and give it again"


def read(data: bytes) -> Content:
    """Read an OpenDocument text: paragraphs, table rows and notes in reading order.

    Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED, E_UNSUPPORTED, E_XML_DTD, E_XML_DEPTH,
    E_ZIP_BOMB, E_ZIP_PATH.
    """
    parts = Parts(data, _WHAT)
    manifest = "META-INF/manifest.xml"
    if manifest in parts and is_encrypted(parse(parts.read(manifest), _WHAT)):
        raise UnreadableError("E_ENCRYPTED", _LOCKED)
    roots = [parse(parts.read(name), _WHAT) for name in ("styles.xml", "content.xml") if name in parts]
    if not roots:
        raise parts.corrupt()
    text = roots[-1].find(f"{OFFICE}body/{OFFICE}text")
    if text is None:
        raise _other(roots[-1], parts)
    return content_of(_package(text, roots, parts.names))


def _package(text: _Element, roots: list[_Element], names: list[str]) -> Package:
    sheet = StyleSheet(roots)
    reader = Body(sheet)
    body = reader.read(text)
    if text.find(f"{TEXT}tracked-changes/") is not None:
        body.append(element("ins"))  # the reader of .docx says what it does with changes
    related = {"styles": sheet.part(), "numbering": reader.lists.part()}
    related |= {kind + "s": notes for kind, notes in reader.notes.items()}
    related["comments"] = reader.comments(text)
    headers, footers = (reader.furniture(roots, kind) for kind in ("header", "footer"))
    return Package(body, related, tuple(notices(names, roots)), headers, footers)


def _other(root: _Element, parts: Parts) -> UnreadableError:
    for name, (what, advice) in _OTHERS.items():
        if root.find(f"{OFFICE}body/{OFFICE}{name}") is not None:
            return UnreadableError("E_UNSUPPORTED", f"this is {what}, not a text document; {advice}")
    return parts.corrupt()
