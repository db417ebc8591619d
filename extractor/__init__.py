"""Turns Vietnamese administrative plans (*kế hoạch*) into normalised, traceable JSON.

>>> import extractor
>>> plan = extractor.extract("corpus/song-may-chuyen-doi-so.txt")   # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.export.frames import Frames
    from extractor.pipeline import Pipeline
    from extractor.schema import Plan

__all__ = ["Pipeline", "Plan", "extract", "frames"]


def extract(path: str | os.PathLike[str]) -> Plan:
    """The plan that one file holds; for many files make one :class:`Pipeline` and call it.

    Raises :class:`extractor.errors.UnreadableError` for a file that gives no plan.
    """
    from extractor.pipeline import Pipeline

    return Pipeline().extract(path)


def frames(plans: Iterable[Plan]) -> Frames:
    """Plans as tidy pandas tables: ``tasks``, ``agencies``, ``deadlines``, ``targets``.

    :mod:`extractor.export.frames` names their columns and types.
    """
    from extractor.export.frames import frames as tables

    return tables(plans)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """``Pipeline`` and ``Plan`` are imported when first asked for: they bring spaCy and pydantic."""
    if name == "Pipeline":
        from extractor.pipeline import Pipeline

        return Pipeline
    if name == "Plan":
        from extractor.schema import Plan

        return Plan
    raise AttributeError(name)
