"""The contract: its rules, its JSON, and the JSON Schema that is written from it."""

from __future__ import annotations

import json
from typing import get_args

import jsonschema
import pytest
from conftest import ROOT, TEXT
from pydantic import ValidationError

from extractor import document, mention, schema
from extractor.export.json_export import from_json, to_json, write_whole

WRITTEN = ROOT / "schemas" / "plan.schema.json"

DEADLINE = {"text": "x", "kind": "period", "confidence": 1, "found_by": "r"}
QUOTE = {"exact": "abc"}


def test_the_written_schema_is_the_models_own():
    assert json.loads(WRITTEN.read_text("utf-8")) == schema.json_schema(), "run make schema"


def test_the_schema_names_its_dialect_and_version():
    written = schema.json_schema()
    assert written["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert written["$id"] == f"urn:kehoach:schema:plan:{schema.SCHEMA_VERSION}"
    jsonschema.Draft202012Validator.check_schema(written)


def test_a_plan_fits_the_schema_and_comes_back_whole(plan):
    text = to_json(plan)
    jsonschema.Draft202012Validator(schema.json_schema()).validate(json.loads(text))
    assert from_json(text) == plan


def test_unknown_is_absent_and_empty_lists_stay(plan):
    data = json.loads(to_json(plan))
    assert data["tasks"][1]["lead"] == []
    assert "parent" not in data["tasks"][1]
    assert "model" not in data["run"]
    assert "null" not in to_json(plan)


def test_json_holds_no_character_that_drives_a_terminal(plan):
    nasty = "a\x1b[31m\x7f\x9b2J\u202eb\u2028c"
    changed = plan.model_copy(update={"text": nasty})
    text = to_json(changed)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert json.loads(text)["text"] == nasty


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (schema.Deadline, {**DEADLINE, "due": "2026-02-30"}),
        (schema.Deadline, {**DEADLINE, "due": "20260630"}),
        (schema.Deadline, {**DEADLINE, "due": "2026-06"}),
        (schema.Deadline, {**DEADLINE, "start": "2026-07-01", "due": "2026-06-30"}),
        (schema.Deadline, {**DEADLINE, "confidence": 1.01}),
        (schema.Deadline, {**DEADLINE, "found_by": ""}),
        (schema.Deadline, {**DEADLINE, "kind": "someday"}),
        (schema.Deadline, {**DEADLINE, "colour": "red"}),
        (schema.Evidence, {"start": 0, "end": 2, "quote": QUOTE}),
        (schema.Evidence, {"start": -1, "end": 2, "quote": QUOTE}),
        (schema.Evidence, {"start": 0, "end": 3, "page": 0, "quote": QUOTE}),
        (schema.Section, {"id": "s", "title": "t", "level": 1, "start": 5, "end": 4}),
        (schema.Reference, {"date": "5/1/2026"}),
    ],
)
def test_what_the_contract_refuses(model, values):
    with pytest.raises(ValidationError):
        model.model_validate(values)


def test_what_the_contract_takes():
    assert schema.Deadline.model_validate({**DEADLINE, "start": "2026-06-30", "due": "2026-06-30"})
    assert schema.Evidence.model_validate({"start": 4, "end": 7, "quote": QUOTE})
    assert schema.Reference.model_validate({"date": "2026-05"})


def test_an_evidence_quotes_code_points(plan):
    found = plan.tasks[0].evidence[0]
    assert TEXT[found.start : found.end] == found.quote.exact


def test_records_cannot_be_changed(plan):
    with pytest.raises(ValidationError):
        plan.tasks[0].text = "x"


@pytest.mark.parametrize("name", ["SectionRole", "DeadlineKind", "Cycle", "Comparator", "Level"])
def test_the_contract_and_the_core_share_their_vocabularies(name):
    assert get_args(getattr(schema, name)) == get_args(
        getattr(mention, name, None) or getattr(document, name)
    )


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "a.json"
    write_whole(target, "cũ")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "mới" * 10_000 + "\ud800")
    assert target.read_text("utf-8") == "cũ"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_link_at_the_target_is_replaced_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / "out").mkdir()
    link = tmp_path / "out" / "a.json"
    link.symlink_to(outside)
    write_whole(link, "{}")
    assert outside.read_text() == "mine"
    assert not link.is_symlink()
