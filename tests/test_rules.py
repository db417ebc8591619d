"""Every rule brings its own test: it matches its examples and none of its near misses."""

from __future__ import annotations

import re

import pytest

from extractor import rulebook
from extractor.rulebook import Rule, Rulebook, RuleError

BOOK = rulebook.load()
RULES = BOOK.all_rules()
MARK = re.compile(r"<m>(.*?)</m>")
AT_START = {"LABEL"}  # these patterns are tried where a block (or a part of it) begins
PLACES = {"DEADLINE_PLACE"}  # these say what stands before a phrase, which may be nothing


def signed(text: str) -> str:
    """An example as the rule sees it: ‹a list of agencies› is one sign."""
    return re.sub("‹[^›]*›", "\ue000", text)


def matches(rule: Rule, text: str) -> list[re.Match[str]]:
    if rule.label in AT_START:
        found = rule.pattern.match(text)
        return [found] if found else []
    return list(rule.pattern.finditer(text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_matches_each_example(rule: Rule):
    assert rule.examples
    for example in rule.examples:
        text = signed(MARK.sub(r"\1", example))
        found = matches(rule, text)
        assert found, f"{rule.id} does not match {example!r}"
        marked = MARK.search(signed(example))
        if marked:
            span = (marked.start(), marked.start() + len(marked.group(1)))
            assert span in [m.span() for m in found], f"{rule.id} does not match just the mark in {example!r}"


@pytest.mark.parametrize("rule", [r for r in RULES if r.near_misses], ids=lambda rule: rule.id)
def test_matches_no_near_miss(rule: Rule):
    for text in rule.near_misses:
        assert not matches(rule, signed(text)), f"{rule.id} matches {text!r}"


@pytest.mark.parametrize("rule", [r for r in RULES if r.label not in PLACES], ids=lambda rule: rule.id)
def test_never_matches_nothing(rule: Rule):
    assert not rule.pattern.match("")
    assert all(m.end() > m.start() for m in matches(rule, "a b. c"))


def test_ids_are_unique():
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids) > 100


def test_the_version_is_a_digest_of_the_rules():
    assert re.fullmatch(r"[0-9a-f]{12}", BOOK.version)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"id": "x.a", "label": "X", "pattern": "(", "examples": ["a"]}, "unterminated"),
        ({"id": "x.a", "label": "X", "pattern": "a"}, "keys"),
        ({"id": "x.a", "label": "X", "pattern": "a", "examples": ["a"], "weight": 1}, "weight"),
    ],
)
def test_a_broken_rule_says_which_and_why(entry: dict[str, object], said: str):
    with pytest.raises(RuleError, match=said) as error:
        rulebook._rule(entry, {}, "rules/x.yaml")
    assert "x.a" in str(error.value)


def test_fragments_are_put_in():
    book = Rulebook("0", {}, {}, {"day": r"\d\d?", "date": "{day}/{day}"})
    assert re.fullmatch(book.expand("ngày {date}"), "ngày 5/12")
    assert book.expand("a{2} {unknown}") == "a{2} {unknown}"
