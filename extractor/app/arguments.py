"""The arguments of each command, and how wrong ones are refused."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from extractor.app import export_options
from extractor.app.argument_types import place, whole
from extractor.app.batch import options as batch_options
from extractor.app.limits import DEFAULT
from extractor.app.reading import printable

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]

EXIT_CODES = "exit codes: 0 every file was read, 1 some failed, 2 wrong usage"
Command = Callable[[argparse.Namespace], int]

_LEAST_MEMORY = 400  # MB
_SECONDS = whole(1, 1_000_000)


class Parser(argparse.ArgumentParser):
    """One whose complaints drive no terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        super().error(printable(message))


class Version(argparse.Action):
    """``--version``; what knows the version is asked only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it, and end."""
        from importlib.metadata import version

        print("kehoach", version("kehoach"))
        parser.exit()


def add_command(commands: Commands, name: str, run: Command, summary: str) -> argparse.ArgumentParser:
    """A command that ``run`` carries out; ``summary``: what it does, in words."""
    sentence = f"{summary[0].upper()}{summary[1:]}."
    parser = commands.add_parser(name, help=summary, description=sentence, epilog=EXIT_CODES)
    parser.set_defaults(command=run)
    debug_option(parser)
    return parser


def debug_option(parser: argparse.ArgumentParser) -> None:
    """``--debug``, before the command or after it."""
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="let an error end in a traceback"
    )


def extract_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach extract`` takes."""
    _limit_options(parser)
    parser.add_argument("files", nargs="+", type=place, metavar="FILE", help="a plan")
    parser.add_argument(
        "-o",
        dest="output",
        type=place,
        metavar="OUT/",
        help="write OUT/NAME.json for each plan; without it the JSON of one plan goes to standard output",
    )
    parser.add_argument("--json", action="store_true", help="with -o: print a summary as JSON")


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach show`` takes."""
    _limit_options(parser)
    parser.add_argument("file", type=place, metavar="FILE", help="a plan, or the JSON of one")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument("--width", type=whole(40, 10_000), metavar="N", help="columns to fill (at least 40)")


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach explain`` takes."""
    _limit_options(parser)
    parser.add_argument("file", type=place, metavar="FILE", help="a plan, or the JSON of one")
    parser.add_argument("--task", type=int, metavar="N", help="only the task N, counted from 1")


def export_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach export`` takes."""
    _limit_options(parser)
    export_options.arguments(parser)


def batch_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach batch`` takes."""
    parser.epilog = f"{EXIT_CODES}, 3 results cannot be written"
    _limit_options(parser)
    batch_options.arguments(parser)


def _limit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--time-limit",
        type=_SECONDS,
        default=DEFAULT.seconds,
        metavar="S",
        help="seconds per file (30)",
    )
    parser.add_argument(
        "--memory-limit",
        type=_megabytes,
        default=DEFAULT.memory >> 20,
        metavar="MB",
        help="MB it may take (1024)",
    )


def _megabytes(text: str) -> int:
    if (size := whole(1, 1_000_000)(text)) < _LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"reading a plan takes {_LEAST_MEMORY} MB at least")
    return size
