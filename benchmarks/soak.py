"""A long batch: nothing lost, memory flat, two workers nearly twice as fast as one.

    python benchmarks/soak.py [FILES] [FOLDER]

Makes an inbox of FILES (10,000) plans, one in ten of them hostile or damaged, reads it with two workers and
prints what came of it; then reads 400 plans with one worker and with two, in turns, and prints the ratio. Run
by hand on a quiet machine; a figure is only worth something beside the others of the same run.
"""

from __future__ import annotations

import io
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
HOSTILE = ROOT.parent / "shared" / "hostile"
SLOW = ("pages_3k", "bullets_50k", "redos_", "bomb", "many_short")  # each a soak of its own


def main() -> None:
    """Prints the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="soak-"))
    inbox = folder / "inbox"
    fill(inbox, count)
    seconds, memory, report = run(inbox, folder / "out", 2)
    found = {entry["file"] for entry in report["entries"]}
    sent = {str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file()}
    early, late = (
        statistics.median(memory[len(memory) // 10 : len(memory) // 5]),
        statistics.median(memory[-10:]),
    )
    pages = sum(
        pages_of(folder / "out" / entry["result"]) for entry in report["entries"] if "result" in entry
    )
    lost, failed = len(sent - found), report["failed"]
    print(f"files {len(sent)}, lost {lost}, failed {failed}, distinct plans' tasks {report['tasks']}")
    print(
        f"{seconds:.0f} s: {60 * len(found) / seconds:.0f} files, {60 * pages / seconds:.0f} pages a minute"
    )
    print(f"parent's memory {early:.0f} MB after a tenth, {late:.0f} MB at the end ({late / early - 1:+.1%})")
    few = folder / "few"
    fill(few, 400)
    ratios = []
    for turn in range(3):
        one, _, _ = run(few, folder / f"one{turn}", 1)
        two, _, _ = run(few, folder / f"two{turn}", 2)
        ratios.append(one / two)
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"two workers are {statistics.median(ratios):.2f} times as fast as one ({shown})")
    if len(sys.argv) < 3:
        shutil.rmtree(folder)


def fill(inbox: Path, count: int) -> None:
    """Files that all differ: samples with numbers of their own, and every tenth one hostile."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.txt"))]
    words = [path.read_bytes() for path in sorted((CORPUS / "files").glob("*.docx"))]
    pdfs = [path.read_bytes() for path in sorted((CORPUS / "files").glob("*.pdf"))]
    bad = [
        p
        for p in sorted(HOSTILE.glob("*/*"))
        if p.parent.name not in ("base", "batch") and not any(s in p.name for s in SLOW)
    ]
    dice = random.Random(1)
    for number in range(count):
        place = inbox / f"{number // 500:02}"
        place.mkdir(parents=True, exist_ok=True)
        if number % 10 == 9 and bad:
            source = bad[number // 10 % len(bad)]
            data = source.read_bytes()
            (place / f"{number}-{source.name}").write_bytes(data + b"\n%d" % number if data else data)
        elif number % 10 == 8:
            (place / f"{number}.docx").write_bytes(commented(dice.choice(words), number))
        elif number % 10 == 7:
            (place / f"{number}.pdf").write_bytes(dice.choice(pdfs) + b"%% %d\n" % number)
        else:
            (place / f"{number}.txt").write_text(f"{dice.choice(texts)}\n{number}\n", encoding="utf-8")


def commented(word: bytes, number: int) -> bytes:
    """A Word file with a comment on its zip."""
    buffer = io.BytesIO(word)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"%d" % number
    return buffer.getvalue()


def run(inbox: Path, out: Path, workers: int) -> tuple[float, list[float], dict]:
    """Seconds, the parent's resident memory in MB second by second, the report."""
    command = [
        sys.executable,
        "-m",
        "extractor.app.cli",
        "batch",
        str(inbox),
        "-o",
        str(out),
        "--workers",
        str(workers),
    ]
    started, memory = time.monotonic(), []
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            memory.append(resident(process.pid))
            time.sleep(min(1.0, 0.1 + len(memory) / 20))
    seconds = time.monotonic() - started
    return (
        seconds,
        [each for each in memory if each],
        json.loads((out / "report.json").read_text(encoding="utf-8")),
    )


def resident(pid: int) -> float:
    """A process's resident memory in MB, 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0
    )


def pages_of(result: Path) -> float:
    """The pages of a plan; where the format has none, 3,000 characters count as one."""
    plan = json.loads(result.read_text(encoding="utf-8"))
    return float(plan["document"]["source"].get("pages") or max(1.0, len(plan["text"]) / 3000))


if __name__ == "__main__":
    main()
