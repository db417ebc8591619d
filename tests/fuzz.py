"""Damages files of every format and has them read, as often as asked; prints what escaped, and exits by it.

    python tests/fuzz.py 10000 [FIRST_SEED]

Each file is read in a worker process under the usual limits, whole: loader, rules and all.
"""

from __future__ import annotations

import collections
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mutants import mutant
from PIL import Image

from extractor import Pipeline
from extractor.app.jobs import Job, Outcome
from extractor.app.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[1]
DEFECTS = ("E_INTERNAL", "E_CRASH", "E_LIMIT_TIME", "E_LIMIT_MEMORY", "E_SYSTEM")


def samples() -> dict[str, bytes]:
    """A small file of each format, by its name."""
    from test_archive import zipped
    from xlsx_samples import sheet

    plan = (ROOT / "corpus" / "song-may-dang-uy-kiem-tra.txt").read_bytes()
    table = "| TT | Nhiệm vụ | Chủ trì |\n|---|---|---|\n| 1 | Rà soát hồ sơ | Sở Nội vụ |\n".encode()
    paragraphs = "".join(f"<p>{line}</p>" for line in plan.decode().splitlines())
    page = f'<html><meta charset="utf-8"><body>{paragraphs}</body></html>'.encode()
    mail = b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    picture = io.BytesIO()
    Image.new("L", (60, 40), 255).save(picture, "PNG")
    found = {
        "a.txt": plan,
        "b.md": table * 5 + plan,
        "c.html": page,
        "d.mht": mail + page + b"\r\n--b--\r\n",
        "e.xlsx": sheet(
            [["TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"], [1, "Rà soát hồ sơ", "Sở Nội vụ", "Quý II"]]
        ),
        "f.zip": zipped(("a.txt", plan), ("c.html", page)),
        "g.png": picture.getvalue(),
        "h.docx": (ROOT / "corpus" / "files" / "song-may-dang-uy-kiem-tra.docx").read_bytes(),
        "i.pdf": (ROOT / "corpus" / "files" / "song-may-dang-uy-kiem-tra.pdf").read_bytes(),
    }
    old = ROOT / "tests" / "data" / "old-formats"
    return found | {path.name: path.read_bytes() for path in sorted(old.glob("*"))}


def jobs(folder: Path, count: int, first: int) -> Iterator[Job]:
    """A job for each damaged file; formats take turns. A file is written just before it is read."""
    files = list(samples().items())
    for seed in range(first, first + count):
        name, data = files[seed % len(files)]
        path = folder / f"{seed}-{name}"
        path.write_bytes(mutant(data, seed, files[(seed * 7 + 3) % len(files)][1]))
        yield Job(path, path.name)


def escaped(count: int, first: int = 0, workers: int = 2) -> tuple[list[Outcome], collections.Counter[str]]:
    """What was read or refused in a way that no file should be; and how often each answer came."""
    answers: collections.Counter[str] = collections.Counter()
    bad = []
    with tempfile.TemporaryDirectory() as folder, Supervisor(Pipeline(), workers) as supervisor:
        for outcome in supervisor.run(jobs(Path(folder), count, first)):
            code = outcome.error[0] if outcome.error else "read"
            answers[code] += 1
            if code in DEFECTS:
                bad.append(outcome)
            elif outcome.job.member is None and not outcome.members:
                outcome.job.path.unlink()
    return bad, answers


def main() -> int:
    count, first = (int(number) for number in [*sys.argv[1:], "1000", "0"][:2])
    started = time.monotonic()
    bad, answers = escaped(count, first)
    for outcome in bad:
        print(outcome.job.name, outcome.error)
    print(dict(answers.most_common()), f"{time.monotonic() - started:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
