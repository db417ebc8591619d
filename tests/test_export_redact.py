"""Personal data is masked in every text of a plan, and nothing else is."""

from __future__ import annotations

import json
import time

import pytest
from conftest import SHARED, invented_plan, require
from export_samples import agency, deadline, task, whole
from hypothesis import given
from hypothesis import strategies as st

from extractor import extract
from extractor.export import csv_export, ical_export, jsonl_export, trackers, xlsx_export
from extractor.export.redact import MASK, redact, redacted
from extractor.schema import Plan

PERSONAL = {
    "CCCD 012345678901": "CCCD ••••••••••••",
    "CCCD: 012 345 678 901, cấp ngày": "CCCD: ••• ••• ••• •••, cấp ngày",
    "căn cước công dân số 001.202.303.404": "căn cước công dân số •••••••••••••••",
    "012345678901": "••••••••••••",
    "CMND 123 456 789": "CMND ••• ••• •••",
    "chứng minh nhân dân số: 123456789.": "chứng minh nhân dân số: •••••••••.",
    "ông A (123456789)": "ông A (•••••••••)",
    "hộ chiếu C1234567": "hộ chiếu ••••••••",
    "ĐT 0900 000 000;": "ĐT •••• ••• •••;",
    "0912.345.678 và 0987-654-321": "•••••••••••• và ••••••••••••",
    "0912345678/0987654321": "••••••••••/••••••••••",
    "ĐT:0912345678-0987654321": "ĐT:••••••••••-••••••••••",
    "(024) 3825 1234": "••••• •••• ••••",
    "0203.383.5678": "•••••••••••••",
    "+84 912 345 678": "••• ••• ••• •••",
    "(+84) 24 3825 1234": "••••• •• •••• ••••",
    "+65 9123 4567": "••• •••• ••••",
    "０９１２３４５６７８": "••••••••••",
    "0912\u00a0345\u00a0678": "••••\u00a0•••\u00a0•••",
    "thư: a.b+c@x.gov.vn.": "thư: ••••••••••••••.",
    "a＠x.example": "•••••••••••",
    "a [at] x.example": "• •••• •••••••••",
}

NEAR_MISSES = (
    "Số: 12/KH-UBND",
    "Quyết định số 123456789/QĐ-TTg",
    "công văn 0912345678/QĐ-UBND",
    "Luật số 120/2023/QH15",
    "ngày 30/6/2026, 2026-06-30, 20260630",
    "05.01.2026 - 06.02.2026",
    "03.04.2026-05.06.2026",
    "02.03.2026 10 giờ",
    "từ 09 giờ 30 đến 11 giờ",
    "12.500.000.000 đồng",
    "123456789 đồng; 123456789012 VNĐ",
    "0,912345678",
    "tổng số 123.456.789 và 100.000.000.000",
    "850.000 tấn; 1.200 cán bộ; 24/7",
    "mã số thuế 0312345678; MST: 0312345678",
    "đường dây nóng 1900 1234",
    "giai đoạn 2026 - 2030; 02 03 04",
    "12345678901234",
    "@ và a@ và @b.vn",
)


@pytest.mark.parametrize(("text", "masked"), PERSONAL.items())
def test_personal_data_is_masked_character_by_character(text, masked):
    assert redact(text) == masked


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_it_is_kept(text):
    assert redact(text) == text


@given(st.text(st.sampled_from("0123456789 .-/()+@aĐ\n"), max_size=60))
def test_a_masked_text_is_as_long_and_masks_only(text):
    masked = redact(text)
    assert len(masked) == len(text)
    assert all(new in (old, MASK) for old, new in zip(text, masked, strict=True))
    assert redact(masked) == masked or MASK in masked


@pytest.mark.parametrize("unit", ["0", "09 ", "012 ", "(0", "+84", "a@a.", "a.", "@", "CCCD ", "1 "])
def test_masking_takes_no_quadratic_time(unit):
    started = time.process_time()
    redact(unit * 40_000)
    assert time.process_time() - started < 5


def test_every_text_of_a_plan_is_masked_and_still_stands_where_its_evidence_says():
    plan = invented_plan()
    text = plan.text.replace("Trần Văn Thí", "Trần Văn Thí CCCD 012345678901")
    secret = "gọi 0912 345 678, a@x.example, CCCD 012345678901"
    person = agency(secret)
    document = plan.document.model_copy(
        update={"title": secret, "recipients": [secret], "issuer": person, "place": secret}
    )
    plan = Plan.model_validate(
        plan.model_copy(
            update={
                "text": text,
                "document": document,
                "tasks": [
                    plan.tasks[0],
                    task(secret, lead=[person], deadlines=[deadline(secret, label=secret, event=secret)]),
                ],
            }
        ).model_dump()
    )
    clean = redacted(plan)
    shown = clean.model_dump_json()
    assert not any(part in shown for part in ("0912", "345 678", "a@x", "012345678901"))
    assert clean.document.id == plan.document.id
    assert [t.id for t in clean.tasks] == [t.id for t in plan.tasks]
    for evidence in clean.tasks[0].evidence:
        assert clean.text[evidence.start : evidence.end] == evidence.quote.exact
    assert clean.targets == plan.targets


def test_a_number_that_the_edge_of_a_quote_cuts_is_masked_too():
    plan = invented_plan()
    number = "012345678901"
    text = f"{number} Trồng cây"
    quote = {"exact": "Trồng cây", "prefix": f"{number[-5:]} ", "suffix": ""}
    one = task("Trồng cây", evidence=[{"start": 13, "end": 22, "quote": quote}])
    clean = redacted(plan.model_copy(update={"text": text, "tasks": [one]}))
    assert clean.tasks[0].evidence[0].quote.prefix == "••••• "


def test_identifiers_of_digits_alone_are_kept():
    name = "123456789012"
    plan = invented_plan()
    one = task(name=name, targets=[name], parent=name)
    target = plan.targets[0].model_copy(update={"id": name})
    clean = redacted(plan.model_copy(update={"tasks": [one], "targets": [target]}))
    assert (clean.tasks[0].id, clean.tasks[0].targets, clean.tasks[0].parent) == (name, [name], name)
    assert clean.targets[0].id == name


def test_no_export_of_a_redacted_plan_shows_personal_data():
    path = SHARED / "hostile" / "txt" / "personal_data.txt"
    require(path.exists(), "the hostile files")
    plan = extract(path)
    assert "vidu@example.invalid" in plan.text
    clean = redacted(plan)
    outputs = [json.dumps(clean.model_dump()).encode()]
    outputs += [whole(m.write([clean])) for m in (csv_export, jsonl_export, ical_export)]
    outputs += [whole(write([clean])) for write in (trackers.redmine, trackers.openproject)]
    outputs.append(whole(xlsx_export.write([clean])))
    for data in outputs:
        assert not any(secret in data for secret in (b"000000000000", b"0900 000 000", b"vidu@"))
