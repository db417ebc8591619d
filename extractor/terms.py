"""The closed vocabularies of the JSON, as the stages and the schema both use them."""

from __future__ import annotations

from typing import Literal

SectionRole = Literal[
    "purpose", "targets", "tasks", "assignment", "funding", "annex", "header", "recipients", "other"
]
DeadlineKind = Literal["date", "period", "open", "recurring", "continuous", "event"]
Cycle = Literal["day", "week", "month", "quarter", "half-year", "year"]
Comparator = Literal[">=", ">", "<=", "<", "~", "="]
Change = Literal["increase", "decrease"]
Level = Literal["central", "province", "commune", "party", "front", "other"]
Origin = Literal["body", "table", "assignment"]
Relation = Literal["basis", "implements", "mention"]
