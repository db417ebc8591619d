"""Words: underthesea's segmentation at exact offsets, in a spaCy ``Doc`` over the canonical text.

Segmentation costs more than everything else together, so only paragraphs that hold a name which no
registry may know are segmented (rules WORDS); the rest is cut at spaces and marks. underthesea's own
normalisation is off: it rewrites letters and spaces and gives no offsets.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from extractor.document import Block, Document
from extractor.rulebook import Rulebook

_PLAIN = re.compile(r"\w+|[^\w\s]|[^\S ]|(?<=\s) | (?=\s)")
_LONGEST = 4000  # segmentation's cost grows faster than a string's length


@cache
def _segmenter() -> tuple[Any, Any]:
    """Underthesea's tokenizer and its word model, from its submodules alone (nothing that calls out)."""
    from underthesea.models.fast_crf_sequence_tagger import FastCRFSequenceTagger
    from underthesea.pipeline.word_tokenize import regex_tokenize
    from underthesea_core import CRFFeaturizer, CRFTagger

    folder = Path(regex_tokenize.__file__).parent / "models" / "ws_crf_vlsp2013_20230727"
    tagger = FastCRFSequenceTagger()
    tagger.estimator = CRFTagger()
    tagger.estimator.load(str(folder / "models.bin"))
    # Its own load() reads these through joblib, in Python: four times as long, for the same objects.
    features, words = (pickle.loads((folder / f"{n}.bin").read_bytes()) for n in ("features", "dictionary"))  # noqa: S301
    tagger.featurizer = CRFFeaturizer(features, words)
    return regex_tokenize.tokenize, tagger


def segment_words(text: str) -> list[tuple[int, int]]:
    """The words of a paragraph as (start, end): syllables that make one word are joined."""
    tokenize, tagger = _segmenter()
    syllables = tokenize(text, use_character_normalize=False, use_token_normalize=False)
    if not syllables:
        return []
    tags = tagger.predict([[s] for s in syllables])
    words: list[tuple[int, int]] = []
    at = 0
    for syllable, tag in zip(syllables, tags, strict=True):
        start = text.index(syllable, at)
        at = start + len(syllable)
        joined = tag == "I-W" and words and not text[words[-1][1] : start].strip(" ")
        words[-1:] = [(words[-1][0], at)] if joined else [*words[-1:], (start, at)]
    return words


def _wanted(document: Document, block: Block, rules: Rulebook) -> bool:
    if block.cells or block.end - block.start > _LONGEST:
        return False
    text = document.text_of(block)
    return any(rule.pattern.search(text) for rule in rules.rules("WORDS"))


def _tokens(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Each word, and whether just one space follows; whatever else stands between words is a token too."""
    at = 0
    for (start, end), (following, _) in pairwise([*spans, (len(text), len(text))]):
        if at < start:
            yield text[at:start], False
        spaced = text[end:following] == " "
        yield text[start:end], spaced
        at = end + spaced
    if at < len(text):
        yield text[at:], False


def annotate(document: Document, rules: Rulebook) -> Doc:
    """The document's words. ``doc.text == document.text``; ``user_data["segmented"]`` lists the
    stretches whose words are underthesea's.
    """
    spans: list[tuple[int, int]] = []
    segmented: list[tuple[int, int]] = []
    for block in document.blocks:
        text = document.text_of(block)
        if _wanted(document, block, rules):
            words = segment_words(text)
            segmented.append((block.start, block.end))
        else:
            words = [m.span() for m in _PLAIN.finditer(text) if m.group(0) != " "]
        spans += [(block.start + s, block.start + e) for s, e in words]
    pairs = list(_tokens(document.text, spans))
    doc = Doc(Vocab(), words=[w for w, _ in pairs], spaces=[s for _, s in pairs])
    doc.user_data["segmented"] = segmented
    return doc
