"""What holds for every plan, whatever stands in it: evidence, contract, ids, one plan in three formats."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor import Pipeline, Plan
from extractor.errors import UnreadableError
from extractor.export.json_export import from_json, to_json
from extractor.schema import Evidence

CORPUS = ROOT / "corpus"
TEXTS = sorted(CORPUS.glob("*.txt"))
FILES = sorted([*CORPUS.glob("files/*.docx"), *CORPUS.glob("files/*.pdf")])
OPEN = [SHARED / "plans" / f"{gold.stem}.txt" for gold in sorted((SHARED / "gold").glob("*.json"))]
SCHEMA = json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PIPELINE = Pipeline()

every_plan = pytest.mark.parametrize("path", [*TEXTS, *FILES, *OPEN], ids=lambda path: path.name)


@cache
def plan_of(path: Path) -> Plan:
    return PIPELINE.extract(path)


def evidence_in(value: object) -> Iterator[Evidence]:
    """Every evidence of a record, however deep it stands."""
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from evidence_in(getattr(value, name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from evidence_in(item)
    elif isinstance(value, dict):
        yield from evidence_in(list(value.values()))


def assert_quoted(plan: Plan) -> None:
    """Each evidence stands where it says, between the words it says."""
    text = plan.text
    for item in evidence_in(plan):
        quote = item.quote
        assert 0 <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == quote.exact
        assert text[: item.start].endswith(quote.prefix)
        assert text[item.end :].startswith(quote.suffix)
        assert len(quote.prefix) >= min(16, item.start)
        assert len(quote.suffix) >= min(16, len(text) - item.end)


def ids(plan: Plan) -> list[str]:
    return [item.id for item in (*plan.tasks, *plan.targets, *plan.sections)]


def known(plan: Plan) -> bool:
    """Whether all is known that makes a plan's id the same in each format."""
    return bool(plan.document.number and plan.document.issuer and plan.document.issued)


# --- the plans ---------------------------------------------------------------------------------


def test_the_sample_plans_are_there():
    assert len(TEXTS) == 7
    assert len(FILES) == 12


@every_plan
def test_every_evidence_quotes_its_place(path):
    plan = plan_of(path)
    assert_quoted(plan)
    assert len(list(evidence_in(plan))) > 10


@every_plan
def test_every_value_has_evidence(path):
    plan = plan_of(path)
    valued = [*plan.tasks, *plan.targets]
    for task in plan.tasks:
        valued += [*task.lead, *task.support, *task.deadlines, *task.deliverables]
    assert [value.text for value in valued if not value.evidence] == []


@every_plan
def test_the_plan_fits_the_schema_and_comes_back_whole(path):
    text = to_json(plan_of(path))
    VALIDATOR.validate(json.loads(text))
    assert from_json(text) == plan_of(path)


@every_plan
def test_ids_are_unique_and_stable(path):
    first, again = plan_of(path), PIPELINE.extract(path)
    assert len(set(ids(first))) == len(ids(first))
    assert ids(first) == ids(again)
    assert first.document == again.document
    assert first.tasks == again.tasks
    assert first.targets == again.targets


@every_plan
def test_what_points_to_another_record_finds_it(path):
    plan = plan_of(path)
    tasks, targets, sections = (
        {item.id for item in kind} for kind in (plan.tasks, plan.targets, plan.sections)
    )
    assert {task.parent for task in plan.tasks} <= {*tasks, None}
    assert {name for task in plan.tasks for name in task.targets} <= targets
    assert {section.parent for section in plan.sections} <= {*sections, None}


@pytest.mark.parametrize("path", [f for f in FILES if f.suffix == ".pdf"], ids=lambda path: path.name)
def test_evidence_in_a_pdf_names_its_page(path):
    plan = plan_of(path)
    pages = plan.document.source.pages
    assert pages is not None
    assert {item.page for item in evidence_in(plan.tasks)} <= set(range(1, pages + 1))
    assert all(item.bbox for task in plan.tasks for item in task.evidence)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_plan_has_one_id_and_the_same_tasks_in_each_format(path):
    text, file = plan_of(CORPUS / f"{path.stem}.txt"), plan_of(path)
    assert known(text)
    assert known(file)
    assert file.document.id == text.document.id
    assert [task.id for task in file.tasks] == [task.id for task in text.tasks]


# --- any text ----------------------------------------------------------------------------------

FRAGMENTS = (
    "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "TỈNH BÌNH LỤC\tĐộc lập - Tự do - Hạnh phúc",
    "Số: 15/KH-UBND\tBình Lục, ngày 02 tháng 3 năm 2026",
    "Số:      /KH-UBND",
    "KẾ HOẠCH",
    "Trồng cây phân tán năm 2026",
    "Căn cứ Luật Lâm nghiệp; Nghị quyết số 07/NQ-HĐND ngày 05/01/2026 của Hội đồng nhân dân tỉnh;",
    "I. MỤC TIÊU",
    "a) Trồng từ 12.500 cây trở lên, tỷ lệ sống đạt trên 85%; giảm bình quân 2%/năm.",
    "II. NHIỆM VỤ, GIẢI PHÁP",
    "III- TỔ CHỨC THỰC HIỆN",
    "PHỤ LỤC",
    "1. Sở Nông nghiệp và Môi trường",
    "2.1. Chủ trì, phối hợp với Sở Tài chính và UBND các xã, phường rà soát quỹ đất trước ngày 30/6/2026.",
    "- Cơ quan chủ trì: Sở Nông nghiệp và Môi trường.",
    "- Cơ quan phối hợp: Công an tỉnh; các sở, ban, ngành liên quan.",
    "+ Thời gian hoàn thành: Quý II/2026 và các năm tiếp theo.",
    "- Kết quả, sản phẩm: Danh mục tuyến đường; báo cáo.",
    "Giao Sở Xây dựng hướng dẫn, báo cáo trước ngày 15 hằng tháng; hoàn thành trong 10 ngày kể từ ngày ký.",
    "(Thực hiện: Thường xuyên, từ ngày 31/02/2026 đến 5/13/2026)",
    "STT\tNhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tThời gian\tSản phẩm",
    "1\tĐiều tra rừng\tSở Nông nghiệp và Môi trường\tUBND cấp xã\t30/9/2026\tBáo cáo",
    "\tI\tNhóm nhiệm vụ chung\t\t",
    "Nơi nhận:\tTM. ỦY BAN NHÂN DÂN",
    "- Lưu: VT.\tCHỦ TỊCH",
    "Trần Văn Thí",
    "…………",
    "12",
    "",
    "\f",
)

cut = st.builds(
    lambda line, start, length: line[start : start + length],
    st.sampled_from(FRAGMENTS),
    st.integers(0, 40),
    st.integers(0, 60),
)
line = st.one_of(st.sampled_from(FRAGMENTS), st.sampled_from(FRAGMENTS), cut)
texts = st.builds(
    lambda lines, between: between.join(lines), st.lists(line, max_size=40), st.sampled_from("\n \t")
)


def outcome(text: str) -> Plan | UnreadableError:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ke-hoach.txt"
        path.write_text(text, "utf-8")
        try:
            return PIPELINE.extract(path)
        except UnreadableError as error:
            return error


@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_any_text_gives_a_plan_or_a_reason(text):
    got = outcome(text)
    if isinstance(got, UnreadableError):
        assert got.code.startswith("E_")
        assert got.message
        return
    assert_quoted(got)
    assert len(set(ids(got))) == len(ids(got))
    VALIDATOR.validate(json.loads(to_json(got)))


def test_the_fragments_together_give_tasks_and_targets():
    plan = outcome("\n".join(FRAGMENTS))
    assert isinstance(plan, Plan)
    assert plan.tasks
    assert plan.targets
