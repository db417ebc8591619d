"""CSV, JSON Lines, Parquet and the trackers' files, read back with readers of others."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pyarrow.parquet as pq
import pytest
from export_samples import FORMULAS, agency, deadline, task, whole, with_tasks

from extractor.export import csv_export, jsonl_export, parquet_export, trackers


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_csv_has_a_row_a_task_with_its_plan(plan):
    first, second = rows(whole(csv_export.write([plan])))
    assert (first["plan_number"], first["issuer"], first["issued"]) == (
        "15/KH-UBND",
        "Ủy ban nhân dân tỉnh Bình Lục",
        "2026-03-02",
    )
    assert first["task_id"] == "t1"
    assert first["lead"] == "Sở Nông nghiệp và Môi trường"
    assert first["support"] == "Ủy ban nhân dân các xã, phường"
    assert (first["due"], first["exclusive"], first["start"]) == ("2026-06-30", "true", "")
    assert first["deliverables"] == "Danh mục tuyến đường"
    assert (first["page"], first["headings"]) == ("2", "II. NHIỆM VỤ")
    assert (second["rrule"], second["due"], second["exclusive"]) == ("FREQ=MONTHLY", "", "")


def test_csv_is_as_rfc_4180_has_it():
    data = whole(csv_export.write([with_tasks(task('Trồng "cây", \nchăm sóc'))]))
    assert b'"Tr\xe1\xbb\x93ng ""c\xc3\xa2y"", \nch' in data
    assert data.count(b"\r\n") == 2
    assert not data.startswith(csv_export.BOM)
    assert whole(csv_export.write([], bom=True)).startswith(csv_export.BOM + b"plan_id,")


def test_several_values_stand_in_one_cell():
    both = task(
        lead=[agency("Sở A"), agency("Sở B"), agency("Sở A")],
        deadlines=[
            deadline("tháng 5", due="2026-05-31", label="Khảo sát"),
            deadline("quý III", start="2026-07-01", due="2026-09-30", kind="period", edtf="2026-35"),
        ],
    )
    (row,) = rows(whole(csv_export.write([with_tasks(both)])))
    assert row["lead"] == "Sở A; Sở B"
    assert row["deadlines"] == "Khảo sát: tháng 5; quý III"
    assert (row["start"], row["due"], row["exclusive"]) == ("2026-07-01", "2026-09-30", "false")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_is_a_formula(text):
    plan = with_tasks(task(text, lead=[agency(text)], section=text))
    for write in (csv_export.write, trackers.redmine, trackers.openproject):
        for row in rows(whole(write([plan]))):
            for value in row.values():
                assert not value or value.lstrip("\u00a0\ufeff \u3000")[0] not in "=+-@\t\r\n＝＋－＠"
    assert rows(whole(csv_export.write([plan])))[0]["text"].startswith("'")


@pytest.mark.parametrize("text", ["Rà soát = 1", "5 - 10 cây", "a@b.example", "30%", "(-1)", "'=1"])
def test_other_text_stays_as_it_is(text):
    assert rows(whole(csv_export.write([with_tasks(task(text))])))[0]["text"] == text


def test_json_lines_hold_a_task_each_with_its_plan_and_targets(plan):
    data = whole(jsonl_export.write([plan, with_tasks(task("a\u2028b\u2029c\x85d\u202ee"))]))
    lines = data.decode().splitlines()
    first, second, third = map(json.loads, lines)
    assert first["plan"]["number"] == "15/KH-UBND"
    assert first["task"]["deadlines"][0]["due"] == "2026-06-30"
    assert (first["task"]["n"], first["task"]["headings"]) == (1, ["II. NHIỆM VỤ"])
    assert [target["id"] for target in second["targets"]] == ["c1"]
    assert "parent" not in first["task"]
    assert third["task"]["text"] == "a\u2028b\u2029c\x85d\u202ee"


def test_parquet_keeps_lists_and_days(plan):
    table = pq.read_table(io.BytesIO(whole(parquet_export.write([plan]))))
    assert table.schema.equals(parquet_export.SCHEMA)
    first, second = table.to_pylist()
    assert first["lead"][0]["name"] == "Sở Nông nghiệp và Môi trường"
    assert first["deadlines"][0]["due"] == date(2026, 6, 30)
    assert first["deadlines"][0]["exclusive"] is True
    assert second["deadlines"][0]["rrule"] == "FREQ=MONTHLY"
    assert second["targets"] == ["c1"]


def test_parquet_without_tasks_has_the_same_columns():
    table = pq.read_table(io.BytesIO(whole(parquet_export.write([with_tasks()]))))
    assert table.num_rows == 0
    assert table.schema.equals(parquet_export.SCHEMA)


def test_redmine_takes_parents_by_row_and_days_in_order():
    plan = with_tasks(
        task("Việc con", "t2", parent="t1"),
        task("Việc mẹ", "t1", deadlines=[deadline(start="2026-06-01", due="2026-06-30", exclusive=True)]),
        task("Việc mồ côi", "t3", parent="t9"),
        task("Việc vòng", "t4", parent="t4", deadlines=[deadline(start="2026-06-30", due="2026-06-30")]),
    )
    found = rows(whole(trackers.redmine([plan, with_tasks(task("Khác", "t1"))])))
    assert [row["Unique ID"] for row in found] == ["1", "2", "3", "4", "5"]
    assert [row["Parent task"] for row in found] == ["2", "", "", "", ""]
    assert (found[1]["Start date"], found[1]["Due date"]) == ("2026-06-01", "2026-06-29")


def test_a_start_that_would_lie_after_the_last_day_is_left_out():
    plan = with_tasks(task(deadlines=[deadline(start="2026-06-30", due="2026-06-30", exclusive=True)]))
    (row,) = rows(whole(trackers.redmine([plan])))
    assert (row["Start date"], row["Due date"]) == ("", "2026-06-29")


def test_a_tracker_takes_short_subjects_and_the_whole_wording_below(plan):
    long = "Trồng cây " * 60
    (row,) = rows(whole(trackers.redmine([with_tasks(task(long))])))
    assert len(row["Subject"]) <= 255
    assert row["Subject"].endswith("[…]")
    assert row["Description"].startswith(long.strip())
    first = rows(whole(trackers.redmine([plan])))[0]
    assert first["Description"].splitlines()[1:] == [
        "Cơ quan chủ trì: Sở Nông nghiệp và Môi trường",
        "Cơ quan phối hợp: Ủy ban nhân dân các xã, phường",
        "Thời hạn: trước ngày 30/6/2026",
        "Sản phẩm: Danh mục tuyến đường",
        "Nguồn: Kế hoạch số 15/KH-UBND, mục II.1, trang 2",
    ]
    assert first["Category"] == "II. NHIỆM VỤ"


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ([agency("Sở A")], "Sở A"),
        ([agency("Sở A"), agency("Sở B")], ""),
        ([agency("Các sở", collective=True)], ""),
        ([], ""),
    ],
)
def test_one_body_that_leads_is_the_assignee(leads, expected):
    for write in (trackers.redmine, trackers.openproject):
        assert rows(whole(write([with_tasks(task(lead=leads))])))[0]["Assignee"] == expected


def test_openproject_finds_children_indented_below_their_parents():
    plan = with_tasks(
        task("Con", "b", parent="a"),
        task("Mẹ", "a"),
        task("=Cháu", "c", parent="b"),
        task("Vòng một", "x", parent="y"),
        task("Vòng hai", "y", parent="x"),
    )
    subjects = [row["Subject"] for row in rows(whole(trackers.openproject([plan])))]
    assert subjects[:3] == ["Mẹ", "    Con", "        '=Cháu"]
    assert sorted(map(str.strip, subjects[3:])) == ["Vòng hai", "Vòng một"]
