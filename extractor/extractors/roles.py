"""Who leads and who supports, by a sentence's own grammar.

A text's lists of agencies are replaced by one sign each, so that the grammar (rules GRAMMAR and CLAUSE of
``duties.yaml``) reads "‹A› chủ trì, phối hợp với ‹B›" whatever the names. Roles are decided once a block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.document import Mention, Said
from extractor.extractors import agencies
from extractor.rulebook import Rulebook

_SIGN = re.compile("[\ue000-\uf8ff]")
_CLAUSES = re.compile(r"[.;]\s")
_CANNOT_LEAD = re.compile(r"liên quan|chức năng", re.IGNORECASE)


def can_lead(mention: Mention) -> bool:
    """A partner "có liên quan" or "chức năng" never leads."""
    return not _CANNOT_LEAD.search(mention.value.text)  # type: ignore[union-attr]


def read(
    text: str, rules: Rulebook, offset: int = 0, words: Sequence[tuple[int, int]] | None = None
) -> Said:
    """The roles that a duty's words give; ``offset`` is where ``text`` stands."""
    signed, lists = agencies.signed(text, rules, offset, words)
    lead, support, opens = _roles(signed, rules)
    support -= lead
    joins, acts = _clauses(signed, rules)
    return Said(
        tuple(m for i in sorted(lead) if i < len(lists) for m in lists[i]),
        tuple(m for i in sorted(support) if i < len(lists) for m in lists[i]),
        opens,
        acts,
        joins,
    )


def _roles(signed: str, rules: Rulebook) -> tuple[set[int], set[int], bool]:
    """The signs that lead and support, and whether a leading one opens the text."""
    lead: set[int] = set()
    support: set[int] = set()
    opens = False
    asked: set[int] = set()
    for rule in rules.rules("GRAMMAR"):
        for match in rule.pattern.finditer(signed):
            for role, found in (("lead", lead), ("support", support)):
                if role in rule.assign:
                    found.add(ord(match.group(rule.assign[role])) - 0xE000)
            if "lead" in rule.assign:
                at = match.start(rule.assign["lead"])
                opens |= not _CLAUSES.search(signed[:at])
                asked |= {ord(c) - 0xE000 for c in _SIGN.findall(match.group(0)[: at - match.start()])} if rule.assign.get("asked") else set()
    return lead - asked, support, opens


def _clauses(signed: str, rules: Rulebook) -> tuple[bool, bool]:
    """Whether the first verb is "phối hợp", and whether some clause lays the duty on the heading's bearer."""
    joins_first = acts = False
    for number, clause in enumerate(_CLAUSES.split(signed)):
        kind = _clause_kind(clause.strip(), rules)
        if number == 0:
            joins_first = kind == "joins"
        acts |= kind == "acts"
    return joins_first, acts or not joins_first


def _clause_kind(clause: str, rules: Rulebook) -> str:
    for rule in rules.rules("CLAUSE"):
        if rule.pattern.search(clause):
            return "joins" if rule.assign.get("joins") else "aside"
    return "aside" if not clause or _SIGN.match(clause) else "acts"


def of_label(text: str, rules: Rulebook, offset: int, lead: bool) -> tuple[list[Mention], list[Mention]]:
    """(lead, support) of a label's or a column's value: its list, and whom its notes name as partners."""
    listed = agencies.parse_list(text, rules, offset)
    said = read(text, rules, offset)
    known = {m.start for m in listed}
    partners = [m for m in said.support if m.start not in known]
    if lead:
        partner_places = {m.start for m in said.support}
        leads = [m for m in listed if m.start not in partner_places] or listed
        return leads, [m for m in said.support if m not in leads]
    return [], [*listed, *partners]
