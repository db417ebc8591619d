"""Words at exact offsets, without a rewritten letter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor import rulebook
from extractor.annotate import annotate, segment_words
from extractor.document import Block, Document, Source

RULES = rulebook.load()
SOURCE = Source("x.txt", "text/plain", "0" * 64, 1, "text")


def document(*paragraphs: str) -> Document:
    blocks, at = [], 0
    for text in paragraphs:
        blocks.append(Block(at, at + len(text), "paragraph"))
        at += len(text) + 1
    return Document("".join(f"{p}\n" for p in paragraphs), tuple(blocks), SOURCE)


def test_syllables_are_joined_to_words():
    text = "Trung tâm Giống cây trồng khảo nghiệm giống lúa mới."
    words = [text[s:e] for s, e in segment_words(text)]
    assert "Trung tâm" in words
    assert "khảo nghiệm" in words
    assert "".join(words).replace(" ", "") == text.replace(" ", "")


def test_only_paragraphs_with_unknown_names_are_segmented():
    doc = annotate(document("Sở Nội vụ rà soát hồ sơ.", "Công ty Thủy nông Sông Mây nạo vét kênh."), RULES)
    assert [(s, e) for s, e in doc.user_data["segmented"]] == [(25, 65)]
    words = [t.text for t in doc if t.idx >= 25]
    assert "Công ty" in words
    assert "Sở Nội" not in [t.text for t in doc]


@pytest.mark.parametrize(
    "text", ["a  b", "x\ty", " đầu dòng", "cuối dòng ", "Công ty  A", "số: 12/KH-UBND ."]
)
def test_the_words_make_up_the_text(text: str):
    assert annotate(document(text), RULES).text == f"{text}\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="aăâđeê Công ty Báo.,;:-/()12“”¹", max_size=60), min_size=1, max_size=4))
def test_any_text_keeps_its_offsets(paragraphs: list[str]):
    doc = annotate(document(*paragraphs), RULES)
    assert doc.text == "".join(f"{p}\n" for p in paragraphs)
    assert all(doc.text[t.idx : t.idx + len(t)] == t.text for t in doc)
