"""What a block's wording says by itself: what is to be done, by whom, or only how much."""

from __future__ import annotations

import re
from functools import cache

from extractor.extractors import agencies
from extractor.extractors.agency_names import without_marks
from extractor.rulebook import Rulebook


@cache
def _verbs(rules: Rulebook) -> re.Pattern[str]:
    return re.compile(rules.expand("{verb}"), re.IGNORECASE)


@cache
def _adverbial(rules: Rulebook) -> re.Pattern[str]:
    return re.compile(rules.expand("{adverbial}") + "$", re.IGNORECASE)


@cache
def _bare_verbs(rules: Rulebook) -> frozenset[str]:
    """Verbs of two syllables without their marks: a scanner reads "Thâm định" for "Thẩm định"."""
    return frozenset(without_marks(v) for v in rules.data("agencies")["verbs"] if v.count(" ") == 1)


def opens_with_verb(text: str, rules: Rulebook) -> bool:
    """Whether a block opens with what is to be done ("Rà soát …", "Hằng năm, tổ chức …")."""
    if _verbs(rules).match(text) or without_marks(" ".join(text[:40].split()[:2])) in _bare_verbs(rules):
        return True
    head, comma, rest = text[:300].partition(", ")
    return bool(comma and _adverbial(rules).match(head) and _verbs(rules).match(rest))


def names_bearer(text: str, rules: Rulebook) -> bool:
    """Whether a block names the one who bears its duty ("Sở Y tế rà soát …", "Giao Sở Y tế …")."""
    signed, _ = agencies.signed(text[:600], rules)
    return any(rule.assign.get("lead") and rule.pattern.search(signed) for rule in rules.rules("GRAMMAR"))


def is_quantity(text: str, rules: Rulebook) -> bool:
    """Whether a block only says how much is to be reached: a target, wherever it stands."""
    return matches(text, "QUANTITY", rules)


def matches(text: str, label: str, rules: Rulebook) -> bool:
    """Whether some rule of ``label`` holds in a text."""
    return any(rule.pattern.search(text) for rule in rules.rules(label))
