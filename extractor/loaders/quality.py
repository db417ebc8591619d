"""Tells Vietnamese from garbage: the share of well-formed syllables in a text.

Fonts without a Unicode map and poor OCR layers give text that looks full but says nothing. A
Vietnamese syllable is an onset, a rhyme and a tone; syllables closed by a stop (c, ch, p, t) take
only the tones sắc and nặng. Measured on plans, good text has a share of 0.81 and more, garbage
0.65 and less.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.characters import composed

#: Below this share a page's text is not to be trusted.
LEGIBLE = 0.7

_ENOUGH = 25
_PLAIN_SHARE = 0.15
_MOSTLY = 2
_LONGEST = 20  # code points of a syllable, however decomposed
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_RISING = {"\u0301", "\u0323"}
_ONSETS = frozenset(
    ["", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()],  # noqa: SIM905
)
_RHYMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iê iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on
    ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut
    uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu ym yn
    """.split()  # noqa: SIM905
)
_CONSONANTS = frozenset("bcdđfghjklmnpqrstvwxz")
_STOPS = ("c", "ch", "p", "t")
_LETTERS = frozenset("abcdeghiklmnopqrstuvxyăâđêôơưfjwz")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")
_CODE = re.compile(r"[@\d]|://|www\.")
_Sort = Literal["good", "bad", "code"]


def syllable_share(text: str) -> float:
    """The share of a text's words that are Vietnamese syllables, 0..1 (1.0 where nothing counts).

    Numbers, codes and abbreviations in capitals are not counted. A text of some length with
    almost no diacritics has lost them: it is rated as garbage.
    """
    sorts = [(_sort(word, in_code), word) for word, in_code in _words(text)]
    good = [word for sort, word in sorts if sort == "good"]
    counted = sum(sort != "code" for sort, _ in sorts)
    codes = sum(sort == "code" and len(word) > 1 for sort, word in sorts)
    if codes > _MOSTLY * counted and len(sorts) >= _ENOUGH:
        counted += codes
    if not counted:
        return 1.0
    share = len(good) / counted
    marked = sum(not word.isascii() for word in good)
    if counted >= _ENOUGH and marked < _PLAIN_SHARE * counted:
        return min(share, marked / counted)
    return share


class Tally(NamedTuple):
    """Words of a text that are syllables with a mark, syllables without one, and no syllables."""

    marked: int
    plain: int
    bad: int

    @property
    def score(self) -> int:
        """What speaks for this reading of a text against another one."""
        return self.marked - self.bad

    @property
    def convinces(self) -> bool:
        """Whether this is Vietnamese beyond doubt."""
        return self.marked >= max(2, _PLAIN_SHARE * sum(self)) and self.bad <= (1 - LEGIBLE) * sum(self)


def tally(text: str) -> Tally:
    """Counts the sorts of words in ``text``; codes and lone letters count as nothing."""
    sorts = [(_sort(word, in_code), word.isascii()) for word, in_code in _words(text)]
    good = [plain for sort, plain in sorts if sort == "good"]
    return Tally(len(good) - sum(good), sum(good), sum(sort == "bad" for sort, _ in sorts))


def is_legible(text: str) -> bool | None:
    """Whether a text can be trusted; None where it is too short to tell."""
    if sum(1 for _ in _words(text)) < _ENOUGH:
        return None
    return syllable_share(text) >= LEGIBLE


def _words(text: str) -> list[tuple[str, bool]]:
    """Words, each with whether it stands in a chunk that looks like a code or an address."""
    chunks = ((chunk, bool(_CODE.search(chunk))) for chunk in composed(text).split())
    return [(word, in_code) for chunk, in_code in chunks for word in _WORD.findall(chunk)]


@lru_cache(maxsize=8192)
def _sort(word: str, in_code: bool) -> _Sort:
    if _is_syllable(word.lower()):
        return "good"
    known = set(_spelt(word.lower())[0]) <= _LETTERS
    if known and (len(word) == 1 or word.isupper() or (in_code and word.isascii())):
        return "code"
    return "bad"


def _spelt(word: str) -> tuple[str, list[str]]:
    """A word without the tones on its vowels, and those tones."""
    plain, tones = "", []
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES and plain[-1:] not in _CONSONANTS:
            tones.append(char)
        else:
            plain += char
    return unicodedata.normalize("NFC", plain), tones


def _is_syllable(word: str) -> bool:
    if len(word) > _LONGEST:
        return False
    plain, tones = _spelt(word)
    if len(plain) > 7 or len(tones) > 1:
        return False
    for length in range(min(3, len(plain)) + 1):
        onset, rhyme = plain[:length], plain[length:]
        if onset in _ONSETS and _closes(rhyme, tones):
            return True
    return plain == "gi"


def _closes(rhyme: str, tones: list[str]) -> bool:
    return rhyme in _RHYMES and (not rhyme.endswith(_STOPS) or bool(_RISING.intersection(tones)))
