"""Reads, validates and compiles ``rules/*.yaml``.

A rule is one entry of a YAML list, and brings its own test::

    - id: deadline.before_date        # unique; the part before the dot names its file
      label: DEADLINE                 # what the extractor asks for
      pattern: 'trước {date}'         # a Python regular expression; {name} is a shared fragment
      assign: {exclusive: true}       # constant facts for the extractor
      examples: ['xong <m>trước ngày 30/6/2025</m>']   # the match is marked where it matters
      not: ['trước mắt, tập trung rà soát']

Patterns ignore case unless ``case: true``. Fragments live in ``fragments.yaml`` (name: pattern); they may
use one another, or name a list of a vocabulary ("@agencies.verbs"). One fragment may stand several times in
a pattern, so it has no named groups.
Vocabulary files (agencies, word lists) are plain mappings, read with :meth:`Rulebook.data`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class RuleError(ValueError):
    """A rule file that cannot be used: the message names the file, the rule and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule; ``near_misses`` are texts that it must not match."""

    id: str
    label: str
    pattern: re.Pattern[str]
    assign: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """All rules and vocabularies; ``version`` is a digest of the files they came from.

    A rulebook is equal only to itself, so that it can key a cache.
    """

    version: str
    _rules: Mapping[str, tuple[Rule, ...]]
    _data: Mapping[str, Any]
    _fragments: Mapping[str, str]

    def rules(self, label: str) -> tuple[Rule, ...]:
        """The rules of one label, in the order of their file: an earlier one wins a tie."""
        return self._rules.get(label, ())

    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule of every file."""
        return tuple(rule for rules in self._rules.values() for rule in rules)

    def data(self, name: str) -> Any:  # noqa: ANN401
        """The vocabulary of ``rules/NAME.yaml``."""
        return self._data[name]

    def expand(self, pattern: str) -> str:
        """``pattern`` with its ``{fragments}`` put in."""
        return _expand(pattern, self._fragments)


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in fragments:
            return match.group(0)
        return f"(?:{_expand(fragments[name], fragments)})"

    return _FRAGMENT.sub(put, pattern)


def _rule(entry: Mapping[str, Any], fragments: Mapping[str, str], file: str) -> Rule:
    unknown = set(entry) - {"id", "label", "pattern", "assign", "examples", "not", "case"}
    if unknown or not {"id", "label", "pattern", "examples"} <= set(entry):
        raise RuleError(f"{file}: rule {entry.get('id', '?')}: wrong or missing keys {unknown or ''}")
    try:
        flags = 0 if entry.get("case") else re.IGNORECASE
        pattern = re.compile(_expand(entry["pattern"], fragments), flags)
    except re.error as error:
        raise RuleError(f"{file}: rule {entry['id']}: {error}") from error
    return Rule(
        entry["id"],
        entry["label"],
        pattern,
        entry.get("assign") or {},
        tuple(entry["examples"]),
        tuple(entry.get("not") or ()),
    )


def _listed(fragment: str, vocabularies: Mapping[str, Any]) -> str:
    """A fragment as it stands; "@FILE.KEY" becomes the alternation of a vocabulary's words."""
    if not fragment.startswith("@"):
        return fragment
    file, _, key = fragment[1:].partition(".")
    words = sorted(vocabularies[file][key], key=len, reverse=True)
    return "(?:" + "|".join(map(re.escape, words)) + r")(?!\w)"


@cache
def load() -> Rulebook:
    """The rules that ship with the package. Raises :class:`RuleError` for a broken file."""
    files = sorted(
        (f for f in (resources.files("extractor") / "rules").iterdir() if f.name.endswith(".yaml")),
        key=lambda f: f.name,
    )
    texts = {f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8") for f in files}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parsed = {name: yaml.load(text, Loader=loader) for name, text in texts.items()}  # noqa: S506
    fragments = {k: _listed(v, parsed) for k, v in (parsed.pop("fragments", None) or {}).items()}
    rules: dict[str, list[Rule]] = {}
    for name, content in parsed.items():
        if isinstance(content, list):
            for entry in content:
                rule = _rule(entry, fragments, f"rules/{name}.yaml")
                rules.setdefault(rule.label, []).append(rule)
    digest = hashlib.sha256("\0".join(texts[n] for n in sorted(texts)).encode()).hexdigest()[:12]
    data = {name: content for name, content in parsed.items() if not isinstance(content, list)}
    return Rulebook(digest, {k: tuple(v) for k, v in rules.items()}, data, fragments)
