"""Which headings a task stands under."""

from __future__ import annotations

from bisect import bisect_right

from extractor.schema import Plan, Section, Task

_DEEPEST = 40


class Outline:
    """The sections of a plan, by where they stand in its text."""

    def __init__(self, plan: Plan) -> None:
        self._sections = sorted(plan.sections, key=lambda section: section.start)
        self._starts = [section.start for section in self._sections]
        self._by_id = {section.id: section for section in plan.sections}

    def above(self, task: Task) -> tuple[Section, ...]:
        """The headings above a task, the outermost first; a heading that is the task itself is none."""
        if not task.evidence:
            return ()
        place = task.evidence[0].start
        last = bisect_right(self._starts, place) - 1
        section = self._sections[last] if last >= 0 else None
        found: list[Section] = []
        for _ in range(_DEEPEST):
            if section is None:
                break
            if section.start + len(section.title) <= place < section.end:
                found.append(section)
            section = self._by_id.get(section.parent or "")
        return tuple(reversed(found))


def heading(section: Section) -> str:
    """A section's label and title, "III. NHIỆM VỤ"; a label that is the title once."""
    label, title = section.label, section.title
    if not label or title.startswith(label):
        return title
    return f"{label}. {title}" if label[-1].isalnum() else f"{label} {title}"
