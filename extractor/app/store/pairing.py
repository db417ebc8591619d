"""Which task of a reissued plan is which of the plan before: by id, else by the words they share."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

ENOUGH = 0.5
"""The least F1 of words for two tasks to be one."""

_WORD = re.compile(r"\w+")
_NEAR = 16  # how many of the tasks that share a word are looked at, those near in order first
_BEST = 8  # how many of them are compared word by word
_Bag = Counter[str]


class Known(NamedTuple):
    """A task of the store: its ids, the one that the last version gives it first."""

    ids: tuple[str, ...]
    text: str
    dropped: bool = False


class Read(NamedTuple):
    """A task of the plan that comes."""

    id: str
    text: str


def pair(known: Sequence[Known], read: Sequence[Read]) -> list[int | None]:
    """For each task that was read, the number of the known one that it is, both in the plan's order.

    The last version's ids come first, then older ids, then the most words shared (F1 of at least
    :data:`ENOUGH`, near order breaking ties; dropped tasks come back by their id only). Takes time that
    grows with the words, not with the pairs.
    """
    pairs: dict[int, int] = {}
    for rank in range(max((len(task.ids) for task in known), default=0)):
        _by_id(known, read, rank, pairs)
    _by_words(known, read, pairs)
    return [pairs.get(number) for number in range(len(read))]


def _by_id(known: Sequence[Known], read: Sequence[Read], rank: int, pairs: dict[int, int]) -> None:
    taken = set(pairs.values())
    numbers = {
        task.ids[rank]: number
        for number, task in enumerate(known)
        if number not in taken and rank < len(task.ids)
    }
    for number, task in enumerate(read):
        if number not in pairs and task.id in numbers:
            pairs[number] = numbers.pop(task.id)


def _by_words(known: Sequence[Known], read: Sequence[Read], pairs: dict[int, int]) -> None:
    taken = set(pairs.values())
    old = {n: _bag(task.text) for n, task in enumerate(known) if n not in taken and not task.dropped}
    new = {n: _bag(task.text) for n, task in enumerate(read) if n not in pairs}
    for _, _, number, candidate in sorted(_scored(old, new)):
        if number not in pairs and candidate not in taken:
            pairs[number] = candidate
            taken.add(candidate)


def _bag(text: str) -> _Bag:
    return Counter(_WORD.findall(text.casefold()))


def _scored(old: dict[int, _Bag], new: dict[int, _Bag]) -> Iterator[tuple[float, int, int, int]]:
    """The pairs that are close enough, the closest first when sorted."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, bag in old.items():
        for word in bag:
            places[word].append(number)
    for number, bag in new.items():
        for candidate in _candidates(bag, number, places):
            if (alike := f1(bag, old[candidate])) >= ENOUGH:
                yield -round(alike, 6), abs(candidate - number), number, candidate


def _candidates(bag: _Bag, number: int, places: dict[str, list[int]]) -> Iterable[int]:
    """The few that share the most words, rare words counting for more."""
    votes: Counter[int] = Counter()
    for word in bag:
        where = places.get(word, [])
        middle = bisect_left(where, number)
        for candidate in where[max(0, middle - _NEAR // 2) : middle + _NEAR // 2] if where else ():
            votes[candidate] += 1_000_000 // len(where)
    return [candidate for candidate, _ in votes.most_common(_BEST)]


def f1(one: _Bag, other: _Bag) -> float:
    """The harmonic mean of the shares of words that two texts have in common."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
