"""Keys that the wordings of one name share: no marks, no case; a body has one without its place too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor import rulebook
from extractor.extractors.agency_names import canonical, fold, without_marks
from extractor.rulebook import Rulebook

_LONGEST = 200  # an index of PostgreSQL holds no more than some 2700 bytes
_SPACES = re.compile(r"\s+")


def key(text: str) -> str:
    """The words of a name or number."""
    return without_marks(fold(text))[:_LONGEST].strip()


def words(text: str) -> str:
    """A text as it is searched: small letters without marks, one space."""
    return _SPACES.sub(" ", without_marks(text)).strip()


class Bodies:
    """Keys of bodies by the registry of agencies (``rules/agencies.yaml``)."""

    def __init__(self, rules: Rulebook | None = None) -> None:
        self._rules = rules or rulebook.load()
        self._registry = {entry["id"]: entry["name"] for entry in self._rules.data("agencies")["registry"]}
        self._known: dict[str, tuple[str, ...]] = {}

    def keys(self, name: str) -> tuple[str, ...]:
        """A body's own key first, then the one it shares with its like in other places."""
        if name not in self._known:
            self._known[name] = tuple(dict.fromkeys(filter(None, self._keys(name))))
        return self._known[name]

    def name(self, wording: str) -> str:
        """The canonical name of a wording ("Sở NV": "Sở Nội vụ")."""
        return canonical(wording, self._rules).name

    def _keys(self, name: str) -> Iterator[str]:
        found = canonical(name, self._rules)
        yield key(found.name)
        if found.locality and found.id in self._registry:
            yield key(self._registry[found.id])
