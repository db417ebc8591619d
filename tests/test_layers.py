"""The layers hold, and importing the package costs and does nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

HEAVY = ("spacy", "underthesea", "pandas", "rich", "pydantic", "pdfplumber", "docx")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_the_import_contracts_are_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    result = run(str(lint), "--no-cache", "--no-logo")
    assert "Contracts: 2 kept, 0 broken." in result.stdout, result.stdout + result.stderr
    assert result.returncode == 0


def loaded_after(statement: str) -> list[str]:
    """The heavy modules that ``statement`` loads; opening a socket on the way ends the process."""
    code = (
        "import os, sys\n"
        "sys.addaudithook(lambda event, _: os._exit(9) if event.startswith('socket.') else None)\n"
        f"{statement}\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr or f"exit {result.returncode}"
    return result.stdout.split()


def test_importing_the_package_loads_nothing_heavy_and_opens_no_socket():
    assert loaded_after("import extractor") == []


def test_importing_the_command_loads_nothing_heavy():
    assert loaded_after("import extractor.app.cli") == []


def test_the_contract_alone_loads_only_pydantic():
    assert loaded_after("import extractor.schema") == ["pydantic"]


def test_a_socket_would_be_noticed():
    with pytest.raises(AssertionError, match="exit 9"):
        loaded_after("import socket; socket.socket()")
