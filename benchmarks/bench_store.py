"""Times the usual lists of a register of 1,000,000 tasks on SQLite and PostgreSQL; prints their query plans.

    python benchmarks/bench_store.py [--tasks N] [--only sqlite|postgresql] [--plans]

The tasks are invented: 30 a plan, 200 agencies of which few lead much, half the tasks past, a fifth done.
Each list is a page of 50 and the count; the time is the median of 9, the database warm. PostgreSQL is
started in a temporary folder.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert, text

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import postgres  # noqa: E402

from extractor.app.store import query, settle  # noqa: E402
from extractor.app.store.engine import open_store, prepare, reading, writing  # noqa: E402
from extractor.app.store.keys import Bodies  # noqa: E402
from extractor.app.store.load import now  # noqa: E402
from extractor.app.store.query import Filter  # noqa: E402
from extractor.app.store.tables import deadlines, documents, involved, runs, tasks, versions  # noqa: E402

TODAY = date(2026, 5, 20)
A_PLAN = 30
REPEATS = 9
CHUNK = 20_000
VERBS = ("Rà soát", "Xây dựng", "Tổ chức", "Kiểm tra", "Tuyên truyền", "Tổng hợp", "Hướng dẫn")
THINGS = ("quỹ đất", "hồ sơ", "kế hoạch", "cây xanh", "dữ liệu", "thủ tục", "đường thôn", "mô hình", "cán bộ")
BODIES = ["Sở Nội vụ", "Sở Tài chính", "Công an tỉnh", *(f"Trung tâm số {n}" for n in range(197))]
ISSUERS = ["Ủy ban nhân dân tỉnh Bình Lục", *(f"Ủy ban nhân dân xã Mộ Sen {n}" for n in range(99))]

LISTS: dict[str, dict[str, Any]] = {
    "all": {},
    "agency and role (the most frequent)": {"agency": "Sở NV", "role": "lead"},
    "agency and role (a usual one)": {"agency": "Trung tâm số 90", "role": "lead"},
    "agency, any role": {"agency": "Trung tâm số 90"},
    "agency, role, overdue": {"agency": "Sở NV", "role": "lead", "overdue": True},
    "agency, role, due within 7 days": {
        "agency": "Sở NV",
        "role": "lead",
        "due_until": TODAY + timedelta(days=7),
    },
    "overdue": {"overdue": True},
    "due within 7 days": {"due_until": TODAY + timedelta(days=7)},
    "plan": {"plan": "77/KH-UBND"},
    "issuer": {"issuer": "UBND tỉnh Bình Lục"},
    "status": {"status": "doing"},
    "status, done late": {"status": "done_late"},
}


def skewed(chance: random.Random, names: list[str]) -> str:
    """One of the names; the first ones often."""
    return names[int(len(names) * chance.random() ** 3)]


class Invented:
    """Rows of the tables, the same in every run."""

    def __init__(self, count: int) -> None:
        self._chance, self._bodies, self._count = random.Random(1), Bodies(), count

    def plans(self) -> Iterator[dict[str, Any]]:
        for number in range(-(-self._count // A_PLAN)):
            head = {
                "id": f"{number:08x}-plan",
                "number": f"{number}/KH-UBND",
                "number_key": f"{number} kh ubnd",
            }
            yield {
                **head,
                "issuer": ISSUERS[int(100 * (number * 0.618 % 1) ** 3)],
                "type": "Kế hoạch",
                "version": 1,
            }

    def task(self, number: int) -> dict[str, Any]:
        chance = self._chance
        words = f"{chance.choice(VERBS)} {chance.choice(THINGS)} {chance.choice(THINGS)} đợt {number}"
        day = TODAY + timedelta(days=chance.randint(-360, 360)) if chance.random() < 0.7 else None
        status = chance.choices(("not_started", "doing", "done", "paused"), (50, 25, 20, 5))[0]
        done = status == "done" and (day or TODAY) + timedelta(days=chance.randint(-30, 10))
        moves = day is not None and day >= TODAY and chance.random() < 0.2
        texts = {
            "section": "II.1",
            "words": words.lower(),
            "text": words,
            "source": words,
            "deliverables": "",
        }
        return {
            "pk": number + 1,
            "id": f"{number * 2654435761 % 2**32:08x}-{number:08x}",
            "reading": f"{number:08x}",
            "document_id": f"{number // A_PLAN:08x}-plan",
            "position": number % A_PLAN,
            **texts,
            "lead": skewed(chance, BODIES),
            "support": "\n".join({skewed(chance, BODIES) for _ in range(2)}),
            "deadlines": str(day or ""),
            "origin": "body",
            "page": 1,
            "confidence": 0.9,
            "dropped": chance.random() < 0.02,
            "status": status,
            "progress": 0,
            "done_on": done or None,
            "due": day,
            "moves": moves,
        }

    def involved(self, row: dict[str, Any], issuer: str) -> Iterator[dict[str, Any]]:
        rest = {"task_pk": row["pk"], **{name: row[name] for name in ("due", "status", "dropped")}}
        for role, names in (("lead", row["lead"]), ("support", row["support"]), ("issuer", issuer)):
            for key in {key for name in names.split("\n") for key in self._bodies.keys(name)}:
                yield {"key": key, "role": role, **rest}

    def deadline(self, row: dict[str, Any]) -> dict[str, Any]:
        recurring = {
            "kind": "recurring",
            "rrule": f"FREQ=MONTHLY;BYMONTHDAY={row['pk'] % 28 + 1}",
            "due": None,
        }
        one = recurring if row["moves"] else {"kind": "date", "rrule": None, "due": row["due"]}
        return {"task_pk": row["pk"], "position": 0, "text": row["deadlines"], "exclusive": False, **one}


def fill(engine: Engine, count: int) -> None:
    """Load the invented tasks in bulk."""
    invented = Invented(count)
    issuers = []
    with writing(engine) as connection:
        reader = {"id": 1, "loaded": now(), "tool": "bench", "rules": "-", "plans": 0}
        connection.execute(insert(runs), reader)
        plans = list(invented.plans())
        issuers = [each["issuer"] for each in plans]
        connection.execute(insert(documents), plans)
        facts = {"number": 1, "content": "-", "name": "-", "sha256": "-", "run_id": 1, "text": "-"}
        connection.execute(insert(versions), [{"document_id": each["id"], **facts} for each in plans])
    rows = (invented.task(number) for number in range(count))
    while chunk := list(islice(rows, CHUNK)):
        with writing(engine) as connection:
            connection.execute(insert(tasks), chunk)
            named = [
                each for row in chunk for each in invented.involved(row, issuers[(row["pk"] - 1) // A_PLAN])
            ]
            connection.execute(insert(involved), named)
            connection.execute(insert(deadlines), [invented.deadline(row) for row in chunk if row["due"]])
    with engine.connect() as connection:
        connection.execution_options(
            isolation_level="AUTOCOMMIT"
        ) if engine.dialect.name != "sqlite" else None
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
        connection.commit()


def median(work: Callable[[], object]) -> float:
    """Seconds, the median, after one run to warm up."""
    work()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def measure(engine: Engine, plans: bool) -> None:
    """Print a line for each list, and the plans of its statements."""
    bodies = Bodies()
    with reading(engine) as connection:
        for name, facts in LISTS.items():
            which = Filter(today=TODAY, **facts)

            def work(which: Filter = which) -> int:
                query.page(connection, which, bodies=bodies)
                return query.count(connection, which, bodies)

            print(f"  {name:40} {1000 * median(work):8.1f} ms  {work():9,} tasks", flush=True)
            if plans:
                for step in explained(connection, work):
                    print(f"      {step}")


def explained(connection: Any, work: Callable[[], object]) -> list[str]:
    """The database's plans of the statements that ``work`` makes."""
    seen: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    work()
    event.remove(connection, "before_cursor_execute", note)
    sqlite = connection.dialect.name == "sqlite"
    how, place = ("EXPLAIN QUERY PLAN", 3) if sqlite else ("EXPLAIN (COSTS OFF, ANALYZE, TIMING OFF)", 0)
    return [row[place] for one in seen for row in connection.exec_driver_sql(f"{how} {one[0]}", one[1]).all()]


def next_day(engine: Engine) -> None:
    """Time the move of due days that a new day brings."""
    with writing(engine) as connection:
        settle.refresh(connection, TODAY)
    with writing(engine) as connection:
        started = time.perf_counter()
        moved = settle.refresh(connection, TODAY + timedelta(days=1))
    print(f"  a new day: {moved:,} due days moved in {time.perf_counter() - started:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--plans", action="store_true", help="print the query plans")
    options = parser.parse_args()
    with ExitStack() as stack:
        for kind in filter(lambda k: options.only in (None, k), ("sqlite", "postgresql")):
            if kind == "sqlite":
                url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/bench.sqlite"
            else:
                url = postgres.create(stack.enter_context(postgres.server()), "bench")
            engine = open_store(url, create=True)
            prepare(engine)
            started = time.perf_counter()
            fill(engine, options.tasks)
            print(f"{kind}: {options.tasks:,} tasks loaded in {time.perf_counter() - started:.0f} s")
            measure(engine, options.plans)
            next_day(engine)


if __name__ == "__main__":
    main()
