"""The arguments of ``kehoach db``, ``tasks`` and ``task``, apart from what carries them out."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

DEFAULT = "sqlite:///kehoach.sqlite"
HINT = "the store needs SQLAlchemy and Alembic: pip install 'kehoach[store]'"

_VIETNAMESE_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SPAN = re.compile(r"(\d{1,4})\s*([dwmy])", re.IGNORECASE)
_STATUSES = ("not_started", "doing", "done", "done_on_time", "done_late", "overdue", "paused")
_KINDS = ("date", "period", "open", "recurring", "continuous", "event")
_SORTS = ("due", "plan", "status", "progress", "text", "confidence")


def run(options: argparse.Namespace) -> int:
    """Carry out what the arguments ask for; one line where the optional parts are not installed."""
    try:
        from extractor.app.store.command import run as carry_out

        return carry_out(options)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("sqlalchemy", "alembic"):
            raise
        print(f"kehoach: {HINT}", file=sys.stderr)
        return 1


def db_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach db`` takes."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")
    upgrade = actions.add_parser("upgrade", help="make the tables, or bring them up to date")
    load = actions.add_parser("load", help="load plans' JSON; what is there already is left alone")
    load.add_argument(
        "places", nargs="+", type=Path, metavar="PLAN.json|FOLDER", help="what extract or batch wrote"
    )
    for action in (upgrade, load):
        store_option(action)
        action.set_defaults(store_command="db")


def tasks_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach tasks`` takes."""
    store_option(parser)
    _filters(parser)
    parser.add_argument("--sort", choices=_SORTS, default="due", help="the order (due)")
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--limit", type=_number, default=50, metavar="N", help="tasks on a page (50)")
    parser.add_argument("--offset", type=_number, default=0, metavar="N", help="tasks to leave out first")
    parser.add_argument("--width", type=_number, metavar="N", help="columns to fill")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV")
    parser.set_defaults(store_command="tasks")


def _filters(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--agency", metavar="NAME", help='who leads or supports; short forms are known ("Sở NV")')
    add("--role", choices=("lead", "support"), help="only what the agency leads, or supports")
    add("--due-before", type=day, metavar="DATE", help="due before that day (YYYY-MM-DD or D/M/YYYY)")
    add("--due-after", type=day, metavar="DATE", help="due after that day")
    add("--due-within", type=span, metavar="7d|2w|3m", help="open, and due from today on within so long")
    add("--overdue", action="store_true", help="open, and past the last day")
    add("--plan", metavar="NUMBER|ID", help="of that plan")
    add("--issuer", metavar="NAME", help="of plans that this body issued")
    add("--kind", choices=_KINDS, help="with a deadline of that kind")
    add("--status", type=status, metavar="STATUS", help=", ".join(_STATUSES))
    add("--text", metavar="WORDS", help="with all these words; marks and case do not count")
    add("--dropped", action="store_true", help="those that a later version of their plan has no more")


def task_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach task`` takes."""
    store_option(parser)
    add = parser.add_argument
    add("id", metavar="ID", help="a task's id, or its beginning")
    add("--status", type=own_status, metavar="STATUS", help="not_started, doing, done or paused")
    add("--progress", type=percent, metavar="N", help="how much is done, in per cent")
    add("--done", type=day, nargs="?", const=True, metavar="DATE", help="it is done (today)")
    add(
        "--correct",
        type=correction,
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help='put right text, lead, support ("Sở A; Sở B") or due; needs --by',
    )
    add("--by", metavar="NAME", help="who says so")
    add("--width", type=_number, metavar="N", help="columns to fill")
    add("--json", action="store_true", help="print JSON")
    parser.set_defaults(store_command="task")


def store_option(parser: argparse.ArgumentParser) -> None:
    """The database, and the day that time is counted from."""
    parser.add_argument(
        "--db",
        default=os.environ.get("KEHOACH_DB") or DEFAULT,
        metavar="URL",
        help=f"the database (KEHOACH_DB, else {DEFAULT})",
    )
    parser.add_argument(
        "--today", type=day, default=None, metavar="DATE", help="the day to count from (today)"
    )


def day(text: str) -> date:
    """A day: 2026-06-30 or 30/6/2026."""
    try:
        if found := _VIETNAMESE_DAY.fullmatch(text.strip()):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2026-06-30 or 30/6/2026") from error


def span(text: str) -> dict[str, int]:
    """A span of days, weeks, months or years, as arguments of ``relativedelta``."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no span of time; write 7d, 2w, 3m or 1y")
    unit = {"d": "days", "w": "weeks", "m": "months", "y": "years"}[found[2].lower()]
    return {unit: int(found[1])}


def status(text: str) -> str:
    """A status to look for, however its words are joined."""
    return _one_of(text, _STATUSES)


def own_status(text: str) -> str:
    """A status that a person can give."""
    return _one_of(text, ("not_started", "doing", "done", "paused"))


def _one_of(text: str, known: tuple[str, ...]) -> str:
    found = re.sub(r"[\s-]+", "_", text.strip().lower())
    if found not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(known)}")
    return found


def percent(text: str) -> int:
    """A whole number from 0 to 100."""
    number = text.strip().removesuffix("%")
    if not number.isdecimal() or int(number[:4]) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 100")
    return int(number)


def correction(text: str) -> tuple[str, str]:
    """A field and its value."""
    field, sign, value = text.partition("=")
    if not sign or field.strip() not in ("text", "lead", "support", "due"):
        raise argparse.ArgumentTypeError(f"{text!r}: write text=…, lead=…, support=… or due=…")
    value = " ".join(value.split())
    if field.strip() == "due" and value:
        value = day(value).isoformat()
    if field.strip() == "text" and not value:
        raise argparse.ArgumentTypeError("a task has a text")
    return field.strip(), value


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError("a whole number is wanted")
    return int(text)


def today(options: Any) -> date:  # noqa: ANN401
    """The day to count from."""
    found: date | None = options.today
    return found or date.today()
