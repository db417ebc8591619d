"""Checks every gold file against its text: spans, surface forms, deadlines and targets.

python corpus/check_gold.py
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KINDS = {"date", "period", "open", "recurring", "continuous", "event"}
CYCLES = {None, "day", "week", "month", "quarter", "half-year", "year"}
COMPARATORS = {"=", ">=", ">", "<=", "<", "~"}


def problems(name: str) -> list[str]:
    """What is wrong with ``gold/NAME.json``, in words."""
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    gold = json.loads((HERE / "gold" / f"{name}.json").read_text(encoding="utf-8"))
    flat = re.sub(r"\s+", " ", text)
    found = [f"{item['spans']}: not a clean span" for item in _items(gold) if not _clean(item["spans"], text)]
    for task in gold["tasks"]:
        found += [f"{a}: not in the text" for a in task["lead"] + task["support"] if a not in flat]
        found += [f"{d['raw']}: bad deadline" for d in task["deadlines"] if not _deadline(d, flat)]
        found += [f"{g}: not in the text" for g in task["deliverables"] if g not in flat]
    found += [f"{t}: bad target" for t in gold["targets"] if not _target(t, text)]
    found += [f"{r}: not in the text" for r in gold["header"]["references"] if r["number"] not in flat]
    return found


def _items(gold: dict[str, Any]) -> list[dict[str, Any]]:
    return [*gold["tasks"], *gold["targets"]]


def _clean(spans: list[list[int]], text: str) -> bool:
    parts = [text[a:b] for a, b in spans]
    ordered = all(x[1] <= y[0] for x, y in pairwise(spans))
    return ordered and all(p and p == p.strip() and "\t" not in p for p in parts)


def _deadline(item: dict[str, Any], flat: str) -> bool:
    days = [date.fromisoformat(item[k]) for k in ("start", "due") if k in item]
    right = item["kind"] in KINDS and item.get("every") in CYCLES and days == sorted(days)
    return right and item["raw"] in flat


def _target(item: dict[str, Any], text: str) -> bool:
    words = " ".join(text[a:b] for a, b in item["spans"])
    digits = re.sub(r"[^0-9,]", " ", words.replace(".", "")).replace(",", ".").split()
    values = {float(d.strip(".")) for d in digits if d.strip(".")}
    bounds = {item["value"], item.get("value_max", item["value"])}
    unit = item["unit"].split()[0]
    return bounds <= values and unit in words and item["comparator"] in COMPARATORS


def main() -> int:
    """Prints every problem; 1 if there is any."""
    names = sorted(p.stem for p in (HERE / "gold").glob("*.json"))
    wrong = [f"{name}: {problem}" for name in names for problem in problems(name)]
    print("\n".join(wrong) or f"{len(names)} plans, no problem")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
