"""Days, deadlines and quantities as they are written in Vietnamese."""

from __future__ import annotations

from extractor.schema import Deadline, Target

CYCLES = {
    "day": "ngày",
    "week": "tuần",
    "month": "tháng",
    "quarter": "quý",
    "half-year": "6 tháng",
    "year": "năm",
}
_COMPARATORS = {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< ", "~": "≈ ", "=": ""}
CHANGES = {"increase": "tăng ", "decrease": "giảm "}


def day(iso: str) -> str:
    """A date, or as much of it as is known, as it is written in Vietnam."""
    return "/".join(reversed(iso.split("-")))


def deadline(value: Deadline) -> str:
    """A deadline in Vietnamese, normalised where its days are known, else its own words."""
    words = _when(value)
    return f"{value.label}: {words}" if value.label else words


def _when(value: Deadline) -> str:
    if value.kind == "recurring":
        return _recurring(value)
    start, due = value.start, value.due
    if start and due:
        return f"{day(start)} – {day(due)}"
    if due:
        return f"trước {day(due)}" if value.exclusive else day(due)
    return f"từ {day(start)}" if value.kind == "open" and start else value.text


def _recurring(value: Deadline) -> str:
    cycle = f"hằng {CYCLES[value.every]}" if value.every else "định kỳ"
    cycle = "6 tháng một lần" if value.every == "half-year" else cycle
    return f"{cycle}, từ {day(value.start)}" if value.start else cycle


def quantity(target: Target) -> str:
    """A target's value in Vietnamese: "≥ 56.000 lao động/năm"."""
    number = _number(target.value)
    if target.value_max is not None:
        number += f"–{_number(target.value_max)}"
    change = CHANGES.get(target.change or "", "")
    unit = "%" if target.unit == "%" else f" {target.unit}"
    per = f"/{CYCLES[target.per]}" if target.per else ""
    return f"{_COMPARATORS[target.comparator]}{change}{number}{unit}{per}".strip()


def _number(value: float) -> str:
    text = f"{value:,.0f}" if value == int(value) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))
