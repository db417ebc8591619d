"""One task as one row: the fields that CSV, Parquet and the trackers' files share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from extractor.export.outline import Outline, heading
from extractor.export.wording import deadline
from extractor.schema import Agency, Deadline, Plan, Section, Task

SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its plan; ``number`` counts the plan's tasks from 1, ``sections`` the headings above it."""

    plan: Plan
    task: Task
    number: int
    sections: tuple[Section, ...]

    @property
    def page(self) -> int | None:
        """The page that the task stands on, counted from 1."""
        return self.task.evidence[0].page if self.task.evidence else None

    @property
    def headings(self) -> list[str]:
        """The headings above the task, the outermost first."""
        return [heading(section) for section in self.sections]

    @property
    def start(self) -> str | None:
        """The first day that any of its deadlines states."""
        return min((d.start for d in self.task.deadlines if d.start), default=None)

    @property
    def last(self) -> Deadline | None:
        """The deadline with the last due day."""
        dated = [d for d in self.task.deadlines if d.due]
        return max(dated, key=lambda d: (d.due or "", not d.exclusive), default=None)

    @property
    def results(self) -> str:
        """What it shall bring, as written."""
        return SEPARATOR.join(item.text for item in self.task.deliverables)

    @property
    def written_deadlines(self) -> str:
        """Its deadlines in the plan's words."""
        return SEPARATOR.join(labelled(each) for each in self.task.deadlines)

    @property
    def source(self) -> str:
        """The sentence (or cells) that it was read from."""
        return " ".join(" ".join(each.quote.exact.split()) for each in self.task.evidence)

    @property
    def place(self) -> str:
        """Where it stands: "Kế hoạch số 15/KH-UBND, mục II.1"."""
        document = self.plan.document
        number = f"số {document.number}" if document.number else None
        name = " ".join(filter(None, (document.type, number))) or document.source.name
        return f"{name}, mục {self.task.section}" if self.task.section else name


def rows_of(plan: Plan) -> Iterator[Row]:
    """The tasks of a plan in their order."""
    outline = Outline(plan)
    for number, task in enumerate(plan.tasks, 1):
        yield Row(plan, task, number, outline.above(task))


def issued_day(plan: Plan) -> date | None:
    """When the plan was issued, where the whole day is known."""
    issued = plan.document.issued or ""
    try:
        return date.fromisoformat(issued) if len(issued) == len("2026-05-21") else None
    except ValueError:
        return None


def names(agencies: Iterable[Agency]) -> str:
    """Agencies by their canonical names, each once."""
    return SEPARATOR.join(dict.fromkeys(agency.name for agency in agencies))


def labelled(value: Deadline) -> str:
    """A deadline in the plan's words, after the part of the task that it is for."""
    return f"{value.label}: {value.text}" if value.label else value.text


def last_day(value: Deadline) -> date | None:
    """The last day to be done on: the due day, or where it is exclusive ("trước ngày …") the day before."""
    if not value.due:
        return None
    due = date.fromisoformat(value.due)
    return due - timedelta(days=1) if value.exclusive and due > date.min else due


def normalised(values: Iterable[Deadline]) -> str:
    """Deadlines as :func:`extractor.export.wording.deadline` writes them, a line each."""
    return "\n".join(dict.fromkeys(map(deadline, values)))


def days(row: Row) -> tuple[date | None, date | None]:
    """The first and the last day of a task for a tracker that takes one of each, in order or absent."""
    lasts = [day for each in row.task.deadlines if (day := last_day(each))]
    last = max(lasts, default=None)
    first = date.fromisoformat(row.start) if row.start else None
    return (None if first and last and first > last else first), last


def description(row: Row) -> str:
    """What a tracker shows below a task's name: its words, agencies, deadlines, results and place."""
    facts = (
        ("Cơ quan chủ trì", names(row.task.lead)),
        ("Cơ quan phối hợp", names(row.task.support)),
        ("Thời hạn", row.written_deadlines),
        ("Sản phẩm", row.results),
        ("Nguồn", row.place + (f", trang {row.page}" if row.page else "")),
    )
    return "\n".join([row.source or row.task.text, *(f"{name}: {value}" for name, value in facts if value)])
