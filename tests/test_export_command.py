"""``kehoach export``: what it takes, what it says, and that hostile files harm no export."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import icalendar
import openpyxl
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, SHARED, invented_plan, require
from export_samples import agency, deadline, task, with_tasks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor import extract
from extractor.app.cli import main
from extractor.app.export_options import FORMATS
from extractor.export.formats import writer
from extractor.export.json_export import to_json

SAMPLE = ROOT / "corpus" / "so-sanh" / "bai-lau-rac-nhua.txt"


def texts(name: str, data: bytes) -> list[str]:
    """The wordings of the tasks in an export, as a reader of its format finds them."""
    if name == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data))["Nhiệm vụ"]
        return [row[1] or "" for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    if name == "jsonl":
        return [json.loads(line)["task"]["text"] for line in data.decode().splitlines()]
    if name == "parquet":
        return pq.read_table(io.BytesIO(data))["text"].to_pylist()
    if name == "ical":
        return [str(todo["SUMMARY"]) for todo in icalendar.Calendar.from_ical(data).walk("VTODO")]
    column = {"csv": "text", "redmine": "Subject", "openproject": "Subject"}[name]
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    return [row[column] for row in rows]


@pytest.fixture
def folder(tmp_path):
    """A folder with two plans' JSON, one of them a level deeper."""
    inside = tmp_path / "plans"
    (inside / "deeper").mkdir(parents=True)
    other = invented_plan()
    other = other.model_copy(update={"document": other.document.model_copy(update={"id": "d2"})})
    (inside / "a.json").write_text(to_json(invented_plan()), encoding="utf-8")
    (inside / "deeper" / "b.json").write_text(to_json(other), encoding="utf-8")
    return inside


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_holds_every_task_of_a_folder(name, folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["export", name, str(folder), "-o", str(out)]) == 0
    assert texts(name, out.read_bytes()) == [t.text for t in invented_plan().tasks] * 2
    assert capsys.readouterr().err == f"kehoach: {out}: 4 tasks of 2 plans\n"


def test_a_plan_itself_is_read_and_a_broken_one_is_said_while_the_others_go_on(folder, tmp_path):
    (folder / "bad.json").write_text('{"schema_version": "1.0"}', encoding="utf-8")
    out = tmp_path / "out.csv"
    done = kehoach("csv", SAMPLE, folder, tmp_path / "none", "-o", out)
    said = done.stderr.splitlines()
    assert done.returncode == 1
    assert sorted(line.rsplit(" ", 1)[1] for line in said[:-1]) == ["(E_JSON)", "(E_MISSING)"]
    assert said[-1] == f"kehoach: {out}: 8 tasks of 3 plans"
    assert len(texts("csv", out.read_bytes())) == 8


def test_the_same_plan_is_put_in_once_and_said_so(folder, tmp_path, capsys):
    again = tmp_path / "again.json"
    again.write_text(to_json(invented_plan()), encoding="utf-8")
    out = tmp_path / "out.csv"
    assert main(["export", "csv", str(folder), str(again), "-o", str(out)]) == 0
    assert f"{again}: left out, the same plan as {folder / 'a.json'}" in capsys.readouterr().err
    assert len(texts("csv", out.read_bytes())) == 4


def test_without_a_plan_nothing_is_written_and_what_stood_there_stays(tmp_path, capsys):
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    assert main(["export", "csv", str(tmp_path / "empty"), "-o", str(out)]) == 1
    assert out.read_text(encoding="utf-8") == "old"
    assert "(E_EMPTY)" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "out.csv"]


def kehoach(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("kehoach")), "export", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_where_the_file_cannot_be_written_that_is_said(folder, tmp_path):
    place = tmp_path / "none" / "out.csv"
    done = kehoach("csv", folder, "-o", place)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"kehoach: {place}: cannot write (no such file or directory)\n"


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a pipe"])
def test_what_is_no_ordinary_file_is_not_replaced(folder, tmp_path, capsys, kind):
    place = tmp_path / "out"
    if kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(tmp_path / "pipe")
        place.symlink_to(tmp_path / "pipe")
    target = place if kind != "pipe" else tmp_path / "pipe"
    before = target.lstat()
    assert main(["export", "csv", str(folder), "-o", str(target)]) == 1
    assert "cannot write" in capsys.readouterr().err
    assert (target.lstat().st_ino, target.stat().st_mode) == (before.st_ino, (place.stat().st_mode))


def test_a_number_that_a_format_has_no_room_for_is_said(tmp_path, capsys):
    plan = json.loads(to_json(invented_plan()))
    plan["tasks"][0]["evidence"][0]["page"] = 10**25
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert main(["export", "parquet", str(tmp_path / "plan.json"), "-o", str(tmp_path / "out")]) == 1
    assert "no room for a number" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_link_to_a_file_is_followed(folder, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert main(["export", "csv", str(folder), "-o", str(tmp_path / "link.csv")]) == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text("utf-8") != "old"


def test_documents_and_archives_of_them_are_read_for_every_format(tmp_path):
    with zipfile.ZipFile(tmp_path / "plans.zip", "w") as archive:
        for path in sorted(SAMPLE.parent.glob("*.txt")):
            archive.write(path, path.name)
    done = kehoach("parquet", SAMPLE, tmp_path / "plans.zip", "-o", tmp_path / "out")
    assert done.stderr.splitlines() == [
        f"kehoach: {tmp_path / 'plans.zip' / 'bai-lau-rac-nhua.txt'}: left out, the same plan as {SAMPLE}",
        f"kehoach: {tmp_path / 'out'}: 14 tasks of 3 plans",
    ]
    assert done.returncode == 0
    assert len(texts("parquet", (tmp_path / "out").read_bytes())) == 14


@pytest.mark.parametrize("arguments", [["pdf", "x", "-o", "y"], ["csv", "x"], ["csv", "-o", "y"]])
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["export", *arguments])
    assert stopped.value.code == 2
    assert "kehoach export: error:" in capsys.readouterr().err


def test_parquet_without_its_package_says_what_to_install(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "extractor.export.parquet_export", raising=False)
    monkeypatch.delattr("extractor.export.parquet_export", raising=False)
    assert main(["export", "parquet", str(folder), "-o", str(tmp_path / "x")]) == 1
    said = capsys.readouterr().err
    assert said == "kehoach: parquet needs pyarrow: pip install 'kehoach[parquet]' (E_NEEDS_PARQUET)\n"
    assert not (tmp_path / "x").exists()


def test_redact_masks_and_bom_marks(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(to_json(with_tasks(task("Gọi 0912 345 678"))), encoding="utf-8")
    out = tmp_path / "out.csv"
    assert main(["export", "csv", str(plan), "-o", str(out), "--redact", "--bom"]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert texts("csv", out.read_bytes()) == ["Gọi •••• ••• •••"]


@pytest.mark.parametrize("name", ["docx/xss_formula_table.docx", "txt/xss.txt", "html/xss.html"])
def test_hostile_words_stay_words_in_every_export(name, tmp_path):
    path = SHARED / "hostile" / name
    require(path.exists(), "the hostile files")
    plan = tmp_path / "plan.json"
    words = [words for words in re.split(r"[\t\n]", extract(path).text) if words.strip()]
    tasks = (task(each, f"t{n}", lead=[agency(each)]) for n, each in enumerate(words))
    plan.write_text(to_json(with_tasks(*tasks)), encoding="utf-8")
    for form in FORMATS:
        out = tmp_path / form
        assert main(["export", form, str(plan), "-o", str(out)]) == 0
        found = [text.removeprefix("'") for text in texts(form, out.read_bytes())]
        assert [each[:200] for each in found] == [each[:200] for each in words]
        if form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
            assert all(c.data_type != "f" for sheet in book for row in sheet.iter_rows() for c in row)
        if form in ("csv", "redmine", "openproject"):
            cells = [c for row in csv.reader(io.StringIO(out.read_text("utf-8"), newline="")) for c in row]
            assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠")]


anything = st.text(max_size=80)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=anything, name=anything, label=anything | st.none(), number=anything | st.none())
def test_any_text_makes_a_file_that_its_reader_reads(text, name, label, number):
    one = task(text, lead=[agency(name)], deadlines=[deadline(name, label=label, due="2026-06-30")])
    plan = with_tasks(one, task(name, "t2"))
    plan = plan.model_copy(update={"document": plan.document.model_copy(update={"number": number})})
    for form in FORMATS:
        found = texts(form, b"".join(writer(form)([plan])))
        assert len(found) == 2
        if form in ("jsonl", "parquet"):
            assert found == [text, name]
