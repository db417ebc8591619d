"""What the arguments of several commands are held to, each with a plain sentence for what is not."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

_MOST_SECONDS = 1_000_000


def place(text: str) -> Path:
    """A file or a folder. "" is none: it is what a variable that was never set gives, not this folder."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a file or folder is empty")
    return Path(text)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) <= 9 else least - 1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most} is wanted")
        return number

    return read


def seconds(text: str) -> float:
    """A span of time in seconds, not below nothing."""
    try:
        span = float(text)
    except ValueError:
        span = -1
    if not 0 <= span <= _MOST_SECONDS:  # "nan" is in no range
        raise argparse.ArgumentTypeError(f"a number of seconds from 0 to {_MOST_SECONDS} is wanted")
    return span
