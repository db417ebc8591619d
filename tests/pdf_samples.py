"""Real PDFs for the loader's tests: from LibreOffice, and written by hand where a trap needs it."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import accumulate
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

SOFFICE = shutil.which("soffice")

PROSE = (
    "Các cơ quan, đơn vị, địa phương căn cứ chức năng, nhiệm vụ được giao chủ động xây dựng kế hoạch "
    "chi tiết để triển khai thực hiện; định kỳ sáu tháng và hằng năm báo cáo kết quả về Sở Nội vụ để tổng "
    "hợp, tham mưu Ủy ban nhân dân tỉnh Sông Mây xem xét, chỉ đạo kịp thời những vấn đề phát sinh trong "
    "quá trình thực hiện"
)
RECIPIENTS = (
    "- Thường trực Tỉnh ủy (báo cáo);",
    "- Các sở, ban, ngành tỉnh;",
    "- UBND các xã, phường;",
    "- Lưu: VT, TH.",
)


@cache
def _work() -> Path:
    path = Path(tempfile.mkdtemp(prefix="kehoach-pdf-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def converted(source: bytes, suffix: str) -> bytes:
    """A file turned into PDF by LibreOffice, with a profile of its own; made once a session."""
    name = hashlib.sha256(source).hexdigest()[:16]
    target = _work() / f"{name}.pdf"
    if not target.exists():
        path = _work() / f"{name}{suffix}"
        path.write_bytes(source)
        profile = f"-env:UserInstallation=file://{_work()}/profile"
        command = [
            SOFFICE or "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(_work()),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    return target.read_bytes()


def from_docx(document: docx.Document) -> bytes:
    """A python-docx document as PDF."""
    buffer = BytesIO()
    document.save(buffer)
    return converted(buffer.getvalue(), ".docx")


def new_document() -> docx.Document:
    """A page as Decree 30/2020/NĐ-CP sets it: A4, Times New Roman 14."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(14)
    style.paragraph_format.space_after = Pt(4)
    return document


def paragraph(
    document: docx.Document, text: str, *, indent: float = 1.27, align: str = "justify", bold: bool = False
) -> None:
    """A paragraph with a first-line indent (cm)."""
    one = document.add_paragraph()
    one.add_run(text).bold = bold
    one.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    one.paragraph_format.first_line_indent = Cm(indent)


def columns(
    document: docx.Document, left: Sequence[str], right: Sequence[str], sizes: tuple[int, int] = (13, 13)
) -> None:
    """Two columns without rules, as letterheads and signature blocks are set."""
    table = document.add_table(rows=1, cols=2)
    for cell, lines, size, width in zip(table.rows[0].cells, (left, right), sizes, (6.5, 9.5), strict=True):
        cell.width = Cm(width)
        for number, line in enumerate(lines):
            one = cell.paragraphs[0] if not number else cell.add_paragraph()
            run = one.add_run(line)
            run.font.size = Pt(size)
            run.bold = line.isupper()
            one.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT if line.startswith(("-", "Nơi")) else WD_ALIGN_PARAGRAPH.CENTER
            )
            one.paragraph_format.space_after = Pt(0)


def page_number(document: docx.Document) -> None:
    """The page's number, centred in the header."""
    one = document.sections[0].header.paragraphs[0]
    one.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = one.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def repeat_header(row: object) -> None:
    """Make a table's row stand again on each page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def fill(row: object, texts: Sequence[str], size: int = 12) -> None:
    """Words into a row's cells."""
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.font.size = Pt(size)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)


@cache
def plan(pages: int = 2) -> bytes:
    """A plan with letterhead, prose, page numbers and a signature block."""
    document = new_document()
    page_number(document)
    columns(
        document,
        ["ỦY BAN NHÂN DÂN", "TỈNH SÔNG MÂY", "", "Số: 45/KH-UBND"],
        [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "",
            "Sông Mây, ngày 12 tháng 3 năm 2026",
        ],
    )
    document.add_paragraph()
    paragraph(document, "KẾ HOẠCH", indent=0, align="center", bold=True)
    paragraph(document, "Nâng cao chất lượng phục vụ người dân năm 2026", indent=0, align="center", bold=True)
    paragraph(document, "I. MỤC ĐÍCH, YÊU CẦU", bold=True)
    for number in range(1, 6 * pages):
        paragraph(document, f"{number}. {PROSE}; lần {number} xong trước ngày {number % 28 + 1}/6/2026.")
        paragraph(document, f"- Sở Tài chính bố trí kinh phí đợt {number}.")
    columns(
        document,
        ["Nơi nhận:", *RECIPIENTS],
        ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "", "Trần Thị Ví Dụ"],
        (11, 14),
    )
    return from_docx(document)


@cache
def merged_table() -> bytes:
    """A table with cells merged down and across, between two paragraphs."""
    document = new_document()
    paragraph(document, "Danh mục nhiệm vụ kèm theo Kế hoạch.")
    table = document.add_table(rows=5, cols=4)
    table.style = "Table Grid"
    fill(table.rows[0], ["TT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"])
    fill(table.rows[1], ["I", "Công tác tuyên truyền", "", ""])
    fill(
        table.rows[2],
        ["1", "Mở chuyên mục trên Cổng thông tin điện tử tỉnh", "Sở Văn hóa", "Quý I/2026"],
    )
    fill(table.rows[3], ["2", "Tổ chức hội nghị tập huấn cho cán bộ cấp xã", "", "Quý II/2026"])
    fill(table.rows[4], ["3", "Rà soát thủ tục hành chính", "Sở Nội vụ", "Tháng 9/2026"])
    table.cell(1, 1).merge(table.cell(1, 3))
    table.cell(2, 2).merge(table.cell(3, 2))
    paragraph(document, "Trên đây là danh mục nhiệm vụ.")
    return from_docx(document)


@cache
def long_table(rows: int = 40) -> bytes:
    """A table over several pages, its header repeated on each."""
    document = new_document()
    table = document.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    fill(table.rows[0], ["STT", "Nhiệm vụ", "Chủ trì", "Hoàn thành"])
    repeat_header(table.rows[0])
    for number in range(1, rows + 1):
        fill(
            table.add_row(),
            [
                str(number),
                f"Nhiệm vụ thứ {number}: rà soát, cập nhật cơ sở dữ liệu dùng chung",
                "Sở Nội vụ",
                f"Tháng {number % 12 + 1}/2026",
            ],
        )
    return from_docx(document)


@cache
def narrow_table() -> bytes:
    """A landscape annex whose narrow columns break every word group."""
    document = new_document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    paragraph(document, "PHỤ LỤC", indent=0, align="center", bold=True)
    table = document.add_table(rows=1, cols=10)
    table.style = "Table Grid"
    heads = [
        "TT",
        "Tên nhiệm vụ",
        "Mục tiêu",
        "Chủ trì",
        "Phối hợp",
        "Quý I",
        "Quý II",
        "Quý III",
        "Quý IV",
        "Ghi chú",
    ]
    fill(table.rows[0], heads, 9)
    for number in range(1, 13):
        fill(
            table.add_row(),
            [str(number), "Kiểm tra công vụ đột xuất", "Trên 90% đơn vị", "Sở Nội vụ",
             "Thanh tra tỉnh; Công an tỉnh", "x", "", "x", "", "Kinh phí theo Quyết định số 12/QĐ-UBND"],
            9,
        )  # fmt: skip
    return from_docx(document)


# --- hand-written ------------------------------------------------------------------------------

_UNICODE_MAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    b"1 beginbfrange <0000> <ffff> <0000> endbfrange\nendcmap end end"
)
_ADVANCE = 0.5


class Hand:
    """A PDF put together object by object; every letter of its font is half the font size wide."""

    def __init__(self, *, to_unicode: bool = True) -> None:
        self.objects: list[bytes] = []
        self.font = self._font(b"Times", to_unicode=to_unicode)
        self.bold = self._font(b"Times-Bold", to_unicode=to_unicode)

    def add(self, body: bytes) -> int:
        """An object; its number."""
        self.objects.append(body)
        return len(self.objects)

    def stream(self, head: bytes, data: bytes) -> int:
        """A stream object."""
        return self.add(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data))

    def _font(self, name: bytes, *, to_unicode: bool) -> int:
        inner = self.add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /DW %d /CIDSystemInfo "
            b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>" % (name, 1000 * _ADVANCE)
        )
        mapped = b"/ToUnicode %d 0 R" % self.stream(b"", _UNICODE_MAP) if to_unicode else b""
        head = b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H" % name
        return self.add(head + b" /DescendantFonts [%d 0 R] %s >>" % (inner, mapped))

    def fonts(self) -> bytes:
        """The font entry of a resource dictionary."""
        return b"/Font << /F1 %d 0 R /F2 %d 0 R >>" % (self.font, self.bold)

    def widget(self, box: tuple[float, float, float, float], content: bytes) -> int:
        """A signature widget whose look is drawn by ``content``, in a box of its own."""
        x0, y0, x1, y1 = box
        size = b"/BBox [0 0 %d %d]" % (x1 - x0, y1 - y0)
        head = b"/Type /XObject /Subtype /Form %s /Resources << %s >>" % (size, self.fonts())
        look = self.stream(head, content)
        rect = b"[%d %d %d %d]" % box
        return self.add(
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig%d) /F 4 /Rect %s /AP << /N %d 0 R >> >>"
            % (len(self.objects), rect, look)
        )

    def image(self) -> int:
        """A grey picture of one pixel."""
        head = (
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        )
        return self.stream(head, b"\x80")

    def pdf(self, pages: Sequence[Page]) -> bytes:
        """The file with some pages."""
        kids: list[int] = []
        tree = len(self.objects) + 2 * len(pages) + 1
        for page in pages:
            content = self.stream(page.packing, page.content)
            head = b"<< /Type /Page /Parent %d 0 R /Contents %d 0 R /MediaBox [%s]" % (
                tree,
                content,
                page.box,
            )
            rest = b" /Resources << %s %s >> %s >>" % (self.fonts(), page.resources, page.extra)
            kids.append(self.add(head + rest))
        refs = b" ".join(b"%d 0 R" % kid for kid in kids)
        assert self.add(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (refs, len(kids))) == tree
        return self.written(self.add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree))

    def written(self, root: int) -> bytes:
        """The file as it stands, its catalog being the object ``root``."""
        out, places = bytearray(b"%PDF-1.7\n"), []
        for number, body in enumerate(self.objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (len(places) + 1, root)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def packed(hand: Hand, objects: dict[int, bytes], root: int) -> bytes:
    """The file with some more objects by number in an object stream, and a cross-reference stream."""
    out, rows = bytearray(b"%PDF-1.7\n"), {}
    stream = max(objects) + 1
    places = accumulate((len(text) + 1 for text in objects.values()), initial=1)
    first = b" ".join(b"%d %d" % pair for pair in zip(objects, places, strict=False)) + b"\n"
    rows.update({number: (2, stream, index) for index, number in enumerate(objects)})
    body = zlib.compress(first + b"\n".join([b"", *objects.values()]))
    head = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    plain = {**dict(enumerate(hand.objects, 1)), stream: head % (len(objects), len(first), len(body), body)}
    for number, text in plain.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    rows[stream + 1], start = (1, len(out), 0), len(out)
    table = b"\x00" * 7 + b"".join(struct.pack(">BIH", *rows[n]) for n in range(1, stream + 2))
    out += b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Length %d >>\nstream\n%s" % (
        stream + 1, stream + 2, root, len(table), table,
    )  # fmt: skip
    return bytes(out + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)


@dataclass(frozen=True)
class Page:
    """A page's operators, and more entries for its resources, its dictionary and that of its operators."""

    content: bytes
    resources: bytes = b""
    box: bytes = b"0 0 595 842"
    extra: bytes = b""
    packing: bytes = b""


def show(
    text: str, x: float, y: float, size: float = 14, *, matrix: str = "1 0 0 1", bold: bool = False
) -> bytes:
    """Operators that show a line of text at a point (y upwards)."""
    codes = "".join(f"{ord(c):04x}" for c in text)
    return f"BT /F{1 + bold} {size} Tf {matrix} {x} {y} Tm <{codes}> Tj ET\n".encode()


def show_lines(lines: Sequence[str], x: float, y: float, size: float = 14, step: float = 18) -> bytes:
    """Lines of text one below the other."""
    return b"".join(show(line, x, y - step * number, size) for number, line in enumerate(lines))


def text_width(text: str, size: float = 14) -> float:
    """How wide :func:`show` sets a text."""
    return len(text) * size * _ADVANCE


def grid(xs: Sequence[float], ys: Sequence[float]) -> bytes:
    """Stroked lines at some x and y, each over the whole grid."""
    ops = [f"{x} {ys[0]} m {x} {ys[-1]} l S" for x in xs] + [f"{xs[0]} {y} m {xs[-1]} {y} l S" for y in ys]
    return "\n".join(ops).encode() + b"\n"


def hand_made(*pages: bytes | Page) -> bytes:
    """A PDF from pages, or from their operators alone."""
    return Hand().pdf([Page(page) if isinstance(page, bytes) else page for page in pages])
