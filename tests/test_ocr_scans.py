"""The plans of corpus/ give from a scan what they give from their PDF."""

from __future__ import annotations

import pytest
from conftest import ROOT, require
from test_ocr import scans

from extractor import Plan, extract
from extractor.loaders.ocr_engine import is_available

NAMES = ("song-may-chuyen-doi-so", "mo-sen-an-toan-thuc-pham")


def facts(plan: Plan) -> dict[str, set[object]]:
    """What a plan says, by kind, without where it stands."""
    tasks = list(enumerate(plan.tasks))
    return {
        "tasks": {task.text for _, task in tasks},
        "leads": {(at, agency.name) for at, task in tasks for agency in task.lead},
        "supports": {(at, agency.name) for at, task in tasks for agency in task.support},
        "deadlines": {(at, due.kind, due.due, due.every) for at, task in tasks for due in task.deadlines},
        "targets": {(target.value, target.unit, target.comparator) for target in plan.targets},
        "header": {plan.document.number, plan.document.issued, plan.document.issuer.name},
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_scan_gives_what_its_pdf_gives(name, tmp_path):
    require(is_available(), "Tesseract with its Vietnamese data")
    clean = ROOT / "corpus" / "files" / f"{name}.pdf"
    scan = tmp_path / f"{name}.pdf"
    scan.write_bytes(scans().scanned(clean.read_bytes(), sideways=scans().SAMPLES[name]))
    read, true = extract(scan), extract(clean)
    assert read.document.source.ocr
    found, expected = facts(read), facts(true)
    for kind, all_of in expected.items():
        shared = len(all_of & found[kind])
        f1 = 2 * shared / (len(all_of) + len(found[kind]))
        assert f1 >= (0.85 if kind == "tasks" else 0.95), (kind, all_of ^ found[kind])
    assert read.document.id == true.document.id
    for task in read.tasks:
        assert all(one.page and one.bbox for one in task.evidence)
