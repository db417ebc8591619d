"""The fixed phrases of administrative plans, found by their letters without diacritics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from extractor import rulebook
from extractor.loaders.quality import syllable_share

_SYLLABLE = re.compile(r"[^\W\d_]+")
ANY = "*"
"""Stands in a key for a syllable that may be anything."""

Key = tuple[str, ...]
_Left = TypeVar("_Left")
_Right = TypeVar("_Right")


@dataclass(frozen=True, slots=True)
class Slip:
    """A misread word: ``pattern`` to replace by ``put``, only in the first of a line where ``start``."""

    pattern: re.Pattern[str]
    put: str
    start: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by their bare syllables, and by those with one of them open (:data:`ANY`).

    ``right``: all word sequences that are right as they stand; ``small``: words that often stand alone;
    ``surnames``: by their bare letters; ``longest``: the most syllables of a phrase.
    """

    phrases: Mapping[Key, tuple[Key, ...]]
    open: Mapping[Key, tuple[Key, ...]]
    right: frozenset[Key]
    small: frozenset[str]
    surnames: Mapping[str, tuple[str, ...]]
    slips: tuple[Slip, ...]
    longest: int


def bare(word: str) -> str:
    """A syllable in small letters without its diacritics, đ as d."""
    plain = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def is_syllable(word: str) -> bool:
    """Whether a word in small letters is a Vietnamese syllable."""
    return syllable_share(word) == 1.0


@cache
def lexicon() -> Lexicon:
    """What ``rules/ocr.yaml`` says."""
    data: Mapping[str, Any] = rulebook.load().data("ocr")
    phrases = [_syllables(phrase) for phrase in data["phrases"]]
    kept = [_syllables(words) for words in data["kept"]]
    slips = [Slip(re.compile(s["pattern"]), s["put"], s.get("at") == "start") for s in data["slips"]]
    return Lexicon(
        _index((tuple(map(bare, phrase)), phrase) for phrase in phrases),
        _index((key, phrase) for phrase in phrases for key in _open_keys(phrase)),
        frozenset([*phrases, *kept]),
        frozenset(data["small"]),
        _index((bare(name), name) for name in data["surnames"]),
        tuple(slips),
        max(map(len, phrases)),
    )


def _syllables(phrase: str) -> Key:
    return tuple(_SYLLABLE.findall(unicodedata.normalize("NFC", phrase.lower())))


def _open_keys(phrase: Sequence[str]) -> Iterable[Key]:
    key = tuple(map(bare, phrase))
    return [(*key[:at], ANY, *key[at + 1 :]) for at in range(len(key))]


def _index(items: Iterable[tuple[_Left, _Right]]) -> dict[_Left, tuple[_Right, ...]]:
    index: dict[_Left, tuple[_Right, ...]] = {}
    for key, value in items:
        index[key] = (*index.get(key, ()), value)
    return index
