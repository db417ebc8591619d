"""What a file is, told from its bytes alone; its name only says what its sender took it for."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from extractor.document import Notice
from extractor.errors import UnreadableError


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: the loader module that reads it, its media type, what a user calls it.

    ``suffixes``: the names it goes by; ``reports``: whether its loader takes a progress callback.
    """

    module: str
    media_type: str
    what: str
    suffixes: tuple[str, ...]
    reports: bool = False


_OPEN = "application/vnd.openxmlformats-officedocument"
TEXT = Kind("text", "text/plain", "plain text", (".txt", ".md", ".text", ".csv", ".tsv"))
PDF = Kind("pdf", "application/pdf", "a PDF file", (".pdf",), reports=True)
DOCX = Kind("docx", f"{_OPEN}.wordprocessingml.document", "a Word file", (".docx", ".docm", ".dotx"))
XLSX = Kind("xlsx", f"{_OPEN}.spreadsheetml.sheet", "an Excel workbook", (".xlsx", ".xlsm"))
DOC = Kind("doc", "application/msword", "an old Word file", (".doc", ".dot"))
RTF = Kind("rtf", "application/rtf", "an RTF file", (".rtf",))
ODT = Kind("odt", "application/vnd.oasis.opendocument.text", "an OpenDocument file", (".odt",))
HTML = Kind("html", "text/html", "a web page (HTML)", (".htm", ".html", ".xhtml"))
MHT = Kind("mht", "multipart/related", "a saved web page (MHTML)", (".mht", ".mhtml"))
IMAGE = Kind("image", "image/*", "a picture", (".png", ".jpg", ".jpeg", ".tif", ".tiff"), reports=True)
ARCHIVE = Kind("archive", "application/zip", "a zip archive", (".zip",))
KINDS = (TEXT, PDF, DOCX, XLSX, DOC, RTF, ODT, HTML, MHT, IMAGE, ARCHIVE)

#: Under one of these suffixes, markup or text is a failed download. Not so under .doc: Word opens web
#: pages and RTF under that name, and portals hand them out so.
_BINARY = (PDF, DOCX, XLSX, ODT, IMAGE, ARCHIVE)
_MARKUP = (TEXT, HTML, MHT, RTF)

_OTHERS = (
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"#!", "a program"),
    (b"GIF8", "a GIF picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%!PS", "a PostScript file"),
)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OLE = b"\xd0\xcf\x11\xe0"
_MARKUP_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|span|center|font|style)\b",
    re.I | re.S,
)
_HEADER_LINE = rb"[A-Za-z-]{1,40}:[^\r\n]{0,500}\r?\n(?:[ \t][^\r\n]{0,500}\r?\n)*"
_MHT_START = re.compile(rb"\s*(?:" + _HEADER_LINE + rb"){1,40}")
_GIVE = "give a .docx, .doc, .pdf, .html, .xlsx or .txt"


def kind_of(data: bytes) -> Kind:
    """The format of ``data``. Raises :class:`UnreadableError` (E_EMPTY, E_CORRUPT, E_UNSUPPORTED)."""
    if not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise UnreadableError("E_EMPTY", "the file is empty; ask the sender for it again")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return DOC
    if data.startswith(_IMAGES):
        return IMAGE
    if data.startswith(b"{\\rtf"):
        return RTF
    for signature, what in _OTHERS:
        if data.startswith(signature):
            raise UnreadableError("E_UNSUPPORTED", f"this is {what}, not a document; {_GIVE}")
    return _text_kind(data)


def _text_kind(data: bytes) -> Kind:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")[2:]
    if _MARKUP_START.match(head):
        return HTML
    mail = _MHT_START.match(data[:8192])
    if mail and re.search(rb"^content-type:\s*(?:multipart/related|text/html)", mail[0], re.I | re.M):
        return MHT
    if b"%PDF-" in data[:1024]:
        return PDF
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        raise UnreadableError("E_UNSUPPORTED", f"this is an XML file, not a document; {_GIVE}")
    return TEXT


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError(
            "E_CORRUPT", "the file is cut off or damaged; ask the sender for it again"
        ) from error
    if not names:
        raise UnreadableError("E_CORRUPT", "the file is an empty archive; ask the sender for it again")
    if "content.xml" in names and names & {"mimetype", "META-INF/manifest.xml"}:
        return ODT
    if "[Content_Types].xml" not in names:
        return ARCHIVE
    sheets = any(name.startswith("xl/") for name in names)
    return XLSX if sheets and not any(name.startswith("word/") for name in names) else DOCX


def check_name(name: str, kind: Kind) -> tuple[Notice, ...]:
    """A notice where a file's suffix promises another format than its content shows.

    Raises :class:`UnreadableError` (E_TYPE_MISMATCH) where the file cannot be what was meant to be sent:
    a web page that was stored as .pdf or .docx is a failed download.
    """
    suffix = PurePath(name).suffix.lower()
    promised = next((each for each in KINDS if suffix in each.suffixes), None)
    if promised is None or promised is kind:
        return ()
    if promised in _BINARY and kind in _MARKUP:
        advice = "a failed download, perhaps: fetch it again, or give it its right suffix"
        raise UnreadableError("E_TYPE_MISMATCH", f"the file is named {suffix} but is {kind.what}; {advice}")
    return (Notice("W_TYPE_MISMATCH", f"the file is named {suffix} but is {kind.what}; it was read as that"),)
