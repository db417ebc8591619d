"""Plans become a register: loads, versions, corrections; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from store_samples import due, monthly, plan, task, write

from extractor.app.cli import main
from extractor.app.store import engine as engines
from extractor.app.store import tables
from extractor.app.store.engine import HEAD, open_store, prepare, reading, writing
from extractor.app.store.load import Loader, load_folder

KEHOACH = str(Path(sys.executable).with_name("kehoach"))
TODAY = "2026-05-20"

REVIEW = task(
    "a",
    "Rà soát quỹ đất trồng cây ven đường",
    ["Sở Nội vụ"],
    ["Sở Y tế"],
    [due("2026-06-30", exclusive=True)],
)
CARE = task("b", "Chăm sóc cây đã trồng", ["Công an tỉnh"], deadlines=[monthly()])
CLOSE = task("c", "Tổng kết phong trào trồng cây", ["Sở Nội vụ"], deadlines=[due("2026-12-31")])


@pytest.fixture
def store(store_url: str) -> Iterator[Any]:
    engine = open_store(store_url, create=True)
    prepare(engine)
    yield engine
    engine.dispose()


def rows(store: Any, table: Any, *order: Any) -> list[Any]:
    with reading(store) as connection:
        return list(connection.execute(select(table).order_by(*order or table.primary_key)).all())


def contents(store: Any) -> dict[str, list[Any]]:
    """All rows of all tables."""
    return {table.name: rows(store, table) for table in tables.metadata.sorted_tables}


def load(store: Any, *plans: Any) -> list[Any]:
    loader = Loader(store, date.fromisoformat(TODAY))
    return [loader.add(each) for each in plans]


def run(url: str, *arguments: str) -> int:
    return main([*arguments, "--db", url, "--today", TODAY])


def answer(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> Any:
    assert run(url, *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


# --- the schema ----------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_code_names(store):
    with reading(store) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_head_is_the_last_migration():
    scripts = ScriptDirectory(str(Path(engines.__file__).with_name("migrations")))
    assert scripts.get_heads() == [HEAD]


def test_an_upgrade_creates_and_a_second_one_changes_nothing(store_url, capsys):
    assert main(["db", "upgrade", "--db", store_url]) == 0
    assert f"revision {HEAD}" in capsys.readouterr().err
    assert main(["db", "upgrade", "--db", store_url]) == 0
    assert "up to date" in capsys.readouterr().err


def test_a_newer_schema_is_left_alone(store, store_url, capsys):
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for arguments in (["db", "upgrade"], ["tasks"], ["task", "a"], ["db", "load", "nothing.json"]):
        assert main([*arguments, "--db", store_url]) == 1
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert "newer kehoach" in said.err


# --- loads ---------------------------------------------------------------------------------------


def test_what_a_plan_says_is_kept(store):
    assert [(r.version, r.tasks) for r in load(store, plan(REVIEW, CARE))] == [(1, 2)]
    first, second = rows(store, tables.tasks, tables.tasks.c.position)
    assert (first.id, first.lead, first.support, first.deadlines) == (
        "a",
        "Sở Nội vụ",
        "Sở Y tế",
        "trước 30/06/2026",
    )
    assert (first.due, second.due, second.moves) == (date(2026, 6, 29), date(2026, 5, 31), True)
    assert (first.page, first.source, first.status) == (2, REVIEW.text, "not_started")
    assert {(r.key, r.role) for r in rows(store, tables.involved) if r.task_pk == first.pk} == {
        ("so noi vu", "lead"),
        ("so y te", "support"),
        ("uy ban nhan dan tinh binh luc", "issuer"),
        ("uy ban nhan dan tinh", "issuer"),
    }


def test_a_second_load_adds_no_row(store, tmp_path, plan):
    write(tmp_path / "a", "one.json", plan)
    assert [result.version for _, result in load_folder(store, tmp_path)] == [1]
    before = contents(store)
    assert [result.version for _, result in load_folder(store, tmp_path)] == [0]
    assert contents(store) == before
    assert len(before["targets"]) == len(before["document_references"]) == 1


def test_files_that_are_no_plan_are_one_line_each_and_the_rest_is_loaded(store_url, tmp_path, capsys):
    write(tmp_path / "in", "good.json", plan(REVIEW))
    (tmp_path / "in" / "bad.json").write_text("{}")
    (tmp_path / "in" / "torn.json").write_bytes(b'{"text": "\xff')
    assert run(store_url, "db", "load", str(tmp_path / "in"), str(tmp_path / "none.json")) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split("(")[-1] for line in said[:3]] == ["E_JSON)", "E_JSON)", "E_MISSING)"]
    assert (
        said[3]
        == "kehoach: 1 new, 0 known already; of new versions: 0 tasks added, 0 changed, 0 dropped; 3 failed"
    )
    assert answer(capsys, store_url, "tasks")["total"] == 1


def test_of_a_batch_only_the_plans_are_loaded(store, tmp_path):
    write(tmp_path / "plans" / "x", "good.json", plan(REVIEW))
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "journal.sqlite").touch()
    assert [path.name for path, _ in load_folder(store, tmp_path)] == ["good.json"]


def test_what_a_database_cannot_keep_is_refused_and_nothing_of_it_stays(store, tmp_path):
    bad = plan(REVIEW, task("x", "Việc có trang lớn"))
    page = bad.tasks[1].evidence[0].model_copy(update={"page": 10**30})
    bad = bad.model_copy(update={"tasks": [REVIEW, bad.tasks[1].model_copy(update={"evidence": [page]})]})
    write(tmp_path, "bad.json", bad)
    before = contents(store)
    [(_, error)] = load_folder(store, tmp_path)
    assert error.code == "E_JSON"
    assert {**contents(store), "meta": []} == {**before, "meta": []}


def test_the_character_nul_is_replaced(store):
    load(store, plan(task("a\0", "Rà soát\0 quỹ đất", ["Sở\0 Nội vụ"]), id_="d\0"))
    assert rows(store, tables.tasks)[0].text == "Rà soát� quỹ đất"


def test_ids_that_two_plans_share_are_told_apart(store):
    load(store, plan(REVIEW), plan(REVIEW, id_="d2", number="16/KH-UBND"))
    assert len({row.id for row in rows(store, tables.tasks)}) == 2


def test_two_loads_at_once_add_no_duplicate(store_url, tmp_path):
    for number in range(12):
        tasks_ = [
            task(f"{number}.{n}", f"Việc thứ {n} của kế hoạch {number}", ["Sở Nội vụ"]) for n in range(20)
        ]
        write(tmp_path / "in", f"{number}.json", plan(*tasks_, id_=f"d{number}", number=f"{number}/KH"))
    command = [KEHOACH, "db", "load", str(tmp_path / "in"), "--db", store_url]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    engine = open_store(store_url)
    assert [len(rows(engine, t)) for t in (tables.documents, tables.versions, tables.tasks)] == [12, 12, 240]
    new = [int(line.split()[1]) for line in said]
    assert sum(new) == 12
    assert sum(row.plans for row in rows(engine, tables.runs)) == 12


# --- versions ------------------------------------------------------------------------------------

REVIEWED = task(
    "a2", "Rà soát, thống kê quỹ đất trồng cây ven đường", ["Sở Y tế"], [], [due("2026-07-31")], section="II"
)
MORE = task("e", "Tuyên truyền trên đài truyền thanh")


def test_a_reissued_plan_changes_its_tasks_and_keeps_their_ids(store):
    assert load(store, plan(REVIEW, CARE, CLOSE))[0].version == 1
    result = load(store, plan(MORE, REVIEWED, CLOSE))[0]
    assert (result.version, result.added, result.changed, result.dropped) == (2, 1, 1, 1)
    found = {row.id: row for row in rows(store, tables.tasks)}
    assert set(found) == {"a", "b", "c", "e"}
    assert (found["a"].text, found["a"].reading, found["a"].due) == (REVIEWED.text, "a2", date(2026, 7, 31))
    assert [id_ for id_, row in found.items() if row.dropped] == ["b"]
    noted = {(each.kind, each.field, each.before, each.after) for each in rows(store, tables.changes)}
    assert noted == {
        ("added", None, None, None),
        ("dropped", None, None, None),
        ("changed", "text", REVIEW.text, REVIEWED.text),
        ("changed", "section", "", "II"),
        ("changed", "lead", "Sở Nội vụ", "Sở Y tế"),
        ("changed", "support", "Sở Y tế", ""),
        ("changed", "deadlines", "trước 30/06/2026", "31/07/2026"),
    }
    assert {row.dropped for row in rows(store, tables.involved) if row.task_pk == found["b"].pk} == {True}


def test_an_older_version_loaded_again_adds_nothing(store):
    load(store, plan(REVIEW, CARE), plan(REVIEWED))
    before = contents(store)
    assert load(store, plan(REVIEW, CARE))[0].version == 0
    assert contents(store) == before


def test_a_dropped_task_that_returns_is_the_same(store):
    load(store, plan(REVIEW, CARE), plan(REVIEW), plan(REVIEW, CARE, MORE))
    assert [(row.id, row.dropped) for row in rows(store, tables.tasks, tables.tasks.c.id)] == [
        ("a", False),
        ("b", False),
        ("e", False),
    ]
    assert [each.kind for each in rows(store, tables.changes)] == ["dropped", "returned", "added"]


def test_a_change_of_results_alone_is_a_version(store):
    result = [{"text": "Danh mục tuyến đường"}]
    richer = REVIEW.model_validate({**REVIEW.model_dump(), "deliverables": result})
    load(store, plan(REVIEW), plan(richer))
    assert [(each.field, each.after) for each in rows(store, tables.changes)] == [
        ("deliverables", "Danh mục tuyến đường")
    ]


# --- what people say -----------------------------------------------------------------------------


def test_a_correction_outlives_a_new_reading_and_is_shown_beside_it(store, store_url, capsys):
    load(store, plan(REVIEW, CARE))
    fixes = ["--correct", "lead=Sở YT; CA tỉnh", "--correct", "due=1/6/2026", "--correct", "text=Rà soát đất"]
    assert run(store_url, "task", "a", *fixes, "--by", "Lan") == 0
    load(store, plan(REVIEWED, CARE))
    capsys.readouterr()
    found = answer(capsys, store_url, "task", "a")
    assert (found["text"], found["lead"], found["due"]) == (
        "Rà soát đất",
        ["Sở Y tế", "Công an tỉnh"],
        "2026-06-01",
    )
    readings = {
        each["field"]: (each["value"], each["reading"], each["reading_now"]) for each in found["corrections"]
    }
    assert readings["text"] == ("Rà soát đất", REVIEW.text, REVIEWED.text)
    assert readings["lead"] == ("Sở Y tế\nCông an tỉnh", "Sở Nội vụ", "Sở Y tế")
    assert run(store_url, "task", "a") == 0
    page = capsys.readouterr().out
    assert "chủ trì: Sở Y tế; Công an tỉnh (Lan" in page
    assert f"kế hoạch ghi: {REVIEWED.text}" in page
    assert answer(capsys, store_url, "tasks", "--agency", "CA tỉnh", "--role", "lead")["total"] == 2
    assert answer(capsys, store_url, "tasks", "--agency", "Sở Nội vụ")["total"] == 0
    assert answer(capsys, store_url, "tasks", "--text", "ra soat dat")["total"] == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["--status", "doing"], ("doing", 0, None)),
        (["--progress", "40"], ("doing", 40, None)),
        (["--status", "paused", "--progress", "40%"], ("paused", 40, None)),
        (["--done"], ("done_on_time", 100, TODAY)),
        (["--done", "29/6/2026"], ("done_on_time", 100, "2026-06-29")),
        (["--done", "2026-06-30"], ("done_late", 100, "2026-06-30")),
        (["--status", "done"], ("done_on_time", 100, TODAY)),
    ],
)
def test_a_person_says_how_far_a_task_is(store, store_url, capsys, said, expected):
    load(store, plan(REVIEW))
    assert run(store_url, "task", "a", *said, "--by", "Lan") == 0
    capsys.readouterr()
    found = answer(capsys, store_url, "task", "a")
    assert (found["status"], found["progress"], found.get("done_on")) == expected
    assert {change["person"] for change in found["changes"]} == {"Lan"}
    assert {r.status for r in rows(store, tables.involved)} == {
        expected[0].partition("_o")[0].partition("_l")[0]
    }


def test_a_status_outlives_a_new_version(store, store_url, capsys):
    load(store, plan(REVIEW))
    assert run(store_url, "task", "a", "--status", "doing", "--progress", "40") == 0
    load(store, plan(REVIEWED))
    capsys.readouterr()
    found = answer(capsys, store_url, "task", "a")
    assert (found["status"], found["progress"]) == ("doing", 40)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--correct", "lead=Sở Y tế"], 2),
        (["--correct", "nonsense", "--by", "Lan"], None),
        (["--correct", "due=31/2/2026", "--by", "Lan"], None),
        (["--progress", "101"], None),
        (["--status", "overdue"], None),
        (["--done", "--status", "doing"], 2),
    ],
)
def test_what_makes_no_sense_is_refused(store, store_url, arguments, code):
    load(store, plan(REVIEW))
    before = contents(store)
    with pytest.raises(SystemExit) if code is None else nullcontext():
        assert run(store_url, "task", "a", *arguments) == code
    assert contents(store) == before


def test_an_id_may_be_cut_short_but_not_ambiguous(store, store_url, capsys):
    load(store, plan(task("abc1", "Một"), task("abd2", "Hai")))
    assert run(store_url, "task", "abc") == 0
    assert run(store_url, "task", "ab") == 2
    assert run(store_url, "task", "zz") == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "kehoach: ab: several tasks' ids begin so: abc1, abd2",
        "kehoach: zz: no task has this id",
    ]
