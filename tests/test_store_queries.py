"""Lists of the store's tasks: filters, order, pages, forms; and what is said where the database fails."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import postgres
import pytest
from conftest import ROOT
from sqlalchemy import event, text
from store_samples import due, monthly, plan, task, write

from extractor.app.cli import main
from extractor.app.store.engine import open_store, prepare, reading
from extractor.app.store.load import Loader
from extractor.app.store.options import HINT

TODAY = "2026-05-20"

PLANS = (
    plan(
        task(
            "t1", "Rà soát quỹ đất ven đường", ["Sở Nội vụ"], ["Sở Y tế"], [due("2026-05-20", exclusive=True)]
        ),
        task("t2", "Chăm sóc cây 100% diện tích", ["Công an tỉnh"], ["Sở Nội vụ"], [due("2026-05-20")]),
        task("t3", "Báo cáo kết quả", ["Sở Nội vụ", "Ủy ban nhân dân tỉnh Sông Mây"], deadlines=[monthly()]),
        task("t4", "Tuyên truyền", ["Sở Y tế"]),
    ),
    plan(
        task("u1", "Tổng kết năm", ["Ủy ban nhân dân tỉnh Bình Lục"], deadlines=[due("2026-12-31")]),
        task("u2", "=HYPERLINK(1)\x1b[31m", ["Sở Tài chính"], deadlines=[due("2026-05-01")]),
        id_="e0000000-0000-0000-0000-000000000001",
        number="07/QĐ-SYT",
        issuer="Sở Y tế",
    ),
)


def fill(url: str) -> str:
    engine = open_store(url, create=True)
    prepare(engine)
    loader = Loader(engine, date.fromisoformat(TODAY))
    for each in PLANS:
        loader.add(each)
    return url


@pytest.fixture
def filled(store_url: str) -> str:
    return fill(store_url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A filled database of which no test changes a row."""
    if request.param == "sqlite":
        return fill(f"sqlite:///{tmp_path_factory.mktemp('lists')}/kehoach.sqlite")
    return fill(postgres.create(request.getfixturevalue("postgres_server"), f"t{uuid.uuid4().hex}"))


Found = Callable[..., list[str]]


@pytest.fixture
def found(shared: str, capsys: pytest.CaptureFixture[str]) -> Found:
    def ids(*arguments: str, today: str = TODAY) -> list[str]:
        assert main(["tasks", *arguments, "--db", shared, "--today", today, "--json"]) == 0
        whole = json.loads(capsys.readouterr().out)
        assert whole["total"] >= len(whole["tasks"])
        return [each["id"] for each in whole["tasks"]]

    return ids


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ("", "u2 t1 t2 t3 u1 t4"),
        ("--agency|Sở NV", "t1 t2 t3"),
        ("--agency|so noi vu|--role|lead", "t1 t3"),
        ("--agency|Sở NV|--role|support", "t2"),
        ("--agency|UBND tỉnh", "t3 u1"),
        ("--agency|UBND tỉnh Sông Mây", "t3"),
        ("--agency|Sở Nội vụ|--issuer|Sở YT", ""),
        ("--agency|Sở Nội vụ|--issuer|UBND tỉnh Bình Lục|--overdue", "t1"),
        ("--agency|' OR 1=1 --", ""),
        ("--role|support", "t1 t2"),
        ("--overdue", "u2 t1"),
        ("--status|overdue", "u2 t1"),
        ("--due-within|0d", "t2"),
        ("--due-within|2w", "t2 t3"),
        ("--due-within|9m", "t2 t3 u1"),
        ("--due-before|2026-05-20", "u2 t1"),
        ("--due-after|31/5/2026", "u1"),
        ("--due-after|2026-05-01|--due-before|2026-06-01", "t1 t2 t3"),
        ("--plan|07/qđ-syt", "u2 u1"),
        ("--plan|e000000", "u2 u1"),
        ("--plan|d1", "t1 t2 t3 t4"),
        ("--plan|%", ""),
        ("--issuer|Sở Y tế", "u2 u1"),
        ("--issuer|UBND tỉnh", "t1 t2 t3 t4"),
        ("--kind|recurring", "t3"),
        ("--status|not started", "u2 t1 t2 t3 u1 t4"),
        ("--status|doing", ""),
        ("--text|bao CAO", "t3"),
        ("--text|100%", "t2"),
        ("--text|_", ""),
        ("--dropped", ""),
        ("--limit|2", "u2 t1"),
        ("--limit|2|--offset|4", "u1 t4"),
        ("--offset|100", ""),
        ("--sort|due|--reverse", "u1 t3 t2 t1 u2 t4"),
        ("--sort|plan", "t1 t2 t3 t4 u1 u2"),
        ("--sort|text|--limit|1", "u2"),
        ("--agency|Sở NV|--sort|plan|--reverse", "t1 t2 t3"),
    ],
)
def test_a_list_is_what_was_asked_for_in_its_order(found, arguments, ids):
    assert found(*filter(None, arguments.split("|"))) == ids.split()


@pytest.mark.parametrize(
    ("status", "ids"),
    [("done", "t1 t2"), ("done-on-time", "t1"), ("done_late", "t2"), ("paused", "u2"), ("overdue", "")],
)
def test_statuses_are_worked_out_from_the_days(filled, capsys, status, ids):
    for arguments in (
        ["t1", "--done", "2026-05-19"],
        ["t2", "--done", "2026-05-21"],
        ["u2", "--status", "paused"],
    ):
        assert main(["task", *arguments, "--db", filled, "--today", TODAY]) == 0
    capsys.readouterr()
    for more in ([], ["--due-before", "2027-01-01"]):
        assert main(["tasks", "--status", status, *more, "--json", "--db", filled, "--today", TODAY]) == 0
        assert [each["id"] for each in json.loads(capsys.readouterr().out)["tasks"]] == ids.split()


def test_what_recurs_moves_on_with_the_days_and_a_look_ahead_changes_nothing(found, shared):
    assert found("--due-within", "0d", today="2026-07-31") == ["t3"]
    assert found("--due-within", "2w") == ["t2", "t3"]
    with reading(open_store(shared)) as connection:
        assert {
            str(row.due) for row in connection.execute(text("SELECT due FROM tasks WHERE id = 't3'"))
        } == {"2026-05-31"}


def test_the_real_day_is_kept(filled, capsys):
    assert main(["tasks", "--kind", "recurring", "--json", "--db", filled]) == 0
    shown = json.loads(capsys.readouterr().out)["tasks"][0]["due"]
    with reading(open_store(filled)) as connection:
        kept = connection.execute(text("SELECT due FROM tasks WHERE id = 't3'")).scalar()
        day = connection.execute(text("SELECT value FROM meta WHERE name = 'day'")).scalar()
    assert (str(kept), day) == (shown, date.today().isoformat())
    assert date.today() <= date.fromisoformat(shown) <= date.today() + timedelta(days=31)


def test_a_table_is_plain_text_as_wide_as_asked(shared, capsys):
    assert main(["tasks", "--db", shared, "--today", TODAY, "--width", "90"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 90
    assert "Nhiệm vụ 1–6 / 6" in out
    assert "\x1b" not in out
    assert "\\x1b[31m" in out
    assert "quá hạn" in out
    assert "31/05/2026" in out


def test_csv_holds_no_formula(shared, capsys):
    assert main(["tasks", "--db", shared, "--today", TODAY, "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [each["id"] for each in table] == ["u2", "t1", "t2", "t3", "u1", "t4"]
    assert table[0]["text"] == "'=HYPERLINK(1)\\x1b[31m"
    assert (table[1]["due"], table[1]["lead"], table[1]["status"]) == ("2026-05-19", "Sở Nội vụ", "overdue")


def test_a_name_looked_up_in_vain_brings_names_that_are_like_it(filled, capsys):
    assert main(["tasks", "--db", filled, "--agency", "nội vụ"]) == 0
    assert "there are some of Sở Nội vụ" in capsys.readouterr().err


# --- the plans of usual lists ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--agency", "Sở NV", "--role", "lead"],
        ["--overdue"],
        ["--due-within", "7d"],
        ["--plan", "15/KH-UBND"],
    ],
)
def test_usual_lists_scan_no_table(tmp_path, arguments):
    url = f"sqlite:///{tmp_path}/kehoach.sqlite"
    engine = open_store(url, create=True)
    prepare(engine)
    seen = steps_of(engine, arguments)
    assert seen
    assert not [step for step in seen if step.startswith("SCAN tasks") and "INDEX" not in step]
    assert not [step for step in seen if step.startswith("SCAN involved")]


def steps_of(engine: Any, arguments: list[str]) -> list[str]:
    """SQLite's plans of the statements that a list makes."""
    from argparse import ArgumentParser

    from extractor.app.store import command, query
    from extractor.app.store.keys import Bodies
    from extractor.app.store.options import tasks_arguments

    parser = ArgumentParser()
    tasks_arguments(parser)
    which = command._filter(parser.parse_args(arguments), date.fromisoformat(TODAY))
    statements: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    bodies = Bodies()
    with reading(engine) as connection:
        query.count(connection, which, bodies)
        query.page(connection, which, bodies=bodies)
        event.remove(engine, "before_cursor_execute", note)
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            for statement, parameters in statements
            if statement.startswith("SELECT")
        ]
    return [row[3] for rows in explained for row in rows]


# --- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("nonsense", 2, "not the URL of a database"),
        ("mysql://x/y", 2, "only SQLite and PostgreSQL"),
        ("nosuch+thing://x", 2, ""),
        ("sqlite://", 2, "names no file"),
        ("sqlite:////no/such/folder/x.sqlite", 1, "no such database"),
        ("postgresql://u:secret@127.0.0.1:1/x", 1, "cannot be reached"),
        ("postgresql://u:secret@127.0.0.1:99999/x", 1, ""),
        ("postgresql://u:secret@127.0.0.1:port/x", 2, ""),
        ("postgresql://u@127.0.0.1:1/x?password=secret", 1, ""),
    ],
)
def test_a_wrong_url_is_one_line_without_its_password(capsys, url, code, words):
    assert main(["tasks", "--db", url]) == code
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.startswith("kehoach: ")
    assert words in said.err
    assert "secret" not in said.err


def test_an_argument_that_is_no_text_is_wrong_usage(shared, capsys):
    assert main(["tasks", "--db", shared, "--plan", "\udcff"]) == 2
    assert capsys.readouterr().err == "kehoach: an argument is not in UTF-8\n"


def test_tables_that_somebody_took_away_are_one_line(filled, capsys):
    with open_store(filled).connect() as connection:
        connection.execute(text("DROP TABLE corrections"))
        connection.commit()
    assert "answers with an error" in one_line(capsys, "tasks", "--db", filled, "--today", TODAY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kehoach.sqlite"
    prepare(open_store(f"sqlite:///{path}", create=True))
    return path


def one_line(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_no_database_is_made_by_a_look(tmp_path, capsys):
    path = tmp_path / "none.sqlite"
    assert "no such database" in one_line(capsys, "tasks", "--db", f"sqlite:///{path}")
    assert not path.exists()


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, capsys):
    path = tmp_path / "letter.sqlite"
    path.write_text("Kính gửi " * 500)
    assert "not a SQLite database" in one_line(capsys, "db", "upgrade", "--db", f"sqlite:///{path}")
    assert path.read_text() == "Kính gửi " * 500


def test_an_empty_database_has_no_tables_yet(tmp_path, capsys):
    sqlite3.connect(tmp_path / "x.sqlite").execute("PRAGMA user_version=1").connection.close()
    assert "kehoach db upgrade" in one_line(capsys, "tasks", "--db", f"sqlite:///{tmp_path}/x.sqlite")


def test_a_locked_database_is_waited_for_and_then_given_up(file, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("extractor.app.store.engine._PATIENCE", 0.1)
    write(tmp_path / "in", "a.json", PLANS[0])
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        said = one_line(capsys, "db", "load", str(tmp_path / "in"), "--db", f"sqlite:///{file}")
    finally:
        other.close()
    assert "locked" in said


def test_a_full_database_keeps_whole_plans_only(file, tmp_path, capsys, monkeypatch):
    many = [task(f"x{n}", f"Việc thứ {n} " * 50, ["Sở Nội vụ"]) for n in range(2000)]
    write(tmp_path / "in", "a.json", PLANS[0])
    write(tmp_path / "in", "b.json", plan(*many, id_="big"))
    from extractor.app.store import engine

    settle = engine._settle_sqlite

    def small(connection: sqlite3.Connection, record: object) -> None:
        settle(connection, record)
        connection.execute("PRAGMA max_page_count=200").close()

    monkeypatch.setattr(engine, "_settle_sqlite", small)
    said = one_line(capsys, "db", "load", str(tmp_path / "in"), "--db", f"sqlite:///{file}")
    assert "full" in said
    kept = sqlite3.connect(file)
    assert kept.execute("SELECT id FROM documents").fetchall() == [("d1",)]
    assert kept.execute("SELECT count(*) FROM tasks").fetchone() == (4,)
    assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept.close()


def test_a_read_only_database_is_read_and_not_written(filled, capsys, tmp_path):
    if filled.startswith("postgresql"):
        name = filled.rpartition("/")[2]
        with open_store(filled).connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
            connection.commit()
    else:
        filled = filled.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    write(tmp_path / "in", "a.json", plan(task("new", "Việc mới"), id_="new"))
    assert "read-only" in one_line(capsys, "db", "load", str(tmp_path / "in"), "--db", filled)
    assert main(["tasks", "--db", filled, "--limit", "1"]) == 0
    assert "read-only" in capsys.readouterr().err


def test_sqlite_is_opened_for_durability(file):
    with reading(open_store(f"sqlite:///{file}")) as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys", "journal_mode")
        }
    safe = "wal" if sqlite3.sqlite_version_info > (3, 51, 2) else "truncate"
    assert values == {"synchronous": 2, "foreign_keys": 1, "journal_mode": safe}


@pytest.mark.parametrize("missing", ["sqlalchemy", "alembic", "psycopg"])
def test_what_is_not_installed_is_named(tmp_path, missing):
    url = "postgresql://u@127.0.0.1:1/x" if missing == "psycopg" else f"sqlite:///{tmp_path}/x.sqlite"
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from extractor.app.cli import main; sys.exit(main(['db', 'upgrade', '--db', {url!r}]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr
    assert "kehoach[store]" in result.stderr
    assert missing in result.stderr.lower() or HINT in result.stderr


def test_a_fault_inside_a_transaction_undoes_all_of_it(store_url):
    engine = open_store(store_url, create=True)
    prepare(engine)
    loader = Loader(engine, date.fromisoformat(TODAY))
    broken = PLANS[0].model_copy(update={"tasks": [*PLANS[0].tasks, None]})
    with pytest.raises(AttributeError):
        loader.add(broken)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM documents")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar() == 0
    assert loader.add(PLANS[0]).version == 1
