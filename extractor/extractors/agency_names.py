"""Names of agencies: the registry as a trie of words, abbreviations, canonical names.

The registry (``rules/agencies.yaml``) is data. A name is looked up by its words, in lower case, with
abbreviations opened and dashes and "&" folded; a slip of a scanner ("Sở Kê hoạch") is forgiven where the
letters without their marks fit exactly one name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from extractor.mention import AgencyValue
from extractor.rulebook import Rulebook
from extractor.terms import Level

WORD = re.compile(r"[\w&]+(?:[-–][\w&]+)*", re.UNICODE)
_OTHER_BODY = re.compile(r",\s(?:UBND|Ủy ban nhân dân|HĐND|Hội đồng nhân dân|Công an|Sở|Đảng ủy)\b")
_FOLDS = (
    (re.compile(r"\s*&\s*"), " và "),
    (re.compile(r"\s*[-–,/.]\s*|[“”\"'()]"), " "),
    (re.compile(r"\s+"), " "),
)
_LOCALITY = re.compile(
    r"(?<!Hợp tác )(?<!hợp tác )\b(tỉnh|thành phố|xã|phường|đặc khu|huyện|thị xã|thị trấn)"
    r"\s((?:[A-ZĐÀ-Ỵ][\w-]*)(?:\s[A-ZĐÀ-Ỵ\d][\w-]*){0,4})"
)
_SEVERAL = re.compile(r"(?:các|những|mọi|sở,)\b", re.IGNORECASE)
_LEVELS: tuple[tuple[Level, str], ...] = (
    (
        "party",
        r"(?:tỉnh ủy|thành ủy|đảng ủy|huyện ủy|cấp ủy|tổ chức đảng|đảng bộ|chi bộ|ban thường vụ|ban bí thư"
        r"|ban tuyên giáo|ban tổ chức)",
    ),
    (
        "front",
        r"(?:mặt trận|đoàn thể|chính trị\s?-\s?xã hội|hội\b|hiệp hội|liên đoàn|đoàn thanh niên|tỉnh đoàn"
        r"|liên minh hợp tác xã)",
    ),
    ("commune", r"(?:(?<!tác )xã(?! hội)|phường|đặc khu|cấp xã|thôn|tổ dân phố|phòng (?:kinh tế|văn hóa))\b"),
    ("province", r"(?:sở|tỉnh|thành phố|ban, ngành|thanh tra|công an|cấp tỉnh)\b"),
    ("central", r"(?:bộ|chính phủ|trung ương|quốc hội|tổng cục|cục)\b"),
)


@lru_cache(maxsize=1 << 14)  # the same few thousand words all day long
def fold(text: str) -> str:
    """A name's words for look-up: lower case, one space, no dashes, commas or quotes."""
    out = text.lower()
    for pattern, to in _FOLDS:
        out = pattern.sub(to, out)
    return out.strip()


@lru_cache(maxsize=1 << 14)
def without_marks(text: str) -> str:
    """Small letters without their marks, for slips of a scanner."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in letters if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Names:
    """The registry made ready: ``trie`` of folded words (key "" holds the entry), ``bare`` by letters."""

    trie: Mapping[str, Any]
    bare_trie: Mapping[str, Any]
    bare: Mapping[str, Mapping[str, Any]]
    abbreviations: Mapping[str, str]
    abbreviation: re.Pattern[str]

    def expand(self, text: str) -> str:
        """``text`` with its abbreviations opened ("UBND các xã" -> "Ủy ban nhân dân các xã")."""
        return self.abbreviation.sub(lambda m: self.abbreviations[m.group(0).upper()], text)

    def lookup(self, text: str) -> Mapping[str, Any] | None:
        """The registry entry of a whole name, or None."""
        node: Any = self.trie
        for word in fold(self.expand(text)).split():
            node = node.get(word)
            if node is None:
                return self.bare.get(without_marks(fold(text)))
        found: Mapping[str, Any] | None = node.get("")
        return found

    def longest(self, text: str, start: int) -> int:
        """Where the longest registry name that begins at ``start`` ends; ``start`` where none does.

        A name with a scanner's slip counts where its letters without marks fit one.
        """
        end = self._walk(text, start, self.trie, fold)
        if text[start : start + 1].isupper():
            slipped = self._walk(text, start, self.bare_trie, lambda t: without_marks(fold(t)))
            end = max(end, slipped if " " in text[start:slipped].strip() else start)
        return end

    def _walk(self, text: str, start: int, trie: Mapping[str, Any], key: Callable[[str], str]) -> int:
        best, node = start, trie
        for match in WORD.finditer(text, start, start + 160):
            for word in key(self.expand(match.group(0))).split():
                node = node.get(word)  # type: ignore[assignment]
                if node is None:
                    return best
            if "" in node:
                best = match.end()
            if match.end() < len(text) and text[match.end()] in ";:.(\n\t":
                return best
            if _OTHER_BODY.match(text, match.end()):
                return best
        return best


@cache
def names(rules: Rulebook) -> Names:
    """The registry of a rulebook, made ready once."""
    data = rules.data("agencies")
    abbreviations = {k.upper(): v for k, v in data["abbreviations"].items()}
    keys = sorted(map(re.escape, abbreviations), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w&])(?:{'|'.join(keys)})(?![\w&])", re.IGNORECASE)
    out = Names({}, {}, {}, abbreviations, pattern)
    bare: dict[str, list[Any]] = {}
    for entry in data["registry"]:
        for name in (entry["name"], *(entry.get("aliases") or ())):
            _insert(out.trie, fold(out.expand(name)).split(), entry)
            _insert(out.trie, fold(name).split(), entry)
            bare.setdefault(without_marks(fold(name)), []).append(entry)
            if name.startswith(("Sở ", "Bộ ", "Ủy ban", "Ban ", "Công an", "Phòng ")):
                _insert(out.bare_trie, without_marks(fold(name)).split(), entry)
    unique = {k: v[0] for k, v in bare.items() if len({e["id"] for e in v}) == 1}
    return Names(out.trie, out.bare_trie, unique, abbreviations, pattern)


def _insert(trie: Any, words: list[str], entry: Any) -> None:  # noqa: ANN401
    for word in words:
        trie = trie.setdefault(word, {})
    if words:
        trie.setdefault("", entry)


def level_of(text: str) -> Level:
    """The level that a name's own words say; "other" where they say none."""
    low = text.lower()
    for level, pattern in _LEVELS:
        if re.search(pattern, low):
            return level
    return "other"


def canonical(text: str, rules: Rulebook) -> AgencyValue:
    """The agency that ``text`` names: canonical name, registry id, level, locality."""
    known = names(rules)
    text = text.strip(" ,;.:")
    locality = _LOCALITY.search(text)
    entry = known.lookup(text) or (_without_place(text, locality, known) if locality else None)
    full = known.expand(text).replace("Uỷ", "Ủy").replace("uỷ", "ủy")
    name = str(entry["name"]) if entry and not locality else full[:1].upper() + full[1:]
    several = _SEVERAL.match(text) or " các " in f" {full.lower()} "
    return AgencyValue(
        text=text,
        name=name,
        id=entry["id"] if entry else None,
        level=entry["level"] if entry else level_of(full),
        collective=bool(several or (entry and entry.get("collective"))),
        locality=locality.group(0) if locality else None,
    )


def _without_place(text: str, locality: re.Match[str], known: Names) -> Mapping[str, Any] | None:
    """The entry of a name without its place, the level kept first ("UBND tỉnh Sông Mây": UBND tỉnh)."""
    bare = text[: locality.start()].strip(" ,-")
    return known.lookup(f"{bare} {locality.group(1)}") or known.lookup(bare)
