"""Mends what text recognition often misreads."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.loaders.ocr_engine import WordLine


def mended(lines: Sequence[WordLine]) -> list[WordLine]:
    return list(lines)
