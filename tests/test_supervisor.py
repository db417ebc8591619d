"""Worker processes: limits hold, a file costs nobody but itself, nothing is left behind."""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, TEXT, invented_plan

from extractor import schema
from extractor.app import worker
from extractor.app.jobs import Job, Outcome, decode, jobs_of, outcome
from extractor.app.limits import Limits
from extractor.app.supervisor import Supervisor
from extractor.app.worker import summary_of
from extractor.errors import UnreadableError

QUICK = Limits(memory=1 << 30, seconds=1, step_seconds=2)


class Faulty:
    """A pipeline whose files say what goes wrong with them."""

    def extract_bytes(self, data: bytes, _name: str, progress, _notices) -> schema.Plan:
        getattr(self, data.decode().partition(" ")[0])(progress)
        return invented_plan()

    def good(self, _) -> None:
        pass

    def bad(self, _) -> None:
        raise UnreadableError("E_CORRUPT", "the file is damaged")

    def sleep(self, _) -> None:
        time.sleep(60)

    def spin(self, _) -> None:
        while True:
            pass

    def long(self, progress) -> None:
        """Longer than a file may take, but no step of it is."""
        for step in range(4):
            progress(f"page {step}")
            time.sleep(0.9)

    def stuck(self, progress) -> None:
        progress("page 1")
        time.sleep(60)

    def memory(self, _) -> None:
        bytearray(2 << 30)

    def crash(self, _) -> None:
        ctypes.string_at(0)

    def leave(self, _) -> None:
        os._exit(3)

    def litter(self, progress) -> None:
        import tempfile

        descriptor, _ = tempfile.mkstemp()
        os.close(descriptor)
        self.crash(progress)

    def children(self, _) -> None:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(98765)"])
        time.sleep(60)

    def deep(self, progress) -> None:
        self.deep(progress)

    def defect(self, _) -> None:
        raise KeyError("a defect of ours")


@pytest.fixture
def files(tmp_path: Path):
    def make(*kinds: str) -> list[Job]:
        paths = [tmp_path / f"{number}-{kind}.txt" for number, kind in enumerate(kinds)]
        for path, kind in zip(paths, kinds, strict=True):
            path.write_text(f"{kind} file", "utf-8")
        return jobs_of(paths)

    return make


def read(jobs: list[Job], workers: int = 1, limits: Limits = QUICK, progress=None) -> dict[str, Outcome]:
    with Supervisor(Faulty(), workers, limits) as supervisor:
        return {each.job.name: each for each in supervisor.run(jobs, progress)}


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("bad", "E_CORRUPT", "damaged"),
        ("sleep", "E_LIMIT_TIME", "more than 1 seconds"),
        ("spin", "E_LIMIT_TIME", "more than 1 seconds of"),
        ("stuck", "E_LIMIT_TIME", "more than 2 seconds"),
        ("memory", "E_LIMIT_MEMORY", "memory"),
        ("crash", "E_CRASH", "SIGSEGV"),
        ("leave", "E_CRASH", "an error"),
        ("deep", "E_DEPTH", "nests"),
        ("defect", "E_INTERNAL", "KeyError"),
    ],
)
def test_a_file_that_goes_wrong_costs_itself_alone(files, kind, code, words):
    found = read(files("good", kind, "good"))
    assert [each.error for each in found.values() if each.text] == [None, None]
    (failed,) = [each for each in found.values() if not each.text]
    assert failed.error[0] == code
    assert words in failed.error[1]


def test_every_outcome_comes_once_whatever_happens_beside_it(files):
    kinds = ["good", "crash", "good", "sleep", "bad", "good", "memory", "leave", "good", "defect", "good"]
    jobs = files(*kinds)
    found = read(jobs, workers=2)
    assert sorted(found) == sorted(job.name for job in jobs)
    assert {name for name, each in found.items() if each.text} == {j.name for j in jobs if "good" in j.name}


def test_a_long_file_goes_on_while_its_steps_are_short(files):
    heard: list[str] = []
    found = read(files("long"), progress=heard.append)
    assert found["0-long.txt"].text
    assert heard == [f"0-long.txt: page {step}" for step in range(4)]


def test_nothing_is_left_behind(files, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    assert read(files("litter", "children", "good"))["2-good.txt"].text
    assert list((tmp_path / "scratch").iterdir()) == []
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "time.sleep(98765)" not in processes


def test_workers_are_replaced_now_and_then_and_no_file_is_lost(files, monkeypatch):
    monkeypatch.setattr(worker, "_MANY", 3)
    found = read(files(*["good"] * 20), workers=2)
    assert len([each for each in found.values() if each.text]) == 20


def test_leaving_early_ends_the_workers(files):
    started = time.monotonic()
    with Supervisor(Faulty(), 2, Limits()) as supervisor:
        first = next(iter(supervisor.run(files("good", "sleep", "sleep"))))
        workers = [each.pid for each in supervisor._workers]
    assert first.text
    assert time.monotonic() - started < 20
    assert workers
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_a_worker_may_be_a_fresh_interpreter(tmp_path):
    (tmp_path / "cây.txt").write_text(TEXT, "utf-8")
    (tmp_path / "rỗng.txt").write_bytes(b"")
    with Supervisor(None, 1, Limits()) as supervisor:
        empty, read = supervisor.run(jobs_of([tmp_path / "rỗng.txt", tmp_path / "cây.txt"]))
    assert empty.error[0] == "E_EMPTY"
    assert read.summary.number == "15/KH-UBND"


def test_no_process_to_be_had_is_said_plainly(files, monkeypatch):
    def fork() -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    (found,) = read(files("good")).values()
    assert found.error[0] == "E_SYSTEM"
    assert os.strerror(errno.EAGAIN).lower() in found.error[1]


def test_jobs_and_outcomes_survive_the_pipe():
    job = Job(Path("a/\udce1\n.zip"), "kế hoạch", 3, (("W_NAME", "tên lạ"),), ("E_NAME", "dài"))
    assert decode(job.encode()) == job
    assert b"\n" not in job.line()[:-1]
    result = Outcome(job, '{"a": "á\\n"}', summary_of(invented_plan()), 0.5, None, (job,))
    assert outcome(job, result.encode()) == result
    failed = Outcome(job, error=("E_EMPTY", "trống"))
    assert outcome(job, failed.encode()) == failed


def test_a_worker_ends_when_its_parent_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        f"import sys; sys.path[:0] = [{str(ROOT / 'tests')!r}]\n"
        "import os\nfrom pathlib import Path\n"
        "from test_supervisor import Faulty, Limits, Supervisor, jobs_of\n"
        "with Supervisor(Faulty(), 1, Limits()) as s:\n"
        "    run = s.run(jobs_of([Path(sys.argv[1]), Path(sys.argv[2])]))\n"
        "    next(run)\n"
        "    print(s._workers[0].pid, flush=True)\n"
        "    next(run)\n",
        "utf-8",
    )
    for name in ("good", "sleep"):
        (tmp_path / name).write_text(f"{name} file", "utf-8")
    command = [sys.executable, str(script), str(tmp_path / "good"), str(tmp_path / "sleep")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid)


def test_what_a_killed_run_left_is_cleared_away(files, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    left, alive = tmp_path / f"kehoach-{gone.pid}-abc", tmp_path / f"kehoach-{os.getpid()}-abc"
    for folder in (left, alive):
        folder.mkdir()
    assert read(files("good"))["0-good.txt"].text
    assert not left.exists()
    assert alive.exists()


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False
