"""The arguments of ``kehoach batch``, apart from what carries them out, so that ``--help`` starts at once."""

from __future__ import annotations

import argparse
import os

from extractor.app.argument_types import place, seconds, whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach batch`` takes."""
    parser.add_argument("inbox", type=place, metavar="INBOX", help="a folder of plans, with folders in it")
    parser.add_argument(
        "-o", dest="output", type=place, required=True, metavar="OUT/", help="where results go"
    )
    parser.add_argument(
        "--workers", type=whole(1, 1000), default=os.cpu_count() or 1, metavar="N", help="processes (cores)"
    )
    parser.add_argument(
        "--engine", choices=("local", "ray"), default="local", help="where files are read (here)"
    )
    parser.add_argument("--ray-address", metavar="HOST:PORT", help="the Ray cluster (one is started here)")
    parser.add_argument("--db", metavar="URL", help="also load the plans into this database (see `db load`)")
    parser.add_argument("--retry", action="store_true", help="read again what failed before")
    parser.add_argument("--watch", action="store_true", help="go on looking for new files until stopped")
    parser.add_argument(
        "--every", type=seconds, default=5.0, metavar="S", help="with --watch: seconds between looks"
    )
