"""Times the PDF loader against pdfplumber's plain text extraction: python benchmarks/bench_pdf.py.

One 12-page plan with tables, made by LibreOffice in a temporary folder; both read it warm in this run.
The loader also finds tables, paragraphs and columns; pdfplumber only gives text here.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pdf_samples as samples  # noqa: E402

from extractor.loaders.pdf import read  # noqa: E402

REPEATS = 5
ROW = "Rà soát, cập nhật danh mục hồ sơ, tài liệu của cơ quan"


def plan_with_tables() -> bytes:
    document = samples.new_document()
    samples.page_number(document)
    for part in range(1, 6):
        samples.paragraph(document, f"Phần {part}. Nhiệm vụ cụ thể", bold=True)
        for number in range(1, 9):
            samples.paragraph(document, f"{number}. {samples.PROSE}.")
        table = document.add_table(rows=1, cols=4)
        table.style = "Table Grid"
        samples.fill(table.rows[0], ["STT", "Nhiệm vụ", "Chủ trì", "Hoàn thành"])
        for number in range(1, 21):
            samples.fill(table.add_row(), [str(number), ROW, "Sở Nội vụ", "Quý II/2026"])
    return samples.from_docx(document)


def plumbed(data: bytes) -> int:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return sum(len(page.extract_text()) for page in pdf.pages)


def best(function: Callable[[bytes], object], data: bytes, repeats: int = REPEATS) -> float:
    """The shortest of some runs, in seconds, after one run to warm up."""
    function(data)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(data)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    if samples.SOFFICE is None:
        sys.exit("LibreOffice (soffice) is needed to make the file")
    data = plan_with_tables()
    pages = read(data).pages or 1
    ours = best(read, data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs = best(plumbed, data, 2)
    print(f"{pages} pages, {len(data) / 1024:.0f} kB")
    print(f"kehoach     {1000 * ours:8.1f} ms  {1000 * ours / pages:6.2f} ms a page  peak {peak:.0f} MB")
    print(f"pdfplumber  {1000 * theirs:8.1f} ms  {1000 * theirs / pages:6.2f} ms a page")
    print(f"ratio       {ours / theirs:8.3f}  (aim: 0.5 at most)")


if __name__ == "__main__":
    main()
