"""The command line, from its arguments to its exit codes, streams and files."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TEXT, invented_plan, require

from extractor.app.cli import main
from extractor.app.reading import OutputNames, describe, printable
from extractor.errors import UnreadableError
from extractor.export.json_export import from_json, to_json
from extractor.export.wording import day, deadline, quantity
from extractor.schema import Deadline, PlanWarning, Target

KEHOACH = str(Path(sys.executable).with_name("kehoach"))


def kehoach(*arguments: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **settings}
    return subprocess.run(
        [KEHOACH, *arguments], capture_output=True, env=environment, check=False, timeout=120
    )


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """The JSON of the invented plan, as ``extract`` writes it."""
    path = tmp_path / "cay.json"
    path.write_text(to_json(invented_plan()), "utf-8")
    return path


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """The invented plan as text, for the pipeline to read."""
    require(importlib.util.find_spec("extractor.pipeline"), "the pipeline")
    path = tmp_path / "cay.txt"
    path.write_text(TEXT, "utf-8")
    return path


# --- show and explain --------------------------------------------------------------------------


def test_show_prints_the_plan_in_order(result, capsys):
    assert main(["show", str(result)]) == 0
    out = capsys.readouterr().out
    parts = [
        "KẾ HOẠCH Trồng cây phân tán năm 2026",
        "Số: 15/KH-UBND",
        "Ban hành: Bình Lục, 02/03/2026",
        "Người ký: TM. Trần Văn Thí",
        "Nhiệm vụ (2)",
        "Chỉ tiêu (1)",
        "≥ 12.500 cây",
        "07/NQ-HĐND  Nghị quyết  05/01/2026  thực hiện",
        "Cảnh báo (1)",
        "p. 2: no recipients were found",
    ]
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    heading = out.split("Nhiệm vụ (2)\n")[1].splitlines()[0]
    assert re.split(r"\s{2,}", heading) == ["Mục", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn", "Sản phẩm"]


def test_show_without_a_terminal_is_plain_and_whole(result, capsys):
    main(["show", str(result), "--width", "60"])
    out = capsys.readouterr().out
    assert not re.search(r"[\x1b─-╿…]", out)
    assert all(line == line.rstrip() and len(line) <= 60 for line in out.splitlines())
    letters = re.sub(r"\s", "", out)
    for word in ("Rà", "soát", "quỹ", "đường,", "[hằng", "tháng].", "UBND", "phường"):
        assert word in letters


def test_show_of_endless_words_ends(tmp_path, capsys):
    plan = invented_plan()
    endless = "dài " * 1_000_000
    document = plan.document.model_copy(update={"title": endless, "number": endless})
    tasks = [plan.tasks[0].model_copy(update={"text": endless}), *plan.tasks[1:]]
    path = tmp_path / "dài.json"
    path.write_text(to_json(plan.model_copy(update={"document": document, "tasks": tasks})), "utf-8")
    assert main(["show", str(path)]) == 0
    out = capsys.readouterr().out
    assert len(out) < 500_000
    assert out.count("[…]") == 3


def test_show_leaves_out_columns_that_would_stand_empty(result, capsys):
    main(["show", str(result)])
    targets = capsys.readouterr().out.split("Chỉ tiêu (1)\n")[1].splitlines()
    assert targets[0].split("  ") == ["Mục", "Chỉ tiêu", "Giá trị"]


def test_show_as_json_is_what_extract_writes(result, capsys):
    assert main(["show", str(result), "--json"]) == 0
    assert from_json(capsys.readouterr().out) == invented_plan()


def test_explain_names_rule_place_and_quote(result, capsys):
    assert main(["explain", str(result), "--task", "1"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "1. [II.1] Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026."
    assert lines[2].startswith("trang 2, ký tự 228–291, bảng 1 hàng 4 cột 2: ")
    found = lines.index("Thời hạn: trước ngày 30/6/2026 = trước 30/06/2026")
    assert lines[found + 1] == "quy tắc deadline.before_date, độ tin cậy 0.95"
    assert lines[found + 2] == (
        "ký tự 270–290: cây ven đường, xong »trước ngày 30/6/2026«. - Cơ quan chủ trì:"
    )
    inherited = lines.index("Phối hợp: UBND các xã, phường = Ủy ban nhân dân các xã, phường")
    assert lines[inherited + 1] == "quy tắc agency.label, độ tin cậy 0.90, theo mục II.1"
    assert "Chăm sóc" not in lines[0]


def test_explain_without_a_number_tells_every_task(result, capsys):
    assert main(["explain", str(result)]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"^\d+\.", out, re.M) == ["1.", "2."]
    assert "Chỉ tiêu: Trồng = ≥ 12.500 cây" in out


@pytest.mark.parametrize("number", ["0", "3", "-1"])
def test_explain_of_a_task_that_is_not_there(result, capsys, number):
    assert main(["explain", str(result), f"--task={number}"]) == 2
    assert f"there is no task {number}, only 2" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", '{"tasks": []}', "{" * 100_000, '{"schema_version": "2.0"}'])
@pytest.mark.parametrize("command", ["show", "explain"])
def test_json_that_is_no_plan(tmp_path, capsys, content, command):
    path = tmp_path / "x.json"
    path.write_text(content)
    assert main([command, str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"kehoach: .*x\.json: not the JSON of a plan \(.*\) \(E_JSON\)\n", err)


# --- how values are written --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({"kind": "date", "due": "2026-06-30"}, "30/06/2026"),
        ({"kind": "date", "due": "2026-06-30", "exclusive": True}, "trước 30/06/2026"),
        ({"kind": "date"}, "như viết"),
        ({"kind": "period", "start": "2026-05-01", "due": "2026-06-30"}, "01/05/2026 – 30/06/2026"),
        ({"kind": "open", "start": "2026-06-01"}, "từ 01/06/2026"),
        ({"kind": "recurring", "every": "quarter"}, "hằng quý"),
        ({"kind": "recurring", "every": "half-year"}, "6 tháng một lần"),
        ({"kind": "recurring", "start": "2026-01-01"}, "định kỳ, từ 01/01/2026"),
        ({"kind": "continuous"}, "như viết"),
        ({"kind": "event", "label": "Báo cáo"}, "Báo cáo: như viết"),
    ],
)
def test_deadlines_in_words(values, written):
    assert deadline(Deadline(text="như viết", confidence=1, found_by="r", **values)) == written


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({"value": 100, "unit": "%"}, "100%"),
        ({"value": 7.9, "unit": "%", "change": "increase", "per": "year"}, "tăng 7,9%/năm"),
        ({"value": 56000, "unit": "lao động", "comparator": ">"}, "> 56.000 lao động"),
        ({"value": 5, "value_max": 7, "unit": "lớp", "comparator": "~"}, "≈ 5–7 lớp"),
    ],
)
def test_quantities_in_words(values, written):
    target = Target(id="c", text="x", indicator="x", evidence=[], confidence=1, found_by="r", **values)
    assert quantity(target) == written


def test_days_as_far_as_they_are_known():
    assert [day(d) for d in ("2026-06-30", "2026-06", "2026")] == ["30/06/2026", "06/2026", "2026"]


# --- what must not reach a terminal ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kế hoạch", "Kế hoạch"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x9b2Jb", "a\\x9b2Jb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udce9b", "a\\udce9b"),
        ("a\r\n\tb\u00a0c", "a   b c"),
        ("a\\b", "a\\b"),
    ],
)
def test_control_characters_are_escaped(text, shown):
    assert printable(text) == shown


def test_a_plan_cannot_drive_the_terminal(tmp_path, capsys):
    evil = "\x1b]0;x\x07[red]\u202e"
    plan = invented_plan()
    task = plan.tasks[0]
    task = task.model_copy(
        update={
            "text": evil,
            "section": evil,
            "lead": [task.lead[0].model_copy(update={"text": evil, "name": evil, "found_by": evil})],
            "deliverables": [task.deliverables[0].model_copy(update={"text": evil})],
        }
    )
    info = plan.document.model_copy(update={"title": evil, "number": evil, "recipients": [evil]})
    warning = PlanWarning(code="W_X", message=evil, where=evil)
    plan = plan.model_copy(update={"tasks": [task], "document": info, "warnings": [warning]})
    path = tmp_path / "evil.json"
    path.write_text(to_json(plan), "utf-8")
    for command in (["show"], ["explain"], ["show", "--json"]):
        assert main([*command, str(path)]) == 0
        out = capsys.readouterr().out
        assert all(c.isprintable() or c == "\n" for c in out)
        assert "[red]" in out


def test_a_file_name_cannot_drive_the_terminal(tmp_path, capsys):
    path = tmp_path / "a\x1b[31m.json"
    path.write_text("{")
    assert main(["show", str(path)]) == 1
    assert "a\\x1b[31m.json" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["show", "x", "\x1b[31m"])
    assert "\x1b" not in capsys.readouterr().err


# --- names of the files written ----------------------------------------------------------------


def names(*paths: str) -> list[str]:
    places = [Path(path) for path in paths]
    found = OutputNames(places)
    return [found.of(place) for place in places]


def test_a_file_is_named_after_its_plan():
    assert names("a/x.pdf", "y.tar.docx") == ["x", "y.tar"]


def test_plans_of_one_stem_keep_apart():
    assert names("x.pdf", "x.docx", "y.pdf") == ["x.pdf", "x.docx", "y"]
    assert names("X.pdf", "x.docx") == ["X.pdf", "x.docx"]
    assert names("x.pdf", "x.docx", "x.pdf.txt") == ["x.pdf", "x.docx", "x.pdf.txt"]
    first, second = names("a/x.pdf", "b/x.pdf")
    assert re.fullmatch(r"x\.pdf-[0-9a-f]{8}", first)
    assert first != second


def test_names_do_not_hang_on_the_order_of_the_files():
    paths = [Path(p) for p in ("a/x.pdf", "b/x.pdf", "x.docx", "x.pdf.txt", "z.txt")]
    forth, back = OutputNames(paths), OutputNames(paths[::-1])
    assert [forth.of(path) for path in paths] == [back.of(path) for path in paths]


def test_a_long_name_is_cut_to_what_a_file_system_takes():
    (name,) = names("ế" * 80 + ".pdf")
    assert len(name.encode()) <= 220
    assert re.fullmatch(r"ế+-[0-9a-f]{8}", name)


# --- usage, exit codes, streams ----------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["read"],
        ["extract"],
        ["extract", "a", "b"],
        ["extract", "a", "--json"],
        ["show"],
        ["show", "a", "b"],
        ["show", "a", "--width", "4"],
        ["show", "a", "--width", "wide"],
        ["explain", "a", "--task", "one"],
        ["extract", ""],
        ["extract", "a", "-o", ""],
        ["show", "a", "--width", "9" * 5000],
        ["batch", "", "-o", "out"],
        ["batch", ".", "-o", ""],
        ["batch", ".", "-o", "out", "--workers", "0"],
        ["batch", ".", "-o", "out", "--workers", "1000000000"],
        ["batch", ".", "-o", "out", "--every", "-1"],
        ["batch", ".", "-o", "out", "--every", "nan"],
        ["export", "csv", "a", "-o", ""],
        ["push", "http://localhost", "--tries", "0"],
        ["push", "http://localhost", "--pause", "nan"],
        ["schema", "a"],
    ],
)
def test_wrong_usage_is_2(arguments, capsys):
    try:
        code: object = main(arguments)
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("kehoach")


def test_an_output_that_is_no_folder_is_wrong_usage(result, capsys):
    assert main(["extract", "x.txt", "-o", str(result)]) == 2
    assert "not a folder to write to" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "--help"], ["show", "--help"]])
def test_help_tells_the_exit_codes(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "exit codes: 0 every file was read, 1 some failed, 2 wrong usage" in " ".join(
        capsys.readouterr().out.split()
    )


def test_version():
    done = kehoach("--version")
    assert re.fullmatch(rb"kehoach \d+\.\d+\.\d+\n", done.stdout)


def test_help_starts_at_once():
    def fastest(*command: str) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            times.append(time.perf_counter() - start)
        return min(times)

    assert fastest(KEHOACH, "--help") - fastest(sys.executable, "-c", "pass") < 0.3


def test_output_is_utf8_whatever_the_locale(result):
    done = kehoach("show", str(result), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.stdout.decode("utf-8").startswith("KẾ HOẠCH Trồng cây")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_pipe_is_no_error():
    with subprocess.Popen([KEHOACH, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("closed", "code", "said"), [(">&-", 1, "kehoach: cannot write: Bad file descriptor\n"), ("2>&-", 0, "")]
)
def test_closed_streams_are_no_traceback(result, closed, code, said):
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" show "$1" {closed}', KEHOACH, result],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, said)


def test_a_full_disk_is_said_in_one_line():
    require(Path("/dev/full").exists(), "/dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([KEHOACH, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"kehoach: cannot write: No space left on device\n"


def test_an_interrupt_ends_quietly(tmp_path):
    path = tmp_path / "long.json"
    path.write_text(to_json(invented_plan().model_copy(update={"text": "x" * 1_000_000})), "utf-8")
    command = [KEHOACH, "show", "--json", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)  # it writes now, more than a pipe holds
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")


def test_what_is_said_of_an_error():
    assert describe(UnreadableError("E_X", "no.")) == ("E_X", "no.")
    assert describe(PermissionError(13, "Permission denied")) == ("E_IO", "Permission denied")
    assert describe(KeyError("secret")) == ("E_INTERNAL", "internal error (KeyError)")


# --- extract -----------------------------------------------------------------------------------


def test_extract_writes_a_file_a_plan(plan_file, tmp_path, capsys):
    out = tmp_path / "out" / "deep"
    assert main(["extract", str(plan_file), "-o", str(out)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(r".*cay\.txt: \d+ tasks?, \d+ targets?, \d+ warnings?\n", captured.err)
    assert [path.name for path in out.iterdir()] == ["cay.json"]
    plan = from_json((out / "cay.json").read_bytes())
    assert plan.document.number == "15/KH-UBND"


def test_extract_of_one_plan_goes_to_standard_output(plan_file, capsys):
    assert main(["extract", str(plan_file)]) == 0
    captured = capsys.readouterr()
    assert from_json(captured.out).document.source.name == "cay.txt"
    assert captured.err == ""


def test_one_bad_file_does_not_stop_the_others(plan_file, tmp_path, capsys):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\nnothing")
    out = tmp_path / "out"
    files = [str(bad), str(tmp_path / "absent.txt"), str(tmp_path), str(plan_file)]
    assert main(["extract", *files, "-o", str(out), "--json"]) == 1
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert len(lines) == 4
    assert all(re.fullmatch(r"kehoach: \S+: .+ \(E_[A-Z_]+\)", line) for line in lines[:3])
    assert "E_INTERNAL" not in captured.err
    assert [path.name for path in out.iterdir()] == ["cay.json"]
    report = json.loads(captured.out)
    assert (report["read"], report["failed"]) == (1, 3)
    assert [("error" in entry) for entry in report["files"]] == [True, True, True, False]
    assert report["files"][3]["output"] == str(out / "cay.json")


def test_plans_of_one_stem_are_both_written(plan_file, tmp_path, capsys):
    other = plan_file.with_suffix(".md")
    other.write_bytes(plan_file.read_bytes())
    out = tmp_path / "out"
    assert main(["extract", str(plan_file), str(other), "-o", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["cay.md.json", "cay.txt.json"]
    assert "(written as cay.txt.json, to keep the names apart)" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_one_line(plan_file, tmp_path, capsys):
    out = tmp_path / "out"
    (out / "cay.json" / "in the way").mkdir(parents=True)
    assert main(["extract", str(plan_file), "-o", str(out)]) == 1
    assert re.fullmatch(r"kehoach: .*cay\.txt: .* \(E_IO\)\n", capsys.readouterr().err)
    assert [path.name for path in out.iterdir()] == ["cay.json"]


def test_show_reads_a_plan_too(plan_file, capsys):
    assert main(["show", str(plan_file)]) == 0
    assert "15/KH-UBND" in capsys.readouterr().out


def test_debug_lets_an_error_through(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{")
    with pytest.raises(UnreadableError):
        main(["show", str(path), "--debug"])
    with pytest.raises(UnreadableError):
        main(["--debug", "show", str(path)])
