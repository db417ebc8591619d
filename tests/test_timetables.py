"""Deadlines and targets of whole plans: columns of time, further paragraphs, headings and titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.pipeline import Pipeline
from extractor.schema import Plan, Task

PIPELINE = Pipeline()
HEAD = "KẾ HOẠCH\nChăm sóc cây xanh năm 2026\n\nI. NHIỆM VỤ\n"


@pytest.fixture
def read(tmp_path: Path):
    def run(body: str, head: str = HEAD) -> Plan:
        file = tmp_path / "plan.txt"
        file.write_text(head + body, encoding="utf-8")
        return PIPELINE.extract(file)

    return run


def said(task: Task) -> list[str]:
    """The deadlines of a task: kind, start, due, cycle, as far as they are known."""
    return [
        " ".join(str(x) for x in (d.kind, d.start, "<" if d.exclusive else None, d.due, d.every) if x)
        for d in task.deadlines
    ]


def counted(plan: Plan) -> list[tuple[float, str, str | None]]:
    return [(t.value, t.unit, t.due) for t in plan.targets]


HEADS = {
    "T3-T6/2026": ["period 2026-03-01 2026-06-30"],
    "Cả năm": ["date 2026-12-31"],
    "Quý I, II": ["period 2026-01-01 2026-06-30"],
    "Tháng 3, 9": ["date 2026-03-31", "date 2026-09-30"],
    "Khi có văn bản chỉ đạo": ["event"],
    "Hàng quý/năm": ["recurring quarter", "recurring year"],
    "Trước 15/3": ["date < 2026-03-15"],
}


@pytest.mark.parametrize("head", ["Thời gian", "Tiến độ", "Hạn hoàn thành", "Thời gian thực hiện", "Tháng"])
def test_a_column_of_time_holds_the_deadline(read, head: str) -> None:
    rows = "".join(f"{i}\tTỉa cành tuyến {i}\tĐội A\t{text}\n" for i, text in enumerate(HEADS, 1))
    plan = read(f"TT\tNội dung\tĐơn vị thực hiện\t{head}\n{rows}")
    assert [said(task) for task in plan.tasks] == list(HEADS.values())


def test_bare_numbers_count_what_the_head_says(read) -> None:
    plan = read("TT\tNội dung\tĐơn vị thực hiện\tTháng\n1\tTỉa cành\tĐội A\t4, 5\n2\tTưới cây\tĐội B\t6\n")
    assert [said(t) for t in plan.tasks] == [["period 2026-04-01 2026-05-31"], ["date 2026-06-30"]]
    assert [t.deadlines[0].text for t in plan.tasks] == ["4, 5", "6"]


def test_a_start_and_an_end_column_make_a_stretch(read) -> None:
    plan = read(
        "TT\tNội dung\tBắt đầu\tKết thúc\tĐơn vị thực hiện\n"
        "1\tTỉa cành\tTháng 1\tTháng 3\tĐội A\n2\tTưới cây\t\t30/6\tĐội B\n"
    )
    assert [said(t) for t in plan.tasks][:1] == [["period 2026-01-01 2026-03-31"]]


def test_marks_stand_for_the_heads_of_their_columns(read) -> None:
    plan = read(
        "TT\tNội dung\tĐơn vị thực hiện\tQuý I\tQuý II\tQuý III\tQuý IV\n"
        "1\tTỉa cành\tĐội A\tx\t\t\t\n2\tTưới cây\tĐội B\t\tx\t\tx\n3\tBón phân\tĐội C\t\t\tX\tX\n"
        "4\tThay chậu\tĐội D\t\t\t\t\n"
    )
    assert [said(t) for t in plan.tasks] == [
        ["date 2026-03-31"],
        ["date 2026-06-30", "date 2026-12-31"],
        ["period 2026-07-01 2026-12-31"],
        [],
    ]
    assert plan.tasks[0].deadlines[0].evidence[0].quote.exact == "Quý I"


def test_a_numbered_stage_gives_its_years(read) -> None:
    plan = read("1. Giai đoạn 1 (2026 - 2028): Trồng mới 500 cây bóng mát tại 03 phường.\n")
    assert said(plan.tasks[0]) == ["period 2026-01-01 2028-12-31"]
    assert counted(plan)[0][2] is not None


def test_a_duty_s_further_paragraph_commits_too(read) -> None:
    plan = read("1. Đào tạo thợ\nHằng năm đào tạo 40 thợ cắt cành; đến năm 2028, 90% thợ có chứng chỉ.\n")
    assert len(plan.tasks) == 1
    assert [(t.value, t.due, t.per) for t in plan.targets] == [
        (40, None, "year"),
        (90, "2028-12-31", None),
    ]


def test_the_purpose_commits_and_the_present_state_does_not(read) -> None:
    head = (
        "KẾ HOẠCH\nChăm sóc cây xanh năm 2026\n\nI. TÌNH HÌNH\n"
        "1. Đến nay, 80% tuyến phố có cây; đạt 95% kế hoạch.\nII. MỤC ĐÍCH, YÊU CẦU\n"
        "1. Phấn đấu 100% công nhân được tập huấn.\nIII. NHIỆM VỤ\n1. Tỉa cành.\n"
    )
    plan = read("", head)
    assert [(t.value, t.unit) for t in plan.targets] == [(100, "%")]


def test_a_year_unsaid_comes_from_the_block_then_the_heading(read) -> None:
    plan = read(
        "1. Kế hoạch năm 2027\n- Tỉa cành trước ngày 15/3.\n"
        "- Tưới cây trong tháng 4/2028, báo cáo trước 30/4.\n"
    )
    assert said(plan.tasks[0]) == ["date < 2027-03-15"]
    assert said(plan.tasks[1]) == ["date 2028-04-30", "date < 2028-04-30"]


def test_a_time_label_inside_a_further_paragraph_is_read(read) -> None:
    plan = read("1. Chăm sóc vườn ươm\nTưới, bón phân cho cây con. Thời gian thực hiện: Cả năm.\n")
    assert said(plan.tasks[0]) == ["date 2026-12-31"]


def test_a_table_of_targets_keeps_its_units_and_its_years(read) -> None:
    plan = read(
        "TT\tNội dung chỉ tiêu\tĐơn vị tính\tĐến năm 2027\tĐến năm 2030\n"
        "1\tTỷ lệ tuyến phố có cây\t%\t80\t≥ 95\n2\tSản lượng cây giống\tNghìn cây\t120\t150\n"
        "3\tChi chăm sóc\tTriệu đồng/năm\t400\ttừ 450 trở lên\n"
    )
    assert [(t.value, t.unit, t.comparator, t.per, t.due) for t in plan.targets] == [
        (80, "%", "=", None, "2027-12-31"),
        (95, "%", ">=", None, "2030-12-31"),
        (120, "Nghìn cây", "=", None, "2027-12-31"),
        (150, "Nghìn cây", "=", None, "2030-12-31"),
        (400, "Triệu đồng", "=", "year", "2027-12-31"),
        (450, "Triệu đồng", ">=", "year", "2030-12-31"),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Mốc thời gian: Quý II/2026.",
        "Hạn hoàn thành: Quý II/2026.",
        "Thời gian, tiến độ thực hiện: Quý II/2026.",
        "Thời gian thực hiện các nhiệm vụ trên: Quý II/2026.",
        "Thời gian thực hiện (dự kiến): Quý II/2026.",
        "Thời gian thực hiện trong Quý II/2026.",
    ],
)
def test_a_time_label_at_the_end_of_a_group_holds_for_all(read, label: str) -> None:
    plan = read(
        f"1. Tỉa cành\n- Khảo sát cây trên phố.\n- Cắt cành khô.\n- {label}\n2. Tưới\n- Tưới mùa khô.\n"
    )
    assert [said(t) for t in plan.tasks] == [["date 2026-06-30"], ["date 2026-06-30"], []]


def test_a_column_of_time_before_the_duties_holds_down_to_the_next(read) -> None:
    plan = read(
        "Tháng\tNội dung công việc\tĐơn vị thực hiện\nTháng 1\tTrồng cây\tĐội A\n\tTưới cây\tĐội B\n"
        "Quý II\tTỉa cành\tĐội A\nThường xuyên\tTrực vườn ươm\tĐội C\n"
    )
    assert [said(t) for t in plan.tasks] == [
        ["date 2026-01-31"],
        ["date 2026-01-31"],
        ["date 2026-06-30"],
        ["continuous"],
    ]


def test_a_row_s_name_may_say_that_its_number_is_a_change(read) -> None:
    plan = read("TT\tChỉ tiêu\tĐVT\tNăm 2026\n1\tTỷ lệ cây chết giảm\t%\t2\n2\tTỷ lệ cây sống\t%\t98\n")
    assert [(t.value, t.change) for t in plan.targets] == [(2, "decrease"), (98, None)]


def test_a_row_s_own_words_give_the_date_only_where_no_column_does(read) -> None:
    plan = read("TT\tNội dung\tĐơn vị thực hiện\n1\tTỉa cành, hoàn thành trước ngày 15/5/2026\tĐội A\n")
    assert said(plan.tasks[0]) == ["date < 2026-05-15"]
    plan = read(
        "TT\tNội dung\tĐơn vị thực hiện\tThời gian\n1\tTỉa cành, xong trước ngày 15/5/2026\tĐội A\tQuý II\n"
        "2\tTưới cây từ ngày 01/4/2026\tĐội B\t\n"
    )
    assert [said(t) for t in plan.tasks] == [["date 2026-06-30"], []]


def test_a_quantity_is_due_when_its_sentence_says(read) -> None:
    plan = read(
        "1. Trồng 200 cây bóng mát chậm nhất 15 tháng 11 năm 2026.\n2. Ngày 30/5/2026: Trao 20 phần quà.\n"
    )
    assert counted(plan) == [(200, "cây", "2026-11-15"), (20, "phần quà", "2026-05-30")]
