"""The table of codes in the docs is complete: it lists what the code says, and nothing else."""

from __future__ import annotations

import re

from conftest import ROOT

CODE = re.compile(r"[\"'`]([EW]_[A-Z][A-Z_]+)[\"'`]")


def test_the_table_lists_every_code_and_no_other():
    listed = CODE.findall((ROOT / "docs" / "codes.md").read_text("utf-8"))
    sources = [*(ROOT / "extractor").rglob("*.py"), *(ROOT / "extractor").rglob("*.yaml")]
    used = {code for path in sources for code in CODE.findall(path.read_text("utf-8"))}
    assert len(listed) == len(set(listed))
    assert set(listed) == used
