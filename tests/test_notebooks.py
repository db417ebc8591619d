"""The notebooks run as they stand, and their tables hold what the plan holds."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from conftest import ROOT, require

for module in ("nbclient", "nbformat", "ipykernel", "matplotlib"):
    require(importlib.util.find_spec(module), f"{module} (pip install '.[notebooks]')")

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402

from extractor import extract  # noqa: E402

NOTEBOOKS = ROOT / "notebooks"
PLAN = ROOT / "corpus" / "files" / "song-may-chuyen-doi-so.pdf"

# Added to the notebook when it is run here: what its names hold at the end.
REPORT = """
import json
print(json.dumps({
    "tasks": list(tasks["text"]),
    "numbers": [int(number) for number in tasks.index],
    "agencies": agencies[["task", "role", "name"]].values.tolist(),
    "leads": {name: int(count) for name, count in leads.items()},
    "deadlines": [[int(row.task), row.text] for row in deadlines.itertuples()],
    "dated": [f"{day:%Y-%m-%d}" for day in dated["due"]],
    "targets": targets[["indicator", "value", "unit"]].values.tolist(),
    "quote": [quote.exact, plan.text[evidence.start:evidence.end], evidence.page],
}))
"""


COMPARISON = """
import json
print(json.dumps({
    "provinces": sorted(province.values()),
    "who": {topic: row.dropna().to_dict() for topic, row in who.iterrows()},
    "differs": list(differs.index),
    "when": {topic: row.dropna().to_dict() for topic, row in when.iterrows()},
    "spread": {topic: int(days) for topic, days in spread["chênh lệch (ngày)"].items()},
    "alone": alone,
    "missing": missing,
    "unequal": {name: row.dropna().to_dict() for name, row in unequal.iterrows()},
}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    return run("mot-ke-hoach.ipynb", REPORT, tmp_path_factory)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    return run("so-sanh-cac-tinh.ipynb", COMPARISON, tmp_path_factory)


def run(name: str, report: str, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The notebook after a run in its own folder, with the report as its last cell."""
    settings = str(tmp_path_factory.mktemp("jupyter"))
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(report))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, settings)
        client = NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}
        )
        return client.execute()


@pytest.fixture(scope="module")
def report(ran: nbformat.NotebookNode) -> dict:
    return json.loads(ran.cells[-1].outputs[0].text)


@pytest.fixture(scope="module")
def plan():
    return extract(PLAN)


def test_the_tables_hold_the_whole_plan(report, plan):
    assert report["tasks"] == [task.text for task in plan.tasks]
    assert report["numbers"] == list(range(1, len(plan.tasks) + 1))
    assert report["deadlines"] == [
        [n, d.text] for n, task in enumerate(plan.tasks, 1) for d in task.deadlines
    ]
    assert report["targets"] == [[target.indicator, target.value, target.unit] for target in plan.targets]
    assert report["agencies"] == [
        [number, role, agency.name]
        for number, task in enumerate(plan.tasks, 1)
        for role in ("lead", "support")
        for agency in getattr(task, role)
    ]


def test_the_bars_count_the_tasks_that_an_agency_leads(report, plan):
    for name, count in report["leads"].items():
        assert count == sum(name in {agency.name for agency in task.lead} for task in plan.tasks)
    assert report["leads"]["Sở Khoa học và Công nghệ"] >= 3


def test_the_timeline_runs_through_every_known_day(report, plan):
    days = [d.due for task in plan.tasks for d in task.deadlines if d.due]
    assert report["dated"] == sorted(days)
    assert len(days) >= 10


def test_a_value_is_traced_to_its_words(report):
    exact, there, page = report["quote"]
    assert exact == there == "trong tháng 5/2026"
    assert page == 2


def test_provinces_are_compared_by_who_leads_and_when(compared):
    found = json.loads(compared.cells[-1].outputs[0].text)
    rule = "Ban hành quy định hạn chế sản phẩm nhựa dùng một lần trong cơ quan nhà nước"
    check = "Kiểm tra, xử lý vi phạm của các cơ sở tái chế nhựa"
    assert found["provinces"] == ["Bãi Lau", "Mỏ Sen", "Sông Mây"]
    assert found["who"][rule] == {
        "Bãi Lau": "Sở Nội vụ",
        "Mỏ Sen": "Sở Nông nghiệp và Môi trường",
        "Sông Mây": "Sở Nông nghiệp và Môi trường",
    }
    assert found["when"][rule] == {
        "Bãi Lau": "31/07/2026",
        "Mỏ Sen": "< 31/05/2026",
        "Sông Mây": "< 30/06/2026",
    }
    assert found["spread"][rule] == 61
    assert {rule, check} <= set(found["differs"])
    assert check in found["missing"]["Bãi Lau"]


def test_provinces_are_compared_by_what_only_one_has_and_by_their_targets(compared):
    found = json.loads(compared.cells[-1].outputs[0].text)
    assert found["alone"]["Bãi Lau"] == ["Thu gom rác thải nhựa trên đầm phá và bãi biển"]
    assert all("lá sen" not in topic for topic in found["missing"]["Mỏ Sen"])
    assert found["unequal"] == {
        "Tỷ lệ chợ có điểm thu gom rác thải nhựa (%)": {"Bãi Lau": 80.0, "Sông Mây": 100.0},
        "Tỷ lệ rác thải nhựa được thu gom, tái chế (%)": {
            "Bãi Lau": 75.0,
            "Mỏ Sen": 90.0,
            "Sông Mây": 85.0,
        },
    }


@pytest.mark.parametrize("notebook", ["ran", "compared"])
def test_the_figures_are_drawn_and_nothing_is_said_on_standard_error(notebook, request):
    ran = request.getfixturevalue(notebook)
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
