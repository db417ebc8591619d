"""Damaged and malicious files answer as ../shared/hostile lists: fast, plainly, hurting nobody."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARED, require

from extractor import Pipeline
from extractor.app.jobs import Outcome, jobs_of
from extractor.app.limits import Limits
from extractor.app.supervisor import Supervisor

HOSTILE = SHARED / "hostile"
require(HOSTILE.exists(), "the shared hostile files (../shared/hostile)")

#: A file that is read gives a warning, and a warning's code begins with W_; one that is not gives an error.
RENAMED = {
    "docx/html_named_doc.doc": "W_TYPE_MISMATCH",
    "html/word_mhtml.doc": "W_TYPE_MISMATCH",
    "pdf/filter_loop_100.pdf": "E_NO_TEXT",
    "pdf/lzw_bad.pdf": "E_NO_TEXT",
    "pdf/ascii85_bad.pdf": "E_NO_TEXT",
}
#: What does not answer as listed yet; one that starts to is a failing test.
KNOWN: set[str] = set()


@dataclass
class Answer:
    outcomes: list[Outcome]
    seconds: float
    megabytes: float  # beyond what the pipeline itself takes

    @property
    def plans(self) -> list[dict[str, Any]]:
        return [json.loads(each.text) for each in self.outcomes if each.text is not None]

    @property
    def codes(self) -> set[str]:
        errors = {each.error[0] for each in self.outcomes if each.error}
        return errors | {warning["code"] for plan in self.plans for warning in plan["warnings"]}


@cache
def pipeline() -> Pipeline:
    return Pipeline()


def rows() -> list[dict[str, str]]:
    with (HOSTILE / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read(path: Path, seconds: int) -> Answer:
    started, before = time.monotonic(), resident()
    limits = Limits(seconds=max(seconds, Limits().seconds))
    with Supervisor(pipeline(), 1, limits) as supervisor:
        outcomes = list(supervisor.run(jobs_of([path])))
    return Answer(outcomes, time.monotonic() - started, supervisor.peak / 1024 - before)


def resident() -> float:
    """What this process holds, in MB: a worker that it forks starts with as much."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def params() -> list[Any]:
    marks = {True: [pytest.mark.xfail(strict=True)], False: []}
    return [pytest.param(row, id=row["file"], marks=marks[row["file"] in KNOWN]) for row in rows()]


@pytest.mark.parametrize("row", params())
def test_a_hostile_file_answers_as_listed(row):
    answer = read(HOSTILE / row["file"], int(row["max_s"]))
    assert "E_INTERNAL" not in answer.codes
    assert "E_CRASH" not in answer.codes
    code = RENAMED.get(row["file"], row["code"])
    if row["expect"] == "error":
        assert answer.plans == []
    else:
        assert answer.plans
    if row["expect"] in ("ok", "ok_warn") and row["file"].partition("/")[0] == "batch":
        assert not any(each.error for each in answer.outcomes)
    assert not code or code in answer.codes
    if row["truth"].startswith("base"):
        same_tasks(answer.plans[0], cut="W_BAD_BYTES" in answer.codes)
    if "text equals BASE" in row["a_good_tool_must"] and row["truth"] == "base":
        same_text(answer.plans[0])
    assert answer.seconds < int(row["max_s"])
    assert answer.megabytes < int(row["max_mb"])


def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HOSTILE / "base" / "TRUTH.json").read_text(encoding="utf-8"))
    return found


def same_tasks(plan: dict[str, Any], cut: bool) -> None:
    """The plan's tasks and head are the known ones; ``cut``: the file ends within the last letter.

    A second page that is a scan holds the plan once more; it is read where text recognition is there.
    """
    expected, document = truth(), plan["document"]
    assert [document["number"], document["issued"]] == [expected["doc_no"], expected["date"]]
    assert document["signer"]["name"] == (expected["signer"][:-1] if cut else expected["signer"])
    scanned = document["source"].get("ocr")
    tasks = [task for task in plan["tasks"] if not scanned or task["evidence"][0]["page"] == 1]
    for task, wanted in zip(tasks, expected["tasks"], strict=True):
        assert [agency["text"] for agency in task["lead"]] == [wanted["lead"]]
        assert [agency["text"] for agency in task["support"]] == wanted.get("with", [])
        (deadline,) = task["deadlines"]
        assert deadline.get("due") == wanted.get("due") or "due" not in wanted
        assert wanted.get("due_text", wanted.get("recurring", "")) in deadline["text"]
    values = [(target["value"], target["unit"]) for target in plan["targets"] if target["unit"] == "%"]
    wanted_values = [(target["value"], target["unit"]) for target in expected["targets"]]
    assert values == wanted_values * (2 if scanned else 1)


def same_text(plan: dict[str, Any]) -> None:
    base = (HOSTILE / "base" / "BASE.txt").read_text(encoding="utf-8")
    assert plan["text"].split() == unicodedata.normalize("NFC", base).split()


GUARD = """
import os, socket, sys
import extractor.pipeline  # spaCy brings urllib3, which asks at import whether the machine speaks IPv6
def guard(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        os.write(2, f"NETWORK {event} {arguments}\\n".encode())
        os._exit(99)
sys.addaudithook(guard)
from extractor.app.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_no_socket_is_opened_and_no_file_is_left(tmp_path):
    """The whole lot in one run, under an audit hook and, where the system allows it, without a network."""
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    files = [str(HOSTILE / row["file"]) for row in rows()]
    alone = [shutil.which("unshare") or "", "--map-root-user", "--net"]
    works = alone[0] and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    command = [*(alone if works else []), sys.executable, "-c", GUARD, "extract", *files, "-o", str(out)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        cwd=tmp_path,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert "NETWORK" not in done.stderr
    assert list(scratch.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "scratch"]
    assert {path.suffix for path in out.iterdir()} == {".json"}
    assert not list(Path("/tmp").glob("hostile_pwned*"))
    assert not list(ROOT.parent.glob("hostile_pwned*"))
