"""Files that LibreOffice made from the corpus are read as well as the corpus, without LibreOffice."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import ROOT, SHARED, require

from extractor import Pipeline
from extractor.errors import UnreadableError
from extractor.export.json_export import to_json
from extractor.loaders import doc, load, office

CORPUS = ROOT / "corpus"
SCORER = SHARED / "gold" / "score.py"
ORIGINAL = SHARED / "originals" / "bt-tb-giaithe-hoi.doc"
SAMPLE = Path(__file__).parent / "data" / "old-formats" / "lists-and-tables.doc"

needs_office = pytest.mark.skipif(
    office.find() is None and os.environ.get("KEHOACH_CI") != "1", reason="LibreOffice (soffice) is not here"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with every sample of the corpus as .doc, .rtf and .odt."""
    folder = tmp_path_factory.mktemp("made")
    files = sorted((CORPUS / "files").glob("*.docx"))
    for suffix in ("doc", "rtf", "odt"):
        options = [
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            suffix,
        ]
        command = [str(office.find()), *options, "--outdir", str(folder), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def scores(pipeline: Pipeline, gold: tuple[Path, Path], files: Iterable[Path], out: Path) -> dict[str, float]:
    paths = list(files)
    for path in paths:
        (out / f"{path.stem}.json").write_text(to_json(pipeline.extract(path)), "utf-8")
    only = ",".join(path.stem for path in paths)
    command = [sys.executable, SCORER, *gold, out, f"--only={only}", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    result = json.loads(done.stdout)
    assert result["plans"] == len(paths)
    return {name: field["f"] for name, field in result.items() if isinstance(field, dict) and "f" in field}


def worse(found: dict[str, float], text: dict[str, float], by: float) -> dict[str, tuple[float, float]]:
    return {name: (found[name], f) for name, f in text.items() if found[name] < f - by}


def words(content) -> list[str]:
    blocks = (b.text or " ".join(c.text for c in b.cells if not c.merged) for b in content.blocks)
    return " ".join(blocks).split()


def similarity(a: list[str], b: list[str]) -> float:
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_a_converted_sample_is_read_as_well_as_its_text(made, pipeline, tmp_path, suffix):
    require(SCORER.exists(), "the shared scorer (../shared/gold)")
    files = sorted(made.glob(f"*.{suffix}"))
    assert len(files) == 6
    gold = (CORPUS / "gold", CORPUS)
    text = scores(pipeline, gold, [CORPUS / f"{file.stem}.txt" for file in files], tmp_path)
    assert worse(scores(pipeline, gold, files, tmp_path), text, 0.01) == {}


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_a_converted_sample_has_the_words_of_its_original(made, suffix):
    for file in sorted(made.glob(f"*.{suffix}")):
        original = words(load(CORPUS / "files" / f"{file.stem}.docx"))
        assert similarity(words(load(file)), original) >= 0.99, file.name


def test_an_original_is_read_as_well_as_its_text(pipeline, tmp_path):
    require(ORIGINAL.exists() and SCORER.exists(), f"../shared/originals/{ORIGINAL.name}")
    gold = (SHARED / "gold", SHARED / "plans")
    text = scores(pipeline, gold, [SHARED / "plans" / f"{ORIGINAL.stem}.txt"], tmp_path)
    assert worse(scores(pipeline, gold, [ORIGINAL], tmp_path), text, 0.03) == {}


@needs_office
def test_an_original_has_the_words_that_libreoffice_finds():
    require(ORIGINAL.exists(), f"../shared/originals/{ORIGINAL.name}")
    data = ORIGINAL.read_bytes()
    assert similarity(words(doc.read(data)), words(office.read_with_office(data, "doc"))) >= 0.99


@needs_office
def test_libreoffice_works_within_a_small_memory_limit_and_leaves_nothing(tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
        "from extractor.loaders.office import to_docx; from pathlib import Path;"
        "sys.exit(to_docx(Path(sys.argv[1]).read_bytes(), 'doc')[:2] != b'PK')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, SAMPLE], env={**os.environ, "TMPDIR": str(tmp_path)}, timeout=120
    )
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def slow_office(folder: Path, body: str) -> Path:
    program = folder / "office"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    mark = tmp_path / "alive"
    monkeypatch.setenv("KEHOACH_SOFFICE", str(slow_office(tmp_path, f"(sleep 3; touch {mark}) & sleep 60")))
    start = time.monotonic()
    with pytest.raises(UnreadableError) as caught:
        office.to_docx(b"x", "doc", timeout=1.0)
    assert caught.value.code == "E_LIMIT_TIME"
    assert time.monotonic() - start < 10
    time.sleep(3)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("exit 1", "E_CORRUPT"),
        ('mkdir "$HOME/made" && head -c 70000000 /dev/zero >"$HOME/made/file.docx"', "E_CORRUPT"),
    ],
    ids=["no output", "too much output"],
)  # fmt: skip
def test_what_a_program_does_not_give(tmp_path, monkeypatch, body, code):
    monkeypatch.setenv("KEHOACH_SOFFICE", str(slow_office(tmp_path, body)))
    with pytest.raises(UnreadableError) as caught:
        office.to_docx(b"x", "doc")
    assert caught.value.code == code


def test_the_program_is_named_by_the_environment_or_found(monkeypatch):
    monkeypatch.setenv("KEHOACH_SOFFICE", "/nowhere/soffice")
    assert office.find() is None
    with pytest.raises(UnreadableError) as caught:
        office.to_docx(b"x", "doc")
    assert caught.value.code == "E_NEEDS_OFFICE"
    monkeypatch.setenv("KEHOACH_SOFFICE", "/bin/sh")
    assert office.find() == "/bin/sh"
