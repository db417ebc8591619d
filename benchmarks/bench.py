"""Times and weighs reading a plan against what it is built on: python benchmarks/bench.py.

One run prints one table: what, figure, aim. "Warm" is the best of some runs after a first one in this
process, "cold" the median of fresh processes, taken in turn with what they are compared to. A ratio is
kehoach's time over the other's. Needs LibreOffice for the PDF and Linux or macOS for the memory.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench_pdf import ROOT, best, plan_with_tables, plumbed, samples
from underthesea import word_tokenize

from extractor import Pipeline
from extractor.loaders.pdf import read

CORPUS = ROOT / "corpus"
PLAN = CORPUS / "song-may-chuyen-doi-so.txt"
SAMPLE = CORPUS / "files" / "song-may-chuyen-doi-so.pdf"
REAL = ROOT.parent / "shared" / "plans" / "dak-lak.txt"
LONG = 46_000  # bytes
TIMES = (1, 2, 4, 8, 16, 32)
FRESH = 5

KEHOACH = str(Path(sys.executable).with_name("kehoach"))
# A process inherits its parent's peak when it starts: a small one in between keeps this one's out.
WEIGH = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
)
WEIGH += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"

Row = tuple[str, str, str]


def main() -> None:
    if samples.SOFFICE is None:
        sys.exit("LibreOffice (soffice) is needed to make the file")
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'what':74}{'figure':>10}   aim", flush=True)
        for what, figure, aim in figures(Path(folder)):
            print(f"{what:74}{figure:>10}   {aim}", flush=True)


def figures(folder: Path) -> Iterator[Row]:
    pdf = folder / "plan.pdf"
    pdf.write_bytes(plan_with_tables())
    pipeline = Pipeline()
    yield from against_pdfplumber(pipeline, pdf)
    yield from against_tokens(pipeline, long_text(folder))
    yield from cold()
    yield from growth(pipeline, folder)
    for path in (pdf, SAMPLE):
        what = f"peak memory of `kehoach extract` on a PDF of {read(path.read_bytes()).pages} pages"
        yield what, f"{peak(path):.0f} MB", "≤ 400 MB"


# --- warm --------------------------------------------------------------------------------------


def against_pdfplumber(pipeline: Pipeline, pdf: Path) -> Iterator[Row]:
    data = pdf.read_bytes()
    theirs = best(plumbed, data, 3)
    pages = read(data).pages
    name = f"PDF of {pages} pages, {{}} : pdfplumber's extract_text"
    yield name.format("whole extract"), ratio(best(pipeline.extract, pdf), theirs), "≤ 0.5"
    yield name.format("loader alone"), ratio(best(read, data), theirs), ""


def against_tokens(pipeline: Pipeline, path: Path) -> Iterator[Row]:
    text = path.read_text("utf-8")
    what = f"text of {path.stat().st_size / 1000:.0f} kB, whole extract : underthesea's word_tokenize"
    yield what, ratio(best(pipeline.extract, path), best(word_tokenize, text)), "≤ 1.5"


def long_text(folder: Path) -> Path:
    """A plan of some 46 kB: the open one where it is there, else the samples one after the other."""
    if REAL.exists():
        return REAL
    path = folder / "long.txt"
    pieces = [sample.read_bytes() for sample in sorted(CORPUS.glob("*.txt"))]
    path.write_bytes(b"\n".join(pieces * 2)[:LONG].rpartition(b"\n")[0])
    return path


def growth(pipeline: Pipeline, folder: Path) -> Iterator[Row]:
    """The slope of log time over log length, for a plan whose body stands there 1 to 32 times."""
    sizes, times, tasks = [], [], []
    for count in TIMES:
        path = folder / f"{count}.txt"
        path.write_text(repeated(count), "utf-8")
        sizes.append(path.stat().st_size)
        times.append(best(pipeline.extract, path, 3))
        tasks.append(len(pipeline.extract(path).tasks))
    lengths = f"{sizes[0] / 1000:.0f} to {sizes[-1] / 1000:.0f} kB, {tasks[0]} to {tasks[-1]} tasks"
    yield f"growth of time with length ({lengths}): exponent", f"{slope(sizes, times):.2f}", "≤ 1.1"


def repeated(count: int) -> str:
    """The plan with all between its first heading and its recipients ``count`` times."""
    head, first, rest = PLAN.read_text("utf-8").partition("\nI. ")
    body, last, foot = rest.partition("\nNơi nhận")
    return head + (first + body) * count + last + foot


def slope(xs: list[int], ys: list[float]) -> float:
    return statistics.linear_regression([math.log(x) for x in xs], [math.log(y) for y in ys]).slope


def ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}"


# --- cold --------------------------------------------------------------------------------------


def cold() -> Iterator[Row]:
    ours, theirs = in_turn(
        [KEHOACH, "extract", str(PLAN)], [sys.executable, "-c", "import spacy, underthesea"]
    )
    yield "cold extract of one text : `import spacy, underthesea`", ratio(ours, theirs), "≤ 1.5"
    ours, theirs = in_turn([KEHOACH, "--help"], [sys.executable, "-c", "pass"])
    yield "`kehoach --help` less `python -c pass`", f"{1000 * (ours - theirs):.0f} ms", "≤ 300 ms"


def in_turn(*commands: list[str]) -> list[float]:
    """The median time of each command, in seconds."""
    runs = [[spent(command) for command in commands] for _ in range(FRESH + 1)]
    return [statistics.median(column) for column in zip(*runs[1:], strict=True)]


def spent(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak(pdf: Path) -> float:
    """The largest resident size of a process that reads one PDF, in MB."""
    command = [sys.executable, "-c", WEIGH, KEHOACH, "extract", str(pdf)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    main()
