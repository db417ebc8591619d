"""Mends what text recognition misreads, word by word, so that every word keeps its place on the page.

A word is given other letters only as part of a phrase of the genre, and only where the words as read are no
phrase themselves. Each word is looked at a bounded number of times: the time is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from extractor.loaders.ocr_engine import Word, WordLine
from extractor.loaders.ocr_lexicon import ANY, Key, Lexicon, bare, is_syllable, lexicon

_CORE = re.compile(r"[^\W\d_]+")
_STOPPED = re.compile(r"[.;:!?)]$")
_GLUED = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*[.)]|[IVX]{1,4}[.)]|[a-zđ]\))(?=[^\W\d_]{2})")
_NUMBER = re.compile(r"^[(]?[\dOolI|Ø]+(?:[/.,-][\dOolI|Ø]+)*[%.,;:)]*$")
_DIGITS = str.maketrans("OoØlI|", "000111")
_ROMAN = re.compile(r"[IVX]+")
_LOW_NUMERAL = re.compile(r"^[ivx]{1,4}\.$")
_LABEL = re.compile(r"^(?:[a-zđ]\)|\d{1,2}(?:\.\d{1,2})*[.)]|[IVX]{1,4}[.)]|[-+•])$")
_BELIEVED = 0.75
_NAME_WORDS = (3, 4)
_STRAY = re.compile(r"^(?![-–+*•“”\"(…])[^\w\s]{1,2}$")


def mended(lines: Sequence[WordLine]) -> list[WordLine]:
    """The lines of one block, mended."""
    known = lexicon()
    lines = _brackets_mended(lines)
    lines = [_name_mended(_opening_mended(_slips_mended(line, known)), known) for line in lines]
    flat = [word for line in lines for word in line.words]
    texts = iter(_phrases_mended([word.text for word in flat], known))
    fresh = [replace(word, text=text) for word, text in zip(flat, texts, strict=True)]
    source = iter(fresh)
    return [WordLine(tuple(islice(source, len(line.words))), line.base) for line in lines if line.words]


def _brackets_mended(lines: Sequence[WordLine]) -> list[WordLine]:
    """Lines without square and curly brackets of which the block has only the one half: a letter's stroke."""
    whole = "".join(word.text for line in lines for word in line.words)
    odd = "".join(a + b for a, b in ("[]", "{}") if (a in whole) != (b in whole))
    if not odd:
        return list(lines)
    gone = str.maketrans("", "", odd)
    return [
        WordLine(tuple(replace(w, text=w.text.translate(gone) or w.text) for w in line.words), line.base)
        for line in lines
    ]


# --- single words ------------------------------------------------------------------------------


def _opening_mended(line: WordLine) -> WordLine:
    """A line without stray marks before its first word, and with its label apart from that word."""
    words = list(line.words)
    while len(words) > 1 and (_STRAY.match(words[0].text) or _is_speck(words[0], words[1])):
        words.pop(0)
    match = _GLUED.match(words[0].text)
    if match is not None:
        words[:1] = _split(words[0], match.end())
    following = words[1].text if len(words) > 1 else ""
    if _LOW_NUMERAL.match(words[0].text) and following.isupper() and len(following) > 1:
        words[0] = replace(words[0], text=words[0].text.upper())
    return WordLine(tuple(words), line.base)


def _name_mended(line: WordLine, known: Lexicon) -> WordLine:
    """A line that is a person's name alone, its surname as surnames are written."""
    texts = [word.text for word in line.words]
    if len(texts) not in _NAME_WORDS or not all(text.istitle() and text.isalpha() for text in texts):
        return line
    names = known.surnames.get(bare(texts[0]), ())
    if len(names) != 1 or texts[0] in names:
        return line
    return WordLine((replace(line.words[0], text=names[0]), *line.words[1:]), line.base)


def _is_speck(word: Word, after: Word) -> bool:
    """Whether a letter that is hardly believed stands before a list's label."""
    return len(word.text) == 1 and word.confidence < _BELIEVED and bool(_LABEL.match(after.text))


def _split(word: Word, at: int) -> list[Word]:
    x0, top, x1, bottom = word.box
    middle = x0 + (x1 - x0) * at / len(word.text)
    return [
        Word(word.text[:at], (x0, top, middle, bottom), word.confidence),
        Word(word.text[at:], (middle, top, x1, bottom), word.confidence),
    ]


def _slips_mended(line: WordLine, known: Lexicon) -> WordLine:
    capitals = sum(word.text.isupper() for word in line.words) > len(line.words) / 2
    words = []
    for at, word in enumerate(line.words):
        text = word.text
        for slip in known.slips:
            if at == 0 or not slip.start:
                text = slip.pattern.sub(slip.put, text)
        words.append(replace(word, text=_case_mended(_digits_mended(text), capitals) or word.text))
    return WordLine(tuple(words), line.base)


def _digits_mended(text: str) -> str:
    """A number with the letters in it that look like digits made digits; Roman numerals stay."""
    if not _NUMBER.match(text) or not any(char.isdigit() for char in text):
        return text
    parts = re.split(r"([/.,()%;:-])", text)
    return "".join(part if _ROMAN.fullmatch(part) else part.translate(_DIGITS) for part in parts)


def _case_mended(text: str, capitals: bool) -> str:
    """A word without capitals in its middle ("nghiỆp") or, in a line of small letters, at its end ("SỞ")."""

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii() or word.islower() or word.istitle() or not is_syllable(word.lower()):
            return word
        if word.isupper() and (capitals or len(word) != 2 or bare(word[1]) != "o"):
            return word
        if not word.isupper() and sum(map(str.isupper, word[1:])) > 1:
            return word
        return word[0] + word[1:].lower()

    return _CORE.sub(mend, text)


# --- phrases -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Syllable:
    """A word's letters between its signs; ``low``: as read, ``key``: bare; ``ends``: a clause ends here."""

    before: str
    core: str
    after: str
    low: str
    key: str

    @property
    def ends(self) -> bool:
        return bool(_STOPPED.search(self.after))


def _syllable(text: str) -> _Syllable | None:
    """None for what is no single syllable: numbers, codes, signs."""
    found = _CORE.findall(text)
    if len(found) != 1 or any(char.isdigit() for char in text):
        return None
    before, core, after = text.partition(found[0])
    low = unicodedata.normalize("NFC", core.lower())
    return _Syllable(before, core, after, low, bare(core))


def _phrases_mended(texts: Sequence[str], known: Lexicon) -> list[str]:
    syllables = [_syllable(text) for text in texts]
    covered = _covered(syllables, known)
    out, at = list(texts), 0
    while at < len(texts):
        length = 0
        for run in _runs(syllables, at, known.longest):
            phrase = _phrase_for(run, at, covered, known)
            if phrase is not None:
                length = len(run)
                out[at : at + length] = [_put(one, new) for one, new in zip(run, phrase, strict=True)]
                break
        at += max(length, 1)
    return out


def _runs(syllables: Sequence[_Syllable | None], at: int, longest: int) -> Iterator[list[_Syllable]]:
    """The runs of syllables that start at a word, longest first, two at least, none past a clause's end."""
    run: list[_Syllable] = []
    for one in syllables[at : at + longest]:
        if one is None:
            break
        run.append(one)
        if one.ends:
            break
    for length in range(len(run), 1, -1):
        yield run[:length]


def _covered(syllables: Sequence[_Syllable | None], known: Lexicon) -> list[tuple[int, int]]:
    """For each word, from where to where the longest phrase reaches that it belongs to as read."""
    covered = [(at, at) for at in range(len(syllables))]
    for at in range(len(syllables)):
        for run in _runs(syllables, at, known.longest):
            if tuple(one.low for one in run) in known.right:
                for place in range(at, at + len(run)):
                    if len(run) > covered[place][1] - covered[place][0]:
                        covered[place] = (at, at + len(run))
                break
    return covered


def _phrase_for(
    run: Sequence[_Syllable], at: int, covered: Sequence[tuple[int, int]], known: Lexicon
) -> Key | None:
    """What a run of words was meant to be; None where it is right, or where that is not plain."""
    end = at + len(run)
    phrase = _known_phrase(run, known)
    if phrase is None or tuple(one.low for one in run) in known.right:
        return None
    if any(start < at or stop > end for start, stop in covered[at:end] if start < stop):
        return None
    changed = [one.low for one, new in zip(run, phrase, strict=True) if one.low != new]
    apart = len(changed) > 1 and known.small.intersection(changed)
    return None if apart or _is_name(run) else phrase


def _is_name(run: Sequence[_Syllable]) -> bool:
    """Whether every word has a capital of its own: a person or a place."""
    return all(one.core[0].isupper() for one in run) and not all(one.core.isupper() for one in run)


def _known_phrase(run: Sequence[_Syllable], known: Lexicon) -> Key | None:
    key = tuple(one.key for one in run)
    exact = known.phrases.get(key, ())
    if exact:
        return _nearest(run, exact)
    odd = [place for place, one in enumerate(run) if not is_syllable(one.low)]
    if len(odd) != 1 or len(run[odd[0]].key) < 2:
        return None
    at = odd[0]
    near = known.open.get((*key[:at], ANY, *key[at + 1 :]), ())
    fitting = [phrase for phrase in near if _is_one_off(key[at], bare(phrase[at]))]
    return _nearest(run, fitting) if fitting else None


def _nearest(run: Sequence[_Syllable], phrases: Sequence[Key]) -> Key | None:
    """The phrase that shares the most words with the run; None where two share as many."""
    ranked = sorted(phrases, key=lambda phrase: _shared(run, phrase), reverse=True)
    if len(ranked) > 1 and _shared(run, ranked[0]) == _shared(run, ranked[1]):
        return None
    return ranked[0]


def _shared(run: Sequence[_Syllable], phrase: Key) -> int:
    return sum(one.low == new for one, new in zip(run, phrase, strict=True))


def _is_one_off(read: str, meant: str) -> bool:
    """Whether one letter more, less or other makes the one word the other."""
    if abs(len(read) - len(meant)) > 1 or read == meant:
        return False
    start = 0
    while start < min(len(read), len(meant)) and read[start] == meant[start]:
        start += 1
    return read[start + (len(read) >= len(meant)) :] == meant[start + (len(meant) >= len(read)) :]


def _put(one: _Syllable, new: str) -> str:
    """A word with the letters of ``new``, in its own case."""
    if one.core.isupper() and (len(one.core) > 1 or len(new) == 1):
        new = new.upper()
    elif one.core[0].isupper():
        new = new[0].upper() + new[1:]
    return f"{one.before}{new}{one.after}"
