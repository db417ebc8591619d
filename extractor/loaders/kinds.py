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
DOCX = Kind(
    "docx", f"{_OPEN}.wordprocessingml.document", "a Word file", (".docx", ".docm", ".dotx"), reports=True
)
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
_PAGE_START = re.compile(rb"<(?:!doctype\s+html|(?:html|head|body|meta|title|link|base|script)\b)", re.I)
_PAGE_ROOT = re.compile(rb"<(?:\w{1,20}:)?html[\s>]", re.I)
_FRAGMENT_START = re.compile(
    rb"</?(?:div|table|p|span|center|font|style|h[1-6]|section|article|main|[bui]|strong|em|[uo]l|br|img|a|pre)\b",
    re.I,
)
_TAG = re.compile(rb"</?[a-z][a-z0-9:]{0,20}[\s/>]", re.I)
_MAIL_PAGE = re.compile(
    rb"^content-type:\s*(?:multipart/(?:related|mixed|alternative)|text/html)", re.I | re.M
)
_MAIL_VERSION = re.compile(rb"^mime-version:", re.I | re.M)
_HEADER_LINE = rb"[A-Za-z-]{1,40}:[^\r\n]{0,500}\r?\n(?:[ \t][^\r\n]{0,500}\r?\n)*"
_MHT_START = re.compile(rb"\s*(?:" + _HEADER_LINE + rb"){1,40}")
_HEAD = 1 << 16
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
    head = _narrow(data[:_HEAD])
    if head.lstrip().startswith(b"<!--") and b"-->" not in head:
        head = data[data.find(b"-->") :][:_HEAD].removeprefix(b"-->")  # a comment longer than that
    if _is_page(head):
        return HTML
    mail = _MHT_START.match(data[:_HEAD])
    if mail and _MAIL_PAGE.search(mail[0]) and (_MAIL_VERSION.search(mail[0]) or b"multipart" not in mail[0]):
        return MHT
    if b"%PDF-" in data[:1024]:
        return PDF
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        raise UnreadableError("E_UNSUPPORTED", f"this is an XML file, not a document; {_GIVE}")
    return TEXT


def _narrow(head: bytes) -> bytes:
    """Markup by single bytes: without a mark, and without the zeros of UTF-16."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:1] == b"\x00" or head[1:2] == b"\x00"
    return (head.replace(b"\x00", b"") if wide else head).lstrip(b"\xef\xbb\xbf\xff\xfe")


def _is_page(head: bytes) -> bool:
    """Whether markup begins here: a page, or a piece of one that is marked up throughout."""
    start = _after_prologue(head)
    if _PAGE_START.match(start):
        return True
    if start[:9].lower() == b"<!doctype" or head.lstrip().startswith(b"<?xml"):
        return bool(_PAGE_ROOT.search(start))
    lines = sum(bool(line.strip()) for line in start.splitlines())
    return bool(_FRAGMENT_START.match(start)) and 2 * len(_TAG.findall(start)) >= lines


def _after_prologue(head: bytes) -> bytes:
    """What follows the white space, the processing instructions and the comments at the start."""
    while True:
        head = head.lstrip()
        opening, closing = (b"<!--", b"-->") if head.startswith(b"<!--") else (b"<?", b"?>")
        end = head.find(closing) if head.startswith(opening) else -1
        if end < 0:
            return head
        head = head[end + len(closing) :]


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
