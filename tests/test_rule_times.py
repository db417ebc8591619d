"""No pattern takes more than linear time, whatever the text: every rule and every pattern of the package.

A pattern is used here as its module uses it: from the start of a text where it is only ever matched there,
else looked for everywhere. Behind the loaders no text has two spaces in a row (normalize.py), so there
the baits have none either.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import pytest

import extractor
from extractor import rulebook
from extractor.normalize import clean
from extractor.pipeline import Pipeline

SMALL, LARGE, WHOLE = 400, 1_600, 200_000  # characters
TINY = (12, 16, 20, 26, 34, 44, 57, 75, 97, 126, 164, 213, 277)  # exponential time shows before it hangs
ENOUGH = 0.02  # seconds that a measurement takes at least: some clocks tick 250 times a second
HASTY = 0.05  # seconds that no TINY text may take
MAX_RATIO, MAX_SECONDS = 6, 0.5  # for four times the text; for a WHOLE one
RAW = ("extractor.loaders", "extractor.characters", "extractor.normalize")

BAITS = (
    *("1/", "1,", "1.234.", "9", "1.1.", "-", "_", "|", "(", '"', ".", "I", "a", " ", "\t", "\\", "à\u0301"),
    *(
        "“a ",
        "(a) ",
        "*a ",
        "|a",
        "[a](",
        "<p ",
        "A1/B2-",
        "III. ",
        "Sở Y Tế ",
        "SỞ Y TẾ ",
        "các sở, ",
        "và ",
    ),
    *("rà soát ", "Sở Nội vụ chủ trì, phối hợp với ", "quý I/", "ngày 1/1 ", "tháng 1 năm "),
    *("đạt 85% ", "trên 5.000 hộ ("),
)

Search = Callable[[str], object]


def modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(extractor.__path__, "extractor."):
        if not info.name.startswith("extractor.rules") and not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def held(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's value, and in what it holds."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth and isinstance(value, tuple | list | frozenset | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from held(item, depth - 1)


def everywhere(pattern: re.Pattern[str]) -> Search:
    return lambda text: sum(1 for _ in pattern.finditer(text))


def searches() -> Iterator[tuple[str, bool, Search]]:
    """Each pattern's name, whether it sees text as files have it, and how it is used."""
    for module in modules():
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            anchored = name.startswith("_") and not re.search(
                rf"\b{name}\b(?!\s=\s|\.(?:full)?match\()", source
            )
            for pattern in held(value):
                search = pattern.match if anchored else everywhere(pattern)
                yield f"{module.__name__}.{name}", module.__name__.startswith(RAW), search
    for rule in rulebook.load().all_rules():
        yield rule.id, False, everywhere(rule.pattern)


@cache
def bait(unit: str, length: int, raw: bool) -> str:
    """``unit`` again and again, and a last sign that no pattern expects."""
    text = (unit * (length // len(unit) + 1))[:length]
    return (text if raw else clean(text)) + "\u2603"


def glance(search: Search, text: str) -> float:
    """Seconds by the clock on the wall: enough to let a fast pattern pass."""
    started = time.perf_counter()
    search(text)
    return time.perf_counter() - started


def seconds(search: Search, text: str) -> float:
    """Process time of one use of a pattern, over as many uses as its clock needs to tell."""
    started, uses, spent = time.process_time(), 0, 0.0
    while spent < ENOUGH:
        search(text)
        uses, spent = uses + 1, time.process_time() - started
    return spent / uses


def complaint(search: Search, unit: str, raw: bool) -> str | None:
    """How a pattern's time grows on a bait, where it is more than linear or too long."""
    for length in TINY:
        if glance(search, bait(unit, length, raw)) > HASTY:
            return f"more than {HASTY} s for {length} characters"
    seen = glance(search, bait(unit, LARGE, raw))
    if seen < MAX_SECONDS * (LARGE / WHOLE) ** 2:
        return None  # short enough even if it grows with the square
    if seen < min(MAX_RATIO * glance(search, bait(unit, SMALL, raw)), MAX_SECONDS * LARGE / WHOLE):
        return None
    large, small = (seconds(search, bait(unit, length, raw)) for length in (LARGE, SMALL))
    if large > MAX_RATIO * small and large > MAX_SECONDS * (LARGE / WHOLE) ** 2:
        return f"{large / small:.1f} times as long for 4 times the text"
    if large < MAX_SECONDS * LARGE / WHOLE / 2:
        return None
    whole = seconds(search, bait(unit, WHOLE, raw))
    return f"{whole:.1f} s for {WHOLE} characters" if whole > MAX_SECONDS else None


def complaints(search: Search, raw: bool) -> Iterator[str]:
    for unit in BAITS:
        said = complaint(search, unit, raw)
        if said and all(complaint(search, unit, raw) for _ in range(3)):  # the machine may be busy
            yield f"{unit!r}: {said}"


def test_every_pattern_takes_linear_time() -> None:
    slow = [f"{name} on {said}" for name, raw, search in searches() for said in complaints(search, raw)]
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize("pattern", [r"(?:\w+\s?)*x", r"\d*x", r"\s+x", r"(?:,?\s?\w{1,9}){0,9}x"])
def test_a_trap_is_noticed(pattern: str) -> None:
    assert any(complaints(everywhere(re.compile(pattern)), raw=True))


SENTENCE = "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính rà soát 1.200 hồ sơ, trước ngày 30/6/2026, đạt 85%; "
PLANS = {
    "one task": ("II. NHIỆM VỤ\n1. Sở Y tế rà soát ", SENTENCE, 400),
    "one target": ("I. MỤC TIÊU\n- Đạt 85% ", SENTENCE, 400),
    "labels": ("II. NHIỆM VỤ\n1. Rà soát\n- Cơ quan chủ trì: ", SENTENCE, 400),
    "paragraphs": ("II. NHIỆM VỤ\n", "Sở Nội vụ rà soát hồ sơ.\n\n", 1600),
    "numbers": ("II. NHIỆM VỤ\n", "1. Sở Y tế rà soát hồ sơ.\n- Chủ trì: Sở Y tế\n", 800),
    "headings": ("", "I. Mục\n", 4000),
    "short lines": ("", "x\n", 12000),
    "rows": ("|TT|Nhiệm vụ|Chủ trì|\n|--|--|--|\n", "|1|Rà soát hồ sơ|Sở Y tế|\n", 800),
    "one row": ("TT\tNhiệm vụ\tChủ trì\n1\tRà soát", "\tSở Y tế", 4000),
    "open bars": ("", "| a | b\n", 3000),
    "references": ("1. Thực hiện ", "Quyết định số 12/QĐ-UBND ngày 05/3/2026, ", 800),
    "agencies": ("1. Rà soát\n- Chủ trì: ", "các sở, ", 6000),
    "quarters": ("I. MỤC TIÊU\n- Đạt 85% ", "quý I/", 8000),
    "numbers with commas": ("I. MỤC TIÊU\n- Đạt 85% ", "1.234,", 6000),
    "recipients": ("Nơi nhận:\n", "- Sở Y tế;\n", 3000),
    "old letters": ("", "Uû ban nh©n d©n tØnh, ", 2000),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_whole_way_takes_linear_time(name: str) -> None:
    head, unit, times = PLANS[name]
    pipeline = Pipeline()

    def read(text: str) -> object:
        return pipeline.extract_bytes(text.encode(), "x.txt")

    read(head + unit)

    def ratio() -> float:
        small, large = (seconds(read, head + unit * count) for count in (times // 2, 2 * times))
        return large / small

    # a busy machine may spoil a measurement, not four in a row; what grows with the square spoils them all
    assert any(ratio() < MAX_RATIO for _ in range(4))
