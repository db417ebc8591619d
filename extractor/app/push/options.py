"""The arguments of ``kehoach push``, apart from what carries them out."""

from __future__ import annotations

import argparse
import sys

from extractor.app.argument_types import place, seconds, whole
from extractor.app.store.options import HINT, store_option


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach push`` takes."""
    parser.add_argument("url", metavar="URL", help="where tasks are posted, http:// or https://")
    store_option(parser)
    parser.add_argument(
        "--secret-file", type=place, metavar="FILE", help="the shared secret (KEHOACH_PUSH_SECRET)"
    )
    parser.add_argument("--dead", action="store_true", help="send again what was refused before")
    parser.add_argument(
        "--tries", type=whole(1, 1000), default=5, metavar="N", help="how often one is sent (5)"
    )
    parser.add_argument(
        "--pause", type=seconds, default=0.5, metavar="S", help="seconds before the second try (0.5)"
    )


def run(options: argparse.Namespace) -> int:
    """Push; one line where the optional parts are not installed."""
    try:
        from extractor.app.push.command import run as carry_out
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("sqlalchemy", "alembic"):
            raise
        print(f"kehoach: {HINT}", file=sys.stderr)
        return 1
    return carry_out(options)
