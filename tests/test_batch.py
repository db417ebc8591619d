"""Batch runs: whatever interrupts them, they end with the same results, and nothing is done twice."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, TEXT, require
from test_archive import PLAN, zipped

from extractor.app.batch import run as batch_run
from extractor.app.batch.page import page
from extractor.app.cli import FAILED, READ, main

STOPPED = 3
SAMPLES = sorted((ROOT / "corpus").glob("*.txt"))


def fill(inbox: Path) -> None:
    """An inbox with folders, copies, an archive, damaged files and what is no plan."""
    (inbox / "xã").mkdir(parents=True)
    for sample in SAMPLES:
        shutil.copy(sample, inbox / sample.name)
    shutil.copy(SAMPLES[0], inbox / "xã" / "bản sao.txt")
    (inbox / "hỏng.pdf").write_bytes(b"%PDF-1.7\n" + b"\x9a" * 400)
    (inbox / "rỗng.docx").write_bytes(b"")
    (inbox / "thư.zip").write_bytes(zipped(("a.txt", PLAN), ("../b.txt", PLAN), ("c.docx", b"PK\x03\x04")))
    (inbox / ".đang chép.txt.part").write_text("dở dang", "utf-8")


def batch(inbox: Path, out: Path, *more: str) -> int:
    return main(["batch", str(inbox), "-o", str(out), *more])


def tree(out: Path) -> dict[str, bytes]:
    """All that a run leaves for its user; the journal and the lock are its own business."""
    files = [
        path for path in out.rglob("*") if path.is_file() and not path.name.startswith((".lock", "journal"))
    ]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def entries(out: Path) -> dict[str, dict]:
    report = json.loads((out / "report.json").read_text("utf-8"))
    return {entry["file"]: entry for entry in report["entries"]}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    inbox, out = tmp_path_factory.mktemp("inbox"), tmp_path_factory.mktemp("out")
    fill(inbox)
    assert batch(inbox, out) == FAILED
    return inbox, tree(out)


def test_a_batch_reads_what_can_be_read_and_says_what_cannot(undisturbed):
    _, files = undisturbed
    report = json.loads(files["report.json"])
    found = {entry["file"]: entry.get("error", {}).get("code") for entry in report["entries"]}
    assert found == {
        **{sample.name: None for sample in SAMPLES},
        "xã/bản sao.txt": None,
        "hỏng.pdf": "E_CORRUPT",
        "rỗng.docx": "E_EMPTY",
        "thư.zip/a.txt": None,
        "thư.zip/../b.txt": "E_ZIP_PATH",
        "thư.zip/c.docx": "E_CORRUPT",
    }
    assert report["files"] == len(found)
    assert report["failed"] == 4
    copies = [entry for entry in report["entries"] if "same_as" in entry]
    assert [entry["file"] for entry in copies] in ([SAMPLES[0].name], ["xã/bản sao.txt"])
    plans = [name for name in files if name.startswith("plans/")]
    assert len(plans) == len(SAMPLES) + 1
    assert sum(report["issuers"].values()) == report["plans"] == len(SAMPLES) + 1


def test_a_second_run_does_nothing_and_ends_alike(undisturbed, tmp_path, capsys):
    inbox, files = undisturbed
    assert batch(inbox, tmp_path) == FAILED
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "plans").rglob("*.json")}
    capsys.readouterr()
    assert batch(inbox, tmp_path) == FAILED
    assert "0 read, 0 failed" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert tree(tmp_path) == files


def test_bad_files_change_nothing_of_the_good(undisturbed, tmp_path):
    _, files = undisturbed
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for sample in SAMPLES:
        shutil.copy(sample, inbox / sample.name)
    assert batch(inbox, tmp_path / "out") == READ
    good = {name: data for name, data in tree(tmp_path / "out").items() if name.startswith("plans/")}
    assert good.items() <= files.items()


@pytest.mark.parametrize("seed", range(int(os.environ.get("KEHOACH_KILLS", "6"))))
def test_a_killed_run_goes_on_as_if_nothing_had_happened(undisturbed, tmp_path, seed):
    """Killed at seeded points until it comes to its end; KEHOACH_KILLS says how many seeds."""
    inbox, files = undisturbed
    chance = random.Random(seed)
    command = [sys.executable, "-m", "extractor.app.cli", "batch", str(inbox), "-o", str(tmp_path)]
    for _ in range(40):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                code = process.wait(timeout=chance.uniform(0.8, 5.0))
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
    assert code == FAILED
    assert tree(tmp_path) == files
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_plan_without_its_journal_row_is_not_read_again(undisturbed, tmp_path, capsys):
    inbox, files = undisturbed
    batch(inbox, tmp_path)
    with sqlite3.connect(tmp_path / "journal.sqlite") as db:
        db.execute("DELETE FROM results WHERE path IS NOT NULL")
    capsys.readouterr()
    batch(inbox, tmp_path)
    assert "0 read, 0 failed" in capsys.readouterr().err
    assert tree(tmp_path) == files


def test_a_plan_that_is_gone_is_read_again(undisturbed, tmp_path, capsys):
    inbox, files = undisturbed
    batch(inbox, tmp_path)
    next((tmp_path / "plans").glob("*.json")).unlink()
    capsys.readouterr()
    batch(inbox, tmp_path)
    assert "1 read, 0 failed" in capsys.readouterr().err
    assert tree(tmp_path) == files


def test_only_what_changed_is_read_and_a_reissue_is_a_new_version(tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "a.txt").write_text(TEXT, "utf-8")
    (inbox / "b.txt").write_text(TEXT + "\n", "utf-8")
    (inbox / "c.txt").write_text(TEXT.replace("30/6/2026", "30/9/2026"), "utf-8")
    for number, name in enumerate("abc"):
        os.utime(inbox / f"{name}.txt", (number, number))
    assert batch(inbox, out) == READ
    found = entries(out)
    assert len({entry["id"] for entry in found.values()}) == 1
    assert [found[f"{name}.txt"].get("version") for name in "abc"] == [1, 1, 2]
    assert [found[f"{name}.txt"].get("same_as") for name in "abc"] == [None, "a.txt", None]
    (inbox / "a.txt").write_text(TEXT.replace("12.500", "13.000"), "utf-8")
    capsys.readouterr()
    assert batch(inbox, out) == READ
    assert "1 read, 0 failed, 2 known" in capsys.readouterr().err
    assert len(list((out / "plans").iterdir())) == 4  # the older state of a.txt is kept


def test_failures_are_kept_until_asked_for_again(tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "rỗng.txt").write_bytes(b"")
    assert batch(inbox, out) == FAILED
    assert batch(inbox, out) == FAILED
    assert "0 read, 0 failed, 1 known" in capsys.readouterr().err
    assert batch(inbox, out, "--retry") == FAILED
    assert "0 read, 1 failed" in capsys.readouterr().err


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE])
@pytest.mark.parametrize("step", range(4))
def test_a_failing_disk_stops_the_run_plainly_and_loses_nothing(tmp_path, capsys, monkeypatch, code, step):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    for name in "abc":
        (inbox / f"{name}.txt").write_text(TEXT.replace("15/KH", f"{ord(name)}/KH"), "utf-8")
    real, calls = os.fsync, iter(range(100))

    def fsync(descriptor: int) -> None:
        if next(calls) == step:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        assert batch(inbox, out, "--workers", "1") == STOPPED
    message = capsys.readouterr().err.splitlines()[-1]
    assert os.strerror(code) in message
    assert "start again" in message
    assert len(list((out / "plans").rglob("*.json"))) == min(step, 3)
    assert batch(inbox, out) == READ
    assert f"{3 - min(step, 3)} read, 0 failed" in capsys.readouterr().err
    assert len(list((out / "plans").rglob("*.json"))) == 3


def test_a_full_disk_in_truth(tmp_path, capsys):
    """A file system of one megabyte, where this process may mount one."""
    out = tmp_path / "out"
    out.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "none", str(out)], check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        inbox = tmp_path / "inbox"
        fill(inbox)
        assert batch(inbox, out) == STOPPED
        assert "No space left" in capsys.readouterr().err or "full" in capsys.readouterr().err
    finally:
        subprocess.run(["umount", str(out)], check=True)


def test_two_batches_do_not_write_to_one_folder(tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    with batch_run.alone(out):
        assert batch(inbox, out) == STOPPED
    assert "another batch" in capsys.readouterr().err


def test_a_missing_inbox_is_wrong_usage(tmp_path, capsys):
    assert batch(tmp_path / "không có", tmp_path / "out") == 2
    assert "no such folder" in capsys.readouterr().err


def test_results_do_not_go_where_they_would_be_read(tmp_path, capsys):
    (tmp_path / "plans").mkdir()
    assert batch(tmp_path, tmp_path) == 2
    assert batch(tmp_path / "plans", tmp_path) == 2
    assert "results would be read as plans" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["plans"]


def test_pipes_devices_and_links_out_are_each_said_and_nothing_waits_for_them(tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "a.txt").write_text(TEXT, "utf-8")
    (inbox / "b.txt").symlink_to("a.txt")
    (tmp_path / "secret.txt").write_text(TEXT, "utf-8")
    (inbox / "out.txt").symlink_to(tmp_path / "secret.txt")
    (inbox / "zero").symlink_to("/dev/zero")
    (inbox / "round").symlink_to(inbox)
    for name in ("pipe", "pipe2"):
        os.mkfifo(inbox / name)
    for _ in range(2):
        assert batch(inbox, out) == FAILED
        found = {name: entry.get("error", {}).get("code") for name, entry in entries(out).items()}
        assert found == {
            "a.txt": None,
            "b.txt": None,
            "out.txt": "E_LINK",
            "zero": "E_LINK",
            "pipe": "E_NOT_A_FILE",
            "pipe2": "E_NOT_A_FILE",
        }
    assert "internal" not in capsys.readouterr().err
    (inbox / "pipe").unlink()
    (inbox / "pipe").write_text(TEXT.replace("15/KH", "16/KH"), "utf-8")
    assert batch(inbox, out) == FAILED
    assert "error" not in entries(out)["pipe"]


@pytest.mark.parametrize("locked", ["inbox/locked", "inbox"])
def test_a_folder_that_cannot_be_opened_is_said(tmp_path, monkeypatch, locked):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    (inbox / "locked").mkdir(parents=True)
    (inbox / "locked" / "a.txt").write_text(TEXT, "utf-8")
    real = os.scandir

    def scandir(path):
        if Path(path) == tmp_path / locked:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert batch(inbox, out) == FAILED
    codes = {name: entry["error"]["code"] for name, entry in entries(out).items()}
    assert codes == {str((tmp_path / locked).relative_to(inbox)): "E_UNREADABLE"}


def test_the_page_says_in_words_what_wants_a_look_and_shows_names_as_words():
    name = "<img src=x onerror=alert(1)>\u202e.pdf"
    entry = {"file": name, "title": "<script>", "look": ["W_NEEDS_OCR", "2 of 3 tasks are doubtful"]}
    counts = dict.fromkeys(("files", "plans", "failed", "tasks", "targets"), 1)
    tool = {"version": "1", "rules": "2"}
    shown = {**entry, "tasks": 3, "targets": 0, "issued": "2026-01-28"}
    html = page({**counts, "tool": tool, "issuers": {}, "types": {}, "entries": [shown]}, "<b>")
    assert "pages are pictures <span>(W_NEEDS_OCR)</span><br>2 of 3 tasks are doubtful" in html
    assert not [mark for mark in ("<img", "<script", "\u202e") if mark in html]
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_odd_names_are_read_and_kept_apart(tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    names = ["dòng\nmới.txt", "🗎.txt", "-o.txt", "a" * 246 + ".txt", "kế.txt", "kế.txt", " .txt", "$(x).txt"]
    for number, name in enumerate(names):
        (inbox / name).write_text(TEXT.replace("15/KH", f"{number}/KH"), "utf-8")
    (Path(os.fsdecode(os.fsencode(inbox) + b"/\xe1\xe2.txt"))).write_text(TEXT, "utf-8")
    assert batch(inbox, out) == READ
    assert len(list((out / "plans").iterdir())) == len(set(names)) + 1
    assert len(entries(out)) == len(set(names)) + 1
    assert "\n\n" not in capsys.readouterr().err


def test_watching_takes_in_what_arrives_and_ends_when_told(tmp_path):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "a.txt").write_text(TEXT, "utf-8")
    command = [
        sys.executable,
        "-m",
        "extractor.app.cli",
        "batch",
        str(inbox),
        "-o",
        str(out),
        "--watch",
        "--every",
        "0.2",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: (out / "report.json").exists() and "a.txt" in entries(out))
        (inbox / "b.txt").write_text(TEXT.replace("15/KH", "16/KH"), "utf-8")
        wait_for(lambda: "b.txt" in entries(out))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert process.returncode in (READ, 130)
    assert "Traceback" not in said


def wait_for(condition) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not come about within a minute")


def test_a_ray_cluster_of_two_processes_gives_the_same(undisturbed, tmp_path):
    require(importlib.util.find_spec("ray"), "Ray (kehoach[ray])")
    inbox, files = undisturbed
    command = [sys.executable, "-m", "extractor.app.cli", "batch", str(inbox), "-o", str(tmp_path)]
    done = subprocess.run(
        [*command, "--engine", "ray", "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == FAILED, done.stderr[-2000:]
    assert tree(tmp_path) == files


def test_what_is_read_is_loaded_into_a_register(tmp_path, capsys):
    inbox, db = tmp_path / "inbox", f"sqlite:///{tmp_path}/r.sqlite"
    inbox.mkdir()
    (inbox / "a.txt").write_text(TEXT, "utf-8")
    assert batch(inbox, tmp_path / "out", "--db", db) == READ
    assert batch(inbox, tmp_path / "out", "--db", db) == READ
    capsys.readouterr()
    assert main(["tasks", "--db", db, "--json", "--agency", "Sở NN&MT"]) == READ
    assert "Rà soát quỹ đất" in capsys.readouterr().out
