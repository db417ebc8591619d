"""The command line: arguments, exit codes, and what is said where something fails.

Data goes to standard output, messages to standard error. Heavy imports stand inside the commands, so
that ``kehoach --help`` starts at once.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from extractor.app.arguments import (
    EXIT_CODES,
    Command,
    Parser,
    Version,
    add_command,
    batch_arguments,
    debug_option,
    explain_arguments,
    export_arguments,
    extract_arguments,
    show_arguments,
)
from extractor.app.jobs import Outcome, jobs_of
from extractor.app.limits import DEFAULT, Limits
from extractor.app.push.options import arguments as push_arguments
from extractor.app.reading import OutputNames, Reader, describe, printable
from extractor.app.store.options import db_arguments, task_arguments, tasks_arguments
from extractor.document import silent

if TYPE_CHECKING:
    from extractor.document import Progress
    from extractor.schema import Plan

READ, FAILED, USAGE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141


class _UsageError(Exception):
    """Arguments that argparse cannot judge alone."""


def command() -> NoReturn:
    """``kehoach``: :func:`main`, and out at once, without taking down all that was imported."""
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(given: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code (0 all read, 1 some failed, 2 wrong usage)."""
    _open_streams()
    _speak_utf8()
    try:
        return _run(given)
    except KeyboardInterrupt:
        _drop_output()
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:
        _drop_output()
        _say(f"cannot write: {describe(error)[1]}")
        return FAILED


def _run(given: Sequence[str] | None) -> int:
    options = _parser().parse_args(given)
    _quiet(options.debug)
    command: Command = options.command
    try:
        code = command(options)
    except _UsageError as error:
        _say(str(error))
        code = USAGE
    sys.stdout.flush()
    return code


# --- the commands ------------------------------------------------------------------------------


def _extract(options: argparse.Namespace) -> int:
    paths: list[Path] = list(dict.fromkeys(options.files))
    if options.output is not None:
        return _extract_to(_folder(options.output), paths, options)
    if len(paths) > 1 or options.json:
        raise _UsageError("give -o OUT/ for more than one file, or for --json")
    return _print(paths[0], lambda path: _reader(options).text(path, _progress()), options.debug)


def _extract_to(folder: Path, paths: list[Path], options: argparse.Namespace) -> int:
    names = OutputNames(paths)
    report = [
        _keep(outcome, folder / f"{names.of(outcome.job.place)}.json")
        for outcome in _reader(options).outcomes(jobs_of(paths), _progress())
        if not outcome.members
    ]
    failed = sum("error" in entry for entry in report)
    if options.json:
        summary = {"read": len(report) - failed, "failed": failed, "files": report}
        print(json.dumps(summary, ensure_ascii=True, indent=2))
    return FAILED if failed else READ


def _keep(outcome: Outcome, target: Path) -> dict[str, Any]:
    """Write a plan that was read; what the summary says of it, or of its error."""
    from extractor.export.json_export import write_whole

    place = outcome.job.place
    error = outcome.error
    if outcome.text is not None:
        try:
            write_whole(target, outcome.text + "\n")
        except OSError as failure:
            error = describe(failure)
    if error:
        _say(f"{place}: {error[1]} ({error[0]})")
        return {"file": str(place), "error": {"code": error[0], "message": error[1]}}
    found = _counts(outcome)
    counts = ", ".join(f"{n} {noun if n != 1 else noun[:-1]}" for noun, n in found.items())
    renamed = "" if target.stem == place.stem else f" (written as {target.name}, to keep the names apart)"
    print(printable(f"{place}: {counts}{renamed}"), file=sys.stderr)
    return {"file": str(place), "output": str(target), **found, "seconds": outcome.seconds}


def _counts(outcome: Outcome) -> dict[str, int]:
    summary = outcome.summary
    assert summary is not None
    return {"tasks": summary.tasks, "targets": summary.targets, "warnings": len(summary.codes)}


def _show(options: argparse.Namespace) -> int:
    from extractor.app.show import show

    def text(path: Path) -> str:
        plan = _reader(options).plan(path, _progress())
        return _json_of(plan) if options.json else show(plan, options.width, sys.stdout.isatty())

    return _print(options.file, text, options.debug)


def _explain(options: argparse.Namespace) -> int:
    from extractor.app.explain import explain

    def text(path: Path) -> str:
        plan = _reader(options).plan(path, _progress())
        if options.task is not None and not 1 <= options.task <= len(plan.tasks):
            raise _UsageError(f"{path}: there is no task {options.task}, only {len(plan.tasks)}")
        return explain(plan, options.task)

    return _print(options.file, text, options.debug)


def _batch(options: argparse.Namespace) -> int:
    from extractor.app.batch.command import run

    return run(options, _reader(options, options.workers))


def _export(options: argparse.Namespace) -> int:
    from extractor.app.export_command import run

    return run(options, _reader(options))


def _push(options: argparse.Namespace) -> int:
    from extractor.app.push.options import run

    return run(options)


def _store(options: argparse.Namespace) -> int:
    from extractor.app.store.options import run

    return run(options)


def _schema(_: argparse.Namespace) -> int:
    from extractor.schema import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return READ


# --- files -------------------------------------------------------------------------------------


def _reader(options: argparse.Namespace, workers: int = 1) -> Reader:
    limits = Limits(
        options.memory_limit << 20, options.time_limit, max(options.time_limit, DEFAULT.step_seconds)
    )
    return Reader(limits, workers, options.debug)


def _progress() -> Progress:
    """Long work is announced on a terminal, where somebody waits for it."""
    return (lambda words: _say(words)) if sys.stderr.isatty() else silent


def _print(path: Path, text_of: Callable[[Path], str], debug: bool) -> int:
    try:
        print(text_of(path))
    except _UsageError:
        raise
    except Exception as error:
        if debug or isinstance(error, BrokenPipeError):
            raise
        code, message = describe(error)
        _say(f"{path}: {message} ({code})")
        return FAILED
    return READ


def _json_of(plan: Plan) -> str:
    from extractor.export.json_export import to_json

    return to_json(plan)


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _UsageError(f"{path}: not a folder to write to ({describe(error)[1]})") from error
    return path


# --- streams -----------------------------------------------------------------------------------


def _say(message: str) -> None:
    print(printable(f"kehoach: {message}"), file=sys.stderr)


def _streams() -> Iterator[io.TextIOWrapper]:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            yield stream


def _open_streams() -> None:
    """Give a process that was started without its streams some: messages go nowhere, data is an error."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _speak_utf8() -> None:
    for stream in _streams():
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _drop_output() -> None:
    """Send what is still buffered nowhere: nobody reads it, and Python would complain at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _quiet(debug: bool) -> None:
    """What libraries remark about a file is of no use to the reader of a plan."""
    if not debug:
        logging.getLogger().addHandler(logging.NullHandler())
        warnings.simplefilter("ignore")


# --- arguments ---------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kehoach",
        description="Turns Vietnamese administrative plans into normalised, traceable JSON.",
        epilog=EXIT_CODES,
    )
    parser.set_defaults(debug=False)
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and stop")
    debug_option(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Command, summary: str) -> argparse.ArgumentParser:
        return add_command(commands, name, run, summary)

    extract_arguments(add("extract", _extract, "read plans and write their JSON"))
    show_arguments(add("show", _show, "print what stands in a plan"))
    explain_arguments(add("explain", _explain, "print what found each value, and where"))
    add("schema", _schema, "print the JSON Schema of a plan")
    export_arguments(add("export", _export, "write plans in another format"))
    batch_arguments(add("batch", _batch, "read a folder of plans, in parallel and resumably"))
    db_arguments(add("db", _store, "keep plans in a database"))
    tasks_arguments(add("tasks", _store, "list the tasks in the database"))
    task_arguments(add("task", _store, "show one of them, or say how far it is"))
    push_arguments(add("push", _push, "send new and changed tasks to a tracking system"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
