"""Opens a .docx safely: what Word's format allows goes to python-docx, everything else is refused.

A .docx is a zip of XML parts (Open Packaging Conventions, ECMA-376 part 2). Only the parts that are
read reach python-docx, in a clean copy: no macros, no pictures, no loops, no links to the outside.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.sax.saxutils import quoteattr

from lxml import etree
from lxml.etree import _Element

from extractor.document import Notice
from extractor.errors import UnreadableError

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of XML, all parts together, beyond which a file is refused."""

_CHUNK = 1 << 20
_PARTS = ("styles", "numbering", "footnotes", "endnotes")
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math",
     b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_OTHER_MAIN = {"spreadsheetml": "an Excel workbook", "ms-excel": "an Excel workbook",
               "presentationml": "a PowerPoint file", "ms-powerpoint": "a PowerPoint file"}  # fmt: skip
_OTHER_FILE = ((b"{\\rtf", "an RTF file"), (b"%PDF", "a PDF file"), (b"<!doctype html", "a web page"),
               (b"<html", "a web page"), (b"<?xml", "an XML file"))  # fmt: skip
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
           NotImplementedError, LookupError, ValueError, OverflowError)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_FREE = 0xFFFFFFFF
_LOCAL_TEMPLATE = re.compile(r"^(?:file:/*)?[A-Za-z]:[\\/]|^[^:/\\]+$")

_DAMAGED = "the Word file is damaged or cut off; open it in Word, save it again and give that copy"
_LOCKED = "the Word file is protected by a password; remove the password in Word and give it again"
_DEEP = "the Word file nests its tables too deeply to be read; save it again without nested tables"
_DTD = "the file declares a DTD, which no Word file does, and was refused; save it again in Word as .docx"
_OUTSIDE = "the file points to pictures, templates or texts outside itself; they were not fetched"
_MACROS = "the file carries macros; they were not run"
_BAD_TARGET = "a part of the file points outside the file's own folders; it was not followed"


@dataclass(frozen=True, slots=True)
class Package:
    """The XML of an opened file: its ``body``, and the roots of the parts beside it where it has them,
    by their kind ("styles", "numbering", "footnotes", "endnotes").
    """

    body: _Element
    parts: Mapping[str, _Element]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Relation:
    """One line of a .rels part; ``target``: a part's name, or an address if ``external``."""

    kind: str
    target: str
    external: bool


def open_package(data: bytes) -> Package:
    """Open a .docx or .docm. Raises :class:`UnreadableError` for everything that is not one.

    Codes: E_EMPTY, E_CORRUPT, E_ENCRYPTED, E_TYPE_MISMATCH, E_XML_DTD, E_XML_DEPTH, E_ZIP_BOMB.
    """
    _check_signature(data)
    try:
        files = _unzip(data)
        main = _main_part(files)
        _check_type(files, main)
        found = _parts(files, main)
        body, parts = _open(files, main, found)
    except _BROKEN as error:
        raise UnreadableError("E_CORRUPT", _DAMAGED) from error
    except etree.XMLSyntaxError as error:
        raise _xml_error(error) from error
    return Package(body, parts, tuple(_notices(files)))


def refuse_depth() -> NoReturn:
    """Refuse a file whose tables stand in one another too deeply."""
    raise UnreadableError("E_XML_DEPTH", _DEEP)


def _xml_error(error: etree.XMLSyntaxError) -> UnreadableError:
    # libxml2 itself stops at 256 levels, which bounds every recursion over the tree
    if "depth" in str(error):
        return UnreadableError("E_XML_DEPTH", _DEEP)
    return UnreadableError("E_CORRUPT", _DAMAGED)


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


# --- the zip -----------------------------------------------------------------------------------


def _unzip(data: bytes) -> dict[str, bytes]:
    """The XML parts of the zip, checked; other members are named but left packed (empty)."""
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.flag_bits & 0x1:
                raise UnreadableError("E_ENCRYPTED", _LOCKED)
            is_xml = info.filename.lower().endswith((".xml", ".rels"))
            part = _unpack(archive, info, left) if is_xml else b""
            left -= len(part)
            files[info.filename.lstrip("/")] = part
    return files


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """One part's bytes. Its directory entry may lie about the size, so the stream itself is counted."""
    info.file_size = MAX_UNPACKED + 2 * _CHUNK
    chunks: list[bytes] = []
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                message = f"the file unpacks to more than {MAX_UNPACKED >> 20} MB of XML and was refused"
                raise UnreadableError("E_ZIP_BOMB", f"{message}; save it again in Word and give that copy")
            chunks.append(chunk)
    part = b"".join(chunks)
    if b"<!DOCTYPE" in part.replace(b"\x00", b""):  # UTF-16 has a zero beside every letter
        raise UnreadableError("E_XML_DTD", _DTD)
    return part


def _parse(part: bytes) -> _Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for strict, transitional in _STRICT:
        part = part.replace(strict, transitional)
    return _without_dtd(etree.fromstring(part, parser))


def _without_dtd(root: _Element) -> _Element:
    """The root again. Raises E_XML_DTD: in a rare encoding a declaration shows only once parsed."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("E_XML_DTD", _DTD)
    return root


# --- the package -------------------------------------------------------------------------------


def _main_part(files: Mapping[str, bytes]) -> str:
    """The name of the part that holds the text. Raises KeyError where there is none."""
    for relation in _relations(files, "_rels/.rels"):
        if relation.kind == "officeDocument" and not relation.external:
            return next((file for file in files if file.lower() == relation.target.lower()), relation.target)
    if "mimetype" in files and "content.xml" in files:
        raise _mismatch("an OpenDocument file")
    raise KeyError("officeDocument")


def _relations(files: Mapping[str, bytes], name: str) -> Iterator[_Relation]:
    """The relationships of one .rels part, targets resolved against the part that they belong to."""
    base = posixpath.dirname(posixpath.dirname(name))
    for each in _parse(files[name]).iter(_RELATIONS):
        external = each.get("TargetMode") == "External"
        target = each.get("Target", "")
        target = target if external else posixpath.normpath(posixpath.join(base, target)).lstrip("/")
        yield _Relation(each.get("Type", "").rsplit("/", 1)[-1], target, external)


def _relations_of(files: Mapping[str, bytes], part: str) -> list[_Relation]:
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    return list(_relations(files, rels)) if rels in files else []


def _check_type(files: Mapping[str, bytes], main: str) -> None:
    types = _parse(files["[Content_Types].xml"])
    stated = [each.get("ContentType", "") for each in types if each.get("PartName") == "/" + main]
    for sign, what in _OTHER_MAIN.items():
        if any(sign in each for each in stated):
            raise _mismatch(what)


def _parts(files: Mapping[str, bytes], main: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for relation in _relations_of(files, main):
        part = files.get(relation.target)
        if relation.kind in _PARTS and not relation.external and part:
            found.setdefault(relation.kind, part)
    return found


def _open(
    files: Mapping[str, bytes], main: str, found: Mapping[str, bytes]
) -> tuple[_Element, dict[str, _Element]]:
    from docx import Document

    document = Document(io.BytesIO(_clean_copy(files[main], found)))
    body: _Element | None = _without_dtd(document.element).find("{*}body")
    if body is None:
        raise ValueError("no body")
    related = {r.reltype.rsplit("/", 1)[-1]: r.target_part for r in document.part.rels.values()}
    return body, {kind: _parse(part.blob) for kind, part in related.items()}


def _clean_copy(main: bytes, found: Mapping[str, bytes]) -> bytes:
    """A package of nothing but the parts that are read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for kind, part in {"document": main, **found}.items():
            for strict, transitional in _STRICT:
                part = part.replace(strict, transitional)
            archive.writestr(f"word/{kind}.xml", part)
        archive.writestr("[Content_Types].xml", _content_types(found))
        archive.writestr("_rels/.rels", _rels({"officeDocument": "word/document.xml"}))
        archive.writestr("word/_rels/document.xml.rels", _rels({kind: f"{kind}.xml" for kind in found}))
    return buffer.getvalue()


def _content_types(found: Mapping[str, bytes]) -> str:
    rows = [f'<Override PartName="/word/{kind}.xml" ContentType="{_WORD}.{kind}+xml"/>' for kind in found]
    rows.append(f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>')
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="{rels}"/>{"".join(rows)}</Types>'


def _rels(targets: Mapping[str, str]) -> str:
    rows = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    namespace = _RELATIONS[1:].split("}", 1)[0]
    return f'<Relationships xmlns="{namespace}">{"".join(rows)}</Relationships>'


# --- what the user must know -------------------------------------------------------------------


def _notices(files: Mapping[str, bytes]) -> Iterator[Notice]:
    relations = [r for name in files if name.endswith(".rels") for r in _relations(files, name)]
    if any(relation.external and not _is_harmless(relation) for relation in relations):
        yield Notice("W_EXTERNAL_REF", _OUTSIDE)
    if any(name.lower().endswith("vbaproject.bin") for name in files):
        yield Notice("W_ACTIVE_CONTENT", _MACROS)
    if any(relation.target.startswith("../") for relation in relations if not relation.external):
        yield Notice("W_BAD_XML_VALUE", _BAD_TARGET)


def _is_harmless(relation: _Relation) -> bool:
    """A link that a reader clicks, or the template on the author's own disk, which Word always names."""
    if relation.kind == "attachedTemplate":
        return bool(_LOCAL_TEMPLATE.match(relation.target))
    return relation.kind == "hyperlink"
