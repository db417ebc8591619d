"""How much of what a careful reader finds in a plan is found, and found right, in each format."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, SHARED, require

from extractor import Pipeline
from extractor.export.json_export import to_json

SCORER = SHARED / "gold" / "score.py"
require(SCORER.exists(), "the shared gold and its scorer (../shared/gold)")

CORPUS = ROOT / "corpus"
SAMPLES = (CORPUS / "gold", CORPUS)
OPEN = (SHARED / "gold", SHARED / "plans")
ORIGINALS = ("lc-vpub-tb-ketluan-ccn.docx", "qn-tb565-mtqg.pdf")

FLOORS = {
    "task": 0.97,
    "lead": 0.95,
    "support": 0.95,
    "deadline": 0.95,
    "deliverable": 0.95,
    "complete": 0.88,
    "target": 0.92,
    "header": 0.95,
    "reference": 0.95,
}

Scores = dict[str, float]
Score = Callable[[tuple[Path, Path], Iterable[Path]], Scores]


@cache
def pipeline() -> Pipeline:
    return Pipeline()


@pytest.fixture
def score(tmp_path: Path) -> Score:
    """The F1 of each field over some files, against a folder of gold and its folder of texts."""

    def run(gold: tuple[Path, Path], files: Iterable[Path]) -> Scores:
        paths = list(files)
        for path in paths:
            (tmp_path / f"{path.stem}.json").write_text(to_json(pipeline().extract(path)), "utf-8")
        only = ",".join(path.stem for path in paths)
        command = [sys.executable, SCORER, *gold, tmp_path, f"--only={only}", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        result = json.loads(done.stdout)
        assert result["plans"] == len(paths)
        return {field: result[field]["f"] for field in FLOORS}

    return run


def texts(gold: tuple[Path, Path]) -> list[Path]:
    return [gold[1] / f"{path.stem}.txt" for path in sorted(gold[0].glob("*.json"))]


def below(scores: Scores, floors: Scores) -> dict[str, tuple[float, float]]:
    """The fields that miss their floor: what was reached, and the floor."""
    return {name: (scores[name], floor) for name, floor in floors.items() if scores[name] < floor}


@pytest.mark.parametrize(("gold", "plans"), [(OPEN, 10), (SAMPLES, 7)], ids=["open", "samples"])
def test_texts_reach_the_floors(score, gold, plans):
    files = texts(gold)
    assert len(files) == plans
    assert below(score(gold, files), FLOORS) == {}


@pytest.mark.parametrize("name", ORIGINALS)
def test_an_original_is_read_as_well_as_its_text(score, name):
    original = SHARED / "originals" / name
    require(original.exists(), f"../shared/originals/{name}")
    text = score(OPEN, [SHARED / "plans" / f"{original.stem}.txt"])
    assert below(score(OPEN, [original]), {field: f - 0.02 for field, f in text.items()}) == {}


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_a_sample_file_is_read_as_well_as_its_text(score, suffix):
    files = sorted((CORPUS / "files").glob(f"*{suffix}"))
    assert len(files) == 6
    text = score(SAMPLES, [CORPUS / f"{file.stem}.txt" for file in files])
    assert below(score(SAMPLES, files), {field: f - 0.01 for field, f in text.items()}) == {}
