"""Opens a PDF, or says plainly why not; notices what the file as a whole brings along."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.pdf_audit import Structure
from extractor.loaders.pdf_mend import with_new_end, without_loops
from extractor.loaders.pdf_objects import Objects
from extractor.loaders.pdf_streams import audit

_TAIL = 2048
_STARTXREF = re.compile(rb"startxref\s+(\d{1,20})\s*%%EOF\s*$")
_XREF = re.compile(rb"\s*(?:xref\s+\d+\s+(\d{1,20})|\d+\s+\d+\s+obj)")
_WIDTHS = re.compile(rb"/W\s*\[([\d\s]{1,80})\]")
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|SubmitForm|GoToR|ImportData|RichMedia)\b")
_REVISION_ROOM = 64

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: ("E_ENCRYPTED", "The PDF is password-protected; save a copy without one."),
    pdfium.FPDF_ERR_SECURITY: ("E_ENCRYPTED", "The PDF is protected by an unknown method; get an open copy."),
}
_CORRUPT = ("E_CORRUPT", "The PDF is damaged and cannot be read; ask for it to be sent again.")


class Opened(NamedTuple):
    """An open document, what must be said of the file as a whole, and its objects."""

    document: pypdfium2.PdfDocument
    notices: list[Notice]
    structure: Structure


@contextmanager
def opened(data: bytes) -> Iterator[Opened]:
    """The open document with notices on the file as a whole; closed at the end.

    Raises:
        UnreadableError: E_EMPTY, E_CORRUPT, E_ENCRYPTED or E_PDF_BOMB.

    """
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableError("E_EMPTY", "The PDF file is empty; ask for it to be sent again.")
    if b"%PDF" not in data[:1024]:
        raise UnreadableError("E_CORRUPT", "The file is not a PDF; check how it was saved.")
    structure = Structure(Objects(data))
    streams = audit(structure.objects)
    if streams.bomb or structure.is_bomb:
        raise UnreadableError("E_PDF_BOMB", "The PDF unpacks to far too much data; it was not read.")
    document = _loaded(_mended(data, structure))
    try:
        if len(document) < 1:
            raise UnreadableError("E_CORRUPT", "The PDF has no pages; ask for it to be sent again.")
        notices = _notices(data, document, structure, streams.damaged)
        yield Opened(document, list(notices), structure)
    finally:
        document.close()


def _mended(data: bytes, structure: Structure) -> bytes:
    """The file without the loops of its page tree, which PDFium would go round."""
    tree, root = structure.tree, structure.catalog
    return without_loops(data, tree.nodes, tree.loops, root.number) if tree.loops and root else data


def _loaded(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        again = with_new_end(data) if code not in _REASONS else None
        if again is None:
            raise UnreadableError(*_REASONS.get(code, _CORRUPT)) from error
    try:
        return pypdfium2.PdfDocument(again)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(*_CORRUPT) from error


def _notices(
    data: bytes, document: pypdfium2.PdfDocument, structure: Structure, damaged: bool
) -> Iterator[Notice]:
    if damaged or structure.is_misstated or not _is_whole(data):
        yield Notice("W_RECOVERED", "The PDF is damaged; what could be recovered was read.")
    yield from structure.notices()
    if _ACTIVE.search(data) or pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        yield Notice("W_ACTIVE_CONTENT", "The PDF holds programs or outside links; they were not run.")
    if document.count_attachments() > 0:
        yield Notice("W_EMBEDDED_NOT_READ", "The PDF has files attached; they were not read.")
    if _is_revised(data, document):
        yield Notice("W_REVISED_AFTER_SIGNING", "The PDF was changed after signing; its last state was read.")


def _is_whole(data: bytes) -> bool:
    """Whether the file ends as it should and points to its table of contents."""
    match = _STARTXREF.search(data[-_TAIL:].rstrip(b"\x00"))
    if match is None:
        return False
    start = int(match[1])
    offset = max(data[:1024].find(b"%PDF"), 0)
    return any(at < len(data) and _is_table(data[at : at + 400], len(data)) for at in (start, start + offset))


def _is_table(head: bytes, size: int) -> bool:
    """Whether a cross-reference table starts here whose counts can be true."""
    match = _XREF.match(head)
    if match is None:
        return False
    entries = int(match[1] or 0) * 18
    widths = _WIDTHS.search(head)
    return entries <= size and not (widths and any(int(w) > 16 for w in widths[1].split()))


def _is_revised(data: bytes, document: pypdfium2.PdfDocument) -> bool:
    """Whether more than proofs of validity (DSS) follows what the last signature covers."""
    ends = [_signed_end(document, index) for index in range(min(pdfium.FPDF_GetSignatureCount(document), 50))]
    end = max(ends, default=0)
    return 0 < end < len(data.rstrip(b"\x00\r\n ")) - _REVISION_ROOM and b"/DSS" not in data[end:]


def _signed_end(document: pypdfium2.PdfDocument, index: int) -> int:
    signature = pdfium.FPDF_GetSignatureObject(document, index)
    ranges = (ctypes.c_int * 4)()
    if pdfium.FPDFSignatureObj_GetByteRange(signature, ranges, 4) < 4:
        return 0
    return ranges[2] + ranges[3]
