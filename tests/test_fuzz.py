"""Damaged files of every format: a plan or a plain refusal, never a crash, a hang or a defect."""

from __future__ import annotations

import pytest
from fuzz import escaped, samples
from mutants import mutant


def test_damage_is_the_same_for_the_same_seed():
    data = samples()["a.txt"]
    assert mutant(data, 5) == mutant(data, 5)
    assert len({mutant(data, seed) for seed in range(20)}) > 15


def test_a_page_whose_letters_have_no_size():
    bad, _ = escaped(1, 4940)
    assert bad == []


@pytest.mark.parametrize("first", range(0, 360, 90))
def test_nothing_but_a_plan_or_a_refusal(first):
    bad, answers = escaped(90, first)
    assert [(outcome.job.name, outcome.error) for outcome in bad] == []
    assert answers["read"] > 10
    assert sum(answers.values()) >= 90
