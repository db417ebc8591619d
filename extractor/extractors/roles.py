"""Who leads and who supports, by a sentence's own grammar.

A text's lists of agencies are replaced by one sign each, so that the grammar (rules GRAMMAR and CLAUSE of
``duties.yaml``) reads "‹A› chủ trì, phối hợp với ‹B›" whatever the names. Roles are decided once a block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.extractors import agencies
from extractor.mention import Mention, Said
from extractor.rulebook import Rulebook

_SIGN = re.compile("[\ue000-\uf8ff]")
_CLAUSES = re.compile(r"[.;]\s")


def read(text: str, rules: Rulebook, offset: int = 0, words: Sequence[tuple[int, int]] | None = None) -> Said:
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
    askers: set[int] = set()
    opens = False
    stop = _CLAUSES.search(signed)
    first = stop.end() if stop else len(signed)
    found = [(rule, match) for rule in rules.rules("GRAMMAR") for match in rule.pattern.finditer(signed)]
    for rule, match in found:
        if "lead" in rule.assign:
            group = rule.assign["lead"]
            lead.add(_index(match.group(group)))
            asked = bool(rule.assign.get("asked"))
            opens |= asked or match.start(group) < first
            if asked:
                askers |= {_index(c) for c in _SIGN.findall(signed[match.start() : match.start(group)])}
    both = [(r.assign, m) for r, m in found if "lead" in r.assign and "support" in r.assign]
    lead -= askers | {_index(m.group(roles["support"])) for roles, m in both}  # "X chỉ đạo Y chủ trì …"
    told = [(m.start(), m.group(r.assign["support"])) for r, m in found if "support" in r.assign]
    for at, sign in sorted(told):
        if not _of_another(signed, at, lead | support):
            support.add(_index(sign))
    return lead, support, opens


def _index(sign: str) -> int:
    return ord(sign) - 0xE000


def _of_another(signed: str, at: int, known: set[int]) -> bool:
    """Whether an agency without a role stands right before: it is then that one's partner."""
    before = signed[:at].rstrip()
    return bool(_SIGN.match(before[-1:])) and _index(before[-1]) not in known


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
    return "aside" if not clause.strip(" ./") or _SIGN.match(clause) else "acts"


def of_label(text: str, rules: Rulebook, offset: int, lead: bool) -> tuple[list[Mention], list[Mention]]:
    """(lead, support) of a label's or a column's value: its list, and whom its notes name as partners."""
    listed = agencies.parse_list(text, rules, offset)
    said = read(text, rules, offset)
    beside = [m for m in listed if agencies.BESIDE.match(text, m.end - offset)]
    known = {m.start for m in listed}
    partners = [m for m in said.support if m.start not in known]
    if lead:
        partner_places = {m.start for m in said.support}
        partner_places |= {m.start for m in beside}
        leads = [m for m in listed if m.start not in partner_places] or listed
        return leads, [m for m in [*beside, *said.support] if m not in leads]
    return [], [*listed, *partners]
