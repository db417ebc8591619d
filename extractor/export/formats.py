"""The formats that plans are exported to, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec

from extractor.schema import Plan

Writer = Callable[[Iterable[Plan]], Iterator[bytes]]
"""Takes plans, one after the other, and gives the file in pieces."""


def missing(name: str) -> str | None:
    """The package that a format needs and that is not installed; looked for without loading it."""
    needed = "pyarrow" if name == "parquet" else None
    return needed if needed and find_spec(needed) is None else None


def writer(name: str, bom: bool = False) -> Writer:
    """What writes the format; ``bom`` begins a CSV file with a byte order mark. Raises :class:`KeyError`.

    This loads the format's packages. Read plans before: pyarrow takes address space and starts threads, and
    the workers that are forked then have little left.
    """
    if name in ("csv", "openproject", "redmine"):
        return _delimited(name, bom)
    return _MAKERS[name]()


def _delimited(name: str, bom: bool) -> Writer:
    from extractor.export import csv_export, trackers

    write = {"csv": csv_export.write, "openproject": trackers.openproject, "redmine": trackers.redmine}[name]
    return lambda plans: write(plans, bom)


def _xlsx() -> Writer:
    from extractor.export import xlsx_export

    return xlsx_export.write


def _jsonl() -> Writer:
    from extractor.export import jsonl_export

    return jsonl_export.write


def _parquet() -> Writer:
    from extractor.export import parquet_export

    return parquet_export.write


def _ical() -> Writer:
    from extractor.export import ical_export

    return ical_export.write


_MAKERS = {"xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet, "ical": _ical}
