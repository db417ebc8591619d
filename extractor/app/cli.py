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

from extractor.app.jobs import Outcome, jobs_of
from extractor.app.limits import DEFAULT, Limits
from extractor.app.reading import OutputNames, Reader, describe, printable
from extractor.document import silent

if TYPE_CHECKING:
    from extractor.document import Progress
    from extractor.schema import Plan

READ, FAILED, USAGE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

_LEAST_MEMORY = 400  # MB
_EXIT_CODES = "exit codes: 0 every file was read, 1 some failed, 2 wrong usage"

_Command = Callable[[argparse.Namespace], int]


class _UsageError(Exception):
    """Arguments that argparse cannot judge alone."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print("kehoach", version("kehoach"))
        parser.exit(READ)


def command() -> NoReturn:
    """``kehoach``: :func:`main`, and out at once, without taking down all that was imported."""
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code (0 all read, 1 some failed, 2 wrong usage)."""
    _speak_utf8()
    try:
        return _run(arguments)
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


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    _quiet(options.debug)
    command: _Command = options.command
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
    parser = _Parser(
        prog="kehoach",
        description="Turns Vietnamese administrative plans into normalised, traceable JSON.",
        epilog=_EXIT_CODES,
    )
    parser.set_defaults(debug=False)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    _debug_option(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _extract_arguments(_command(commands, "extract", _extract, "read plans and write their JSON"))
    _show_arguments(_command(commands, "show", _show, "print what stands in a plan"))
    _explain_arguments(_command(commands, "explain", _explain, "print what found each value, and where"))
    _command(commands, "schema", _schema, "print the JSON Schema of a plan")
    _export_arguments(_command(commands, "export", _export, "write plans in another format"))
    _batch_arguments(_command(commands, "batch", _batch, "read a folder of plans, in parallel and resumably"))
    _store_commands(commands)
    _push_arguments(_command(commands, "push", _push, "send new and changed tasks to a tracking system"))
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, run: _Command, summary: str
) -> argparse.ArgumentParser:
    sentence = f"{summary[0].upper()}{summary[1:]}."
    parser = commands.add_parser(name, help=summary, description=sentence, epilog=_EXIT_CODES)
    parser.set_defaults(command=run)
    _debug_option(parser)
    return parser


def _debug_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="let an error end in a traceback"
    )


def _limit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--time-limit", type=_whole, default=DEFAULT.seconds, metavar="S", help="seconds a file may take (30)"
    )
    parser.add_argument(
        "--memory-limit",
        type=_megabytes,
        default=DEFAULT.memory >> 20,
        metavar="MB",
        help="MB it may take (1024)",
    )


def _whole(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 1_000_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 1000000 is wanted")
    return int(text)


def _megabytes(text: str) -> int:
    if (size := _whole(text)) < _LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"reading a plan takes {_LEAST_MEMORY} MB at least")
    return size


def _extract_arguments(parser: argparse.ArgumentParser) -> None:
    _limit_options(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a plan")
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="OUT/",
        help="write OUT/NAME.json for each plan; without it the JSON of one plan goes to standard output",
    )
    parser.add_argument("--json", action="store_true", help="with -o: print a summary as JSON")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    _limit_options(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a plan, or the JSON of one")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument("--width", type=_width, metavar="N", help="columns to fill (at least 40)")


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    _limit_options(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a plan, or the JSON of one")
    parser.add_argument("--task", type=int, metavar="N", help="only the task N, counted from 1")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    from extractor.app.export_options import arguments

    _limit_options(parser)
    arguments(parser)


def _batch_arguments(parser: argparse.ArgumentParser) -> None:
    from extractor.app.batch.options import arguments

    _limit_options(parser)
    arguments(parser)


def _push_arguments(parser: argparse.ArgumentParser) -> None:
    from extractor.app.push.options import arguments

    arguments(parser)


def _store_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    from extractor.app.store.options import db_arguments, task_arguments, tasks_arguments

    db_arguments(_command(commands, "db", _store, "keep plans in a database"))
    tasks_arguments(_command(commands, "tasks", _store, "list the tasks in the database"))
    task_arguments(_command(commands, "task", _store, "show one of them, or say how far it is"))


def _width(text: str) -> int:
    width = int(text) if text.isdecimal() else 0
    if not 40 <= width <= 10_000:
        raise argparse.ArgumentTypeError("N is a number from 40 to 10000")
    return width


if __name__ == "__main__":
    sys.exit(main())
