"""The pandas tables: a row each, the same columns and types whatever stands in them."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from conftest import ROOT
from export_samples import agency, deadline, task, with_tasks

import extractor
from extractor.export import frames as module

NAMES = ("tasks", "agencies", "deadlines", "targets")


@pytest.fixture(scope="module")
def plans():
    return [extractor.extract(path) for path in sorted((ROOT / "corpus" / "so-sanh").glob("*.txt"))]


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_types_are_those_that_are_documented(name, plans):
    types = getattr(module, name.upper())
    for given in (plans, [], [with_tasks()], [with_tasks(task(deadlines=[deadline()], lead=[agency("A")]))]):
        frame = getattr(extractor.frames(given), name)
        assert list(frame.columns) == list(types)
        for column, kind in types.items():
            assert frame[column].dtype == kind, column


def test_there_is_a_row_for_each_thing(plans):
    found = extractor.frames(plans)
    tasks = [t for plan in plans for t in plan.tasks]
    assert list(found.tasks["text"]) == [t.text for t in tasks]
    assert found.tasks.groupby("plan_id", sort=False)["task"].max().tolist() == [len(p.tasks) for p in plans]
    assert len(found.agencies) == sum(len(t.lead) + len(t.support) for t in tasks)
    assert len(found.deadlines) == sum(len(t.deadlines) for t in tasks)
    assert len(found.targets) == sum(len(plan.targets) for plan in plans)
    assert set(found.agencies["task_id"]) <= set(found.tasks["task_id"])


def test_values_are_those_of_the_plan(plan):
    found = extractor.frames(iter([plan]))
    first = found.tasks.iloc[0]
    assert (first["plan_number"], first["issued"]) == ("15/KH-UBND", pd.Timestamp("2026-03-02"))
    assert (first["headings"], first["page"]) == ("II. NHIỆM VỤ", 2)
    assert first["deliverables"] == "Danh mục tuyến đường"
    assert pd.isna(found.tasks.iloc[1]["deliverables"])
    agencies = found.agencies[["role", "position", "name", "inherited_from"]].astype("object")
    assert agencies.where(agencies.notna(), None).values.tolist() == [
        ["lead", 1, "Sở Nông nghiệp và Môi trường", None],
        ["support", 1, "Ủy ban nhân dân các xã, phường", "II.1"],
    ]
    due, cycle = found.deadlines.iloc[0], found.deadlines.iloc[1]
    assert (due["due"], due["exclusive"]) == (pd.Timestamp("2026-06-30"), True)
    assert pd.isna(due["start"])
    assert (cycle["every"], cycle["rrule"]) == ("month", "FREQ=MONTHLY")
    target = found.targets.iloc[0]
    assert (target["value"], target["unit"], target["comparator"]) == (12500.0, "cây", ">=")
    assert pd.isna(target["value_max"])


def test_days_far_away_and_days_half_known_do_no_harm(plan):
    late = with_tasks(task(deadlines=[deadline(due="9999-12-31"), deadline(start="0001-01-01")]))
    days = extractor.frames([late]).deadlines
    assert [days["due"][0].year, days["start"][1].year] == [9999, 1]
    for issued in ("2026", "2026-03", "2026-13-45", None):
        document = plan.document.model_copy(update={"issued": issued})
        found = extractor.frames([plan.model_copy(update={"document": document})])
        assert found.tasks["issued"].isna().all()


def test_the_tables_survive_parquet(plans):
    for name in NAMES:
        frame = getattr(extractor.frames(plans), name)
        kept = io.BytesIO()
        frame.to_parquet(kept)
        again = pd.read_parquet(io.BytesIO(kept.getvalue())).astype(frame.dtypes)
        pd.testing.assert_frame_equal(again, frame)


def test_one_plan_is_asked_for_in_a_list():
    with pytest.raises(TypeError, match=r"frames\(\[plan\]\)"):
        extractor.frames(with_tasks(task()))
