"""The workbook, read back with openpyxl and opened by LibreOffice."""

from __future__ import annotations

import csv
import gc
import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from conftest import invented_plan, require
from export_samples import FORMULAS, agency, deadline, task, whole, with_tasks

from extractor.export import xlsx_export
from extractor.export.xlsx_cells import LONGEST, text

HEADER = [
    "TT",
    "Nhiệm vụ",
    "Cơ quan chủ trì",
    "Cơ quan phối hợp",
    "Thời hạn (nguyên văn)",
    "Thời hạn (chuẩn hóa)",
    "Sản phẩm",
    "Căn cứ",
    "Trang",
    "Trạng thái",
]


def book(*plans, **options) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(whole(xlsx_export.write(plans, **options))))


def table(sheet, first: str = "TT") -> list[tuple]:
    """The rows under the header that begins with ``first``."""
    values = list(sheet.iter_rows(values_only=True))
    start = next(i for i, row in enumerate(values) if row[0] == first)
    return values[start + 1 :]


def office(data: bytes, form: str, folder: Path) -> Path:
    """The workbook as LibreOffice converts it."""
    found = shutil.which("soffice")
    require(found, "LibreOffice (soffice)")
    (folder / "book.xlsx").write_bytes(data)
    command = [found, f"-env:UserInstallation={folder.as_uri()}/profile", "--headless", "--convert-to", form]
    done = subprocess.run([*command, "book.xlsx"], cwd=folder, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return folder / f"book.{form.split(':')[0]}"


def test_the_register_has_a_title_block_and_a_row_a_task(plan):
    sheet = book(plan)["Nhiệm vụ"]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == [
        "ỦY BAN NHÂN DÂN TỈNH BÌNH LỤC",
        "Số: 15/KH-UBND – Bình Lục, ngày 02/03/2026",
        "KẾ HOẠCH",
        "Trồng cây phân tán năm 2026",
    ]
    assert [cell.value for cell in sheet[6]] == HEADER
    section, first, second = table(sheet)
    assert section[0] == "II. NHIỆM VỤ"
    assert first[:5] == (
        1,
        "Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026.",
        "Sở Nông nghiệp và Môi trường",
        "Ủy ban nhân dân các xã, phường",
        "trước ngày 30/6/2026",
    )
    assert first[5:] == (
        datetime(2026, 6, 30),
        "Danh mục tuyến đường",
        "Kế hoạch số 15/KH-UBND, mục II.1",
        2,
        None,
    )
    assert second[5] == "hằng tháng"


@pytest.mark.parametrize(
    ("issued", "shown"),
    [("2026-03-02", ", ngày 02/03/2026"), ("2026-03", ", tháng 03/2026"), ("2026", ", năm 2026"), (None, "")],
)
def test_a_date_is_shown_as_far_as_it_is_known(plan, issued, shown):
    document = plan.document.model_copy(update={"issued": issued})
    sheet = book(plan.model_copy(update={"document": document}))["Nhiệm vụ"]
    assert sheet["A2"].value == f"Số: 15/KH-UBND – Bình Lục{shown}"


def test_the_register_is_set_up_for_print_and_screen(plan):
    sheet = book(plan)["Nhiệm vụ"]
    assert sheet.freeze_panes == "A7"
    assert sheet.auto_filter.ref == "A6:J9"
    assert sheet.print_title_rows == "$6:$6"
    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == (
        "landscape",
        9,
        1,
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["B8"].alignment.wrap_text
    assert (sheet["A7"].font.bold, sheet["B8"].font.bold) == (True, False)
    assert [sheet.row_dimensions[row].outlineLevel for row in (7, 8, 9)] == [0, 1, 1]
    assert sheet.column_dimensions["B"].width == 50
    assert str(sheet.data_validations.dataValidation[0].sqref) == "J7:J9"


def test_days_are_days_and_say_what_they_mean():
    plan = with_tasks(
        task(deadlines=[deadline(due="2026-06-30")]),
        task(deadlines=[deadline(due="2026-06-30", exclusive=True)]),
        task(deadlines=[deadline(start="2026-01-01", due="2026-06-30", kind="period")]),
        task(deadlines=[deadline(due="2026-06-30"), deadline(due="2026-07-31", label="Báo cáo")]),
        task(deadlines=[deadline("thường xuyên", kind="continuous")]),
        task(deadlines=[deadline(due="1890-01-31")]),
        task(),
    )
    sheet = book(plan)["Nhiệm vụ"]
    cells = [row[5] for row in sheet.iter_rows(min_row=7)]
    day = datetime(2026, 6, 30)
    assert [cell.value for cell in cells] == [
        day,
        day,
        day,
        "30/06/2026\nBáo cáo: 31/07/2026",
        "thường xuyên",
        "31/01/1890",
        None,
    ]
    assert [cell.number_format for cell in cells[:3]] == [
        "dd/mm/yyyy",
        '"trước "dd/mm/yyyy',
        '"đến "dd/mm/yyyy',
    ]


def test_targets_and_agencies_have_sheets_of_their_own(plan):
    made = book(plan)
    assert made.sheetnames == ["Nhiệm vụ", "Chỉ tiêu", "Theo cơ quan"]
    assert table(made["Chỉ tiêu"]) == [
        (
            1,
            "Trồng từ 12.500 cây trở lên",
            "Trồng",
            "≥",
            12500,
            None,
            "cây",
            None,
            "Kế hoạch số 15/KH-UBND ngày 02/03/2026 của Ủy ban nhân dân tỉnh Bình Lục: "
            "Trồng cây phân tán năm 2026, mục I",
            None,
        )
    ]
    found = [row[:4] for row in table(made["Theo cơ quan"], "Cơ quan")]
    wording = "Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026."
    assert found == [
        ("Sở Nông nghiệp và Môi trường (1)", None, None, None),
        ("Sở Nông nghiệp và Môi trường", "Chủ trì", 1, wording),
        ("Ủy ban nhân dân các xã, phường (1)", None, None, None),
        ("Ủy ban nhân dân các xã, phường", "Phối hợp", 1, wording),
    ]
    assert table(made["Theo cơ quan"], "Cơ quan")[1][5] == datetime(2026, 6, 30)


def test_several_plans_stand_under_one_another_each_with_its_name(plan):
    sheet = book(plan, plan, plan)["Nhiệm vụ"]
    assert sheet["A1"].value == "SỔ THEO DÕI NHIỆM VỤ"
    names = [row[0] for row in table(sheet) if isinstance(row[0], str)]
    assert names[0].startswith("Kế hoạch số 15/KH-UBND ngày 02/03/2026 của Ủy ban nhân dân tỉnh Bình Lục")
    assert names == names[:2] * 3


def test_a_known_status_is_shown(plan):
    sheet = book(plan, statuses={"t2": "Hoàn thành"})["Nhiệm vụ"]
    assert [row[9] for row in table(sheet)] == [None, None, "Hoàn thành"]


@pytest.mark.parametrize("words", [*FORMULAS, "#REF!", "#N/A", "12", "30/6/2026", "TRUE"])
def test_no_cell_is_a_formula(words):
    plan = with_tasks(task(words, lead=[agency(words)], deadlines=[deadline(words, kind="event")]))
    data = whole(xlsx_export.write([plan]))
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            assert all(cell.data_type in ("s", "n", "d") for cell in row)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
    assert all(not re.search(r"<f[ >/]", sheet) for sheet in sheets)
    cell = next(c for c in openpyxl.load_workbook(io.BytesIO(data))["Nhiệm vụ"]["B"] if c.row == 7)
    assert (cell.data_type, cell.value) == ("s", words.replace("\r", "\n"))
    assert bool(cell.quotePrefix) == (words in FORMULAS)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("a\x00b\x0bc\x1fd\ufffee\uffff", "abcde"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("_x000A_ và _x41_", "_x005F_x000A_ và _x41_"),
        ("🌳" * 3, "🌳" * 3),
    ],
)
def test_characters_that_a_sheet_cannot_hold_are_left_out(words, kept):
    assert text(words) == kept


@pytest.mark.parametrize("letter", ["a", "ậ", "🌳"])
def test_a_cell_is_cut_with_a_mark_at_what_excel_takes(letter):
    made = text(letter * 40_000)
    assert len(made.encode("utf-16-le")) // 2 <= LONGEST
    assert len(made.encode("utf-16-le")) // 2 > LONGEST - 10
    assert made.endswith(" […]")
    assert text("a" * LONGEST) == "a" * LONGEST


def test_a_full_sheet_goes_on_in_another():
    plan = with_tasks(*(task(f"Việc {n}", f"t{n}") for n in range(1, 8)))
    made = book(plan, rows=9)
    assert made.sheetnames[:1] + made.sheetnames[3:] == ["Nhiệm vụ", "Nhiệm vụ (2)", "Nhiệm vụ (3)"]
    found = [row[1] for name in made.sheetnames if name.startswith("Nhiệm") for row in table(made[name])]
    assert found == [f"Việc {n}" for n in range(1, 8)]


def test_nothing_is_left_on_disk_where_a_plan_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def plans():
        yield from [invented_plan()] * 3
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        whole(xlsx_export.write(plans()))
    gc.collect()  # what openpyxl left half open would complain now
    whole(xlsx_export.write([invented_plan()]))
    assert list(tmp_path.iterdir()) == []


def test_libreoffice_opens_it_and_shows_formulas_as_text(plan, tmp_path):
    tasks = [task(f"{words}", f"f{n}") for n, words in enumerate(w for w in FORMULAS if w == w.strip())]
    data = whole(xlsx_export.write([plan.model_copy(update={"tasks": [*plan.tasks, *tasks]})]))
    made = office(data, "csv:Text - txt - csv (StarCalc):44,34,76", tmp_path)
    shown = list(csv.reader(io.StringIO(made.read_text(encoding="utf-8"))))
    words = [row[1] for row in shown]
    assert [each.text for each in plan.tasks] == [word for word in words if word.endswith((".", "]."))]
    assert {each.text for each in tasks} <= set(words)
    assert "trước 30/06/2026" in {row[5] for row in shown}


def test_libreoffice_prints_it_on_landscape_pages(plan, tmp_path):
    import pypdfium2

    many = plan.model_copy(update={"tasks": [*plan.tasks] * 40})
    pdf = pypdfium2.PdfDocument(office(whole(xlsx_export.write([many])), "pdf", tmp_path))
    width, height = pdf[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    assert len(pdf) > 2
    words = pdf[1].get_textpage().get_text_range()
    assert "Trang 2/" in words
    assert "nguyên văn" in words  # the header is printed again
    pdf.close()
