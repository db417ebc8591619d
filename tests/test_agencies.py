"""Agencies: canonical names, lists taken apart, headings, names in running sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractor import rulebook
from extractor.extractors import agencies

RULES = rulebook.load()
DATA = yaml.safe_load((Path(__file__).parent / "data" / "agencies.yaml").read_text(encoding="utf-8"))


def texts(mentions):
    return [m.value.text for m in mentions]


@pytest.mark.parametrize("case", DATA["lists"], ids=lambda c: c["text"][:60])
def test_a_list_is_split_into_its_members(case):
    assert texts(agencies.parse_list(case["text"], RULES)) == case["members"]


@pytest.mark.parametrize("case", DATA["canonical"], ids=lambda c: c["text"][:60])
def test_a_name_has_one_canonical_form(case):
    value = agencies.canonical(case["text"], RULES)
    found = {"name": value.name, "id": value.id, "level": value.level, "collective": value.collective}
    assert found == {k: case.get(k) for k in found}


@pytest.mark.parametrize("case", DATA["headings"], ids=lambda c: c["text"][:60])
def test_a_heading_names_its_bearers(case):
    assert texts(agencies.is_agency_heading(case["text"], RULES)) == case["members"]


@pytest.mark.parametrize("text", DATA["not_headings"])
def test_other_headings_name_nobody(text):
    assert agencies.is_agency_heading(text, RULES) == []


@pytest.mark.parametrize("case", DATA["sentences"], ids=lambda c: c["text"][:60])
def test_names_in_a_sentence_have_exact_bounds(case):
    found = agencies.find(case["text"], RULES, offset=7)
    assert texts(found) == case["members"]
    assert all(case["text"][m.start - 7 : m.end - 7] in m.value.text for m in found)


CENTRAL = [e["name"] for e in RULES.data("agencies")["registry"] if e["level"] in ("central", "province")]


@pytest.mark.parametrize("name", [n for n in CENTRAL if n[0].isupper()])
def test_a_registered_body_is_found_at_the_head_of_a_sentence(name):
    assert name in texts(agencies.find(f"{name} rà soát hồ sơ", RULES))


@given(st.text(alphabet="các sở, SởUBND xã Nội vụ Tài chính;và/()-:. \n", max_size=120))
def test_any_text_gives_mentions_that_lie_in_it(text):
    for mention in [*agencies.find(text, RULES), *agencies.parse_list(text, RULES)]:
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] in mention.value.text
