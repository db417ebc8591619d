"""The arguments of ``kehoach export``, apart from what carries them out: ``--help`` starts at once."""

from __future__ import annotations

import argparse

from extractor.app.argument_types import place

FORMATS = ("xlsx", "csv", "jsonl", "parquet", "ical", "openproject", "redmine")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``kehoach export`` takes."""
    parser.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument(
        "plans",
        nargs="+",
        type=place,
        metavar="PLAN",
        help="a plan's JSON, a folder of them (OUT/plans of a batch), or a plan",
    )
    parser.add_argument(
        "-o", dest="output", type=place, required=True, metavar="FILE", help="the file to write"
    )
    parser.add_argument(
        "--redact",
        action="store_true",
        help="mask identity numbers, telephone numbers and e-mail addresses",
    )
    parser.add_argument(
        "--bom",
        action="store_true",
        help="begin CSV files with a byte order mark, by which Excel knows UTF-8",
    )
