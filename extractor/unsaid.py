"""What a plan leaves unsaid, or says so that it could not be read, in plain words for its reader."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.document import Notice
from extractor.mention import Header
from extractor.schema import Task

_NO_TASKS = "no task was found; the file may hold no plan, or its text could not be read"


def of_header(head: Header) -> list[Notice]:
    """What the letterhead and the signature do not say."""
    said = (
        ("W_NO_NUMBER", head.number, "the document's number is blank or could not be read"),
        ("W_NO_DATE", head.issued, "the document's date is blank or could not be read"),
        ("W_NO_ISSUER", head.issuer, "the issuing body could not be read"),
        ("W_NO_SIGNER", head.signer, "the signer's name could not be read"),
    )
    out = [Notice(code, message) for code, value, message in said if not value]
    if head.issued and len(head.issued) < 10:
        out.append(Notice("W_PARTIAL_DATE", f"the document's date is written only as far as {head.issued}"))
    return out


def of_tasks(tasks: Sequence[Task]) -> list[Notice]:
    """How many tasks lack a lead, a deadline, a year."""
    if not tasks:
        return [Notice("W_NO_TASKS", _NO_TASKS)]
    no_lead = sum(not t.lead for t in tasks)
    no_date = sum(not t.deadlines for t in tasks)
    undated = sum(d.kind in ("date", "period") and not d.due for t in tasks for d in t.deadlines)
    said = (
        ("W_NO_LEAD", no_lead, f"{no_lead} of {len(tasks)} tasks name no lead agency"),
        ("W_NO_DEADLINE", no_date, f"{no_date} of {len(tasks)} tasks state no deadline"),
        ("W_NO_YEAR", undated, f"{undated} deadlines give no year, and neither does the plan"),
    )
    return [Notice(code, message) for code, count, message in said if count]
