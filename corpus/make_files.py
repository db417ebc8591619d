"""Writes files/NAME.docx for the sample plans, and files/NAME.pdf from it with LibreOffice.

    python corpus/make_files.py [NAME ...]

The words of the text files stay as they are. The letterhead and the signature become borderless
tables of two columns, the annex a real table, headings real headings. In the plans of ``NUMBERED``
the items' numbers and bullets are Word's automatic ones, so the file's text has no digits there.
The hard-wrapped plan is left out: its text file already is what a PDF's text looks like.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

HERE = Path(__file__).parent
FILES = HERE / "files"
NAMES = (
    "song-may-chuyen-doi-so",
    "mo-sen-an-toan-thuc-pham",
    "rang-chieu-giam-ngheo",
    "bai-lau-phong-chay-rung",
    "suoi-bac-ket-luan-cap-nuoc",
    "song-may-dang-uy-kiem-tra",
)
NUMBERED = {"mo-sen-an-toan-thuc-pham"}
TYPES = ("KẾ HOẠCH", "CHỈ THỊ", "THÔNG BÁO", "PHỤ LỤC")
WIDTHS = (1.1, 4.6, 2.9, 3.1, 2.4, 2.4)
ROMAN = re.compile(r"[IVX]+[.-] ")
ITEM = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})*\. ")


def main(names: Sequence[str]) -> None:
    """Writes the files of ``names``, or of every plan but the hard-wrapped one."""
    FILES.mkdir(exist_ok=True)
    for name in names or NAMES:
        lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        document = _document()
        _write(document, [line for line in lines if line.strip()], name in NUMBERED)
        path = FILES / f"{name}.docx"
        document.save(str(path))
        _pdf(path)


def _document() -> Docx:
    document = Document()
    document.core_properties.author = document.core_properties.comments = ""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name in ("Normal", "Heading 1", "Heading 2", "List Number", "List Bullet"):
        font = document.styles[name].font
        font.name, font.size = "Times New Roman", Pt(14)
        font.color.rgb = RGBColor(0, 0, 0)
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
    _page_number(section.header.paragraphs[0])
    return document


def _page_number(paragraph: Paragraph) -> None:
    """The running number at the top of a page, as decrees on the form of documents want it."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _write(document: Docx, lines: list[str], numbered: bool) -> None:
    rows = list(takewhile(lambda line: line not in TYPES, lines))
    _letterhead(document, rows)
    rest = lines[len(rows) :]
    closing = rest.index("Nơi nhận:")
    annex = next((i for i, line in enumerate(rest) if line == "PHỤ LỤC"), len(rest))
    for number, line in enumerate(rest[:closing]):
        _paragraph(document, line, numbered, title=number == 1)
    _signature(document, rest[closing:annex])
    if annex < len(rest):
        document.add_page_break()
        _annex(document, rest[annex:])


def _letterhead(document: Docx, rows: list[str]) -> None:
    cells = [[*row.split("\t"), ""][:2] for row in rows]
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column in (0, 1):
        _fill(table, 0, column, [row[column] for row in cells if row[column]], center=True)


def _signature(document: Docx, lines: list[str]) -> None:
    """The recipients on the left, who signs on the right."""
    recipients = [line for line in lines if line == "Nơi nhận:" or line.startswith("- ")]
    signs = [line for line in lines if line not in recipients]
    table = document.add_table(rows=1, cols=2)
    _fill(table, 0, 0, recipients)
    _fill(table, 0, 1, [*signs[:-1], "", "", signs[-1]], center=True)


def _fill(table: Table, row: int, column: int, lines: Sequence[str], center: bool = False) -> None:
    cell = table.cell(row, column)
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        run = paragraph.add_run(line)
        run.bold = center and bool(line) and not line.startswith("Số")
        run.font.size = Pt(12)
        if center:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(document: Docx, line: str, numbered: bool, title: bool = False) -> None:
    if line in TYPES or title:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(line).bold = True
    elif ROMAN.match(line):
        document.add_heading(line, level=1)
    elif (
        numbered
        and ITEM.match(line)
        and not line.partition(". ")[2].partition(" ")[0].startswith(("Sở", "Các"))
    ):
        document.add_paragraph(line.partition(". ")[2], style="List Number")
    elif numbered and line.startswith("- "):
        document.add_paragraph(line[2:], style="List Bullet")
    elif ITEM.match(line) and len(line) < 90 and line[-1] not in ".;:":
        document.add_heading(line, level=2)
    else:
        paragraph = document.add_paragraph(line)
        paragraph.paragraph_format.first_line_indent = Cm(1)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _annex(document: Docx, lines: list[str]) -> None:
    rows = [line.split("\t") for line in lines if "\t" in line]
    for line in lines:
        if "\t" not in line:
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.add_run(line).bold = line.isupper()
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, WIDTHS, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].add_run(text).font.size = Pt(11)
        if not any(row[2:]):
            cells[1].merge(cells[-1]).text = row[1]
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _pdf(path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        sys.exit("LibreOffice (soffice) is needed for the PDF files")
    with TemporaryDirectory() as profile:
        user = f"-env:UserInstallation=file://{profile}"
        command = [office, user, "--headless", "--convert-to", "pdf", "--outdir", str(path.parent), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)


if __name__ == "__main__":
    main(sys.argv[1:])
