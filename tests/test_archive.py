"""Zip archives: what they hold is read, what is malicious in them is refused by name, nothing is unpacked."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from conftest import TEXT

from extractor.app.cli import FAILED, READ, main
from extractor.errors import UnreadableError
from extractor.loaders.archive import members, read_member

PLAN = TEXT.encode("utf-8")


def zipped(*files: tuple[str, bytes], raw: dict[str, bytes] | None = None) -> bytes:
    """An archive; ``raw``: names to be stored as these bytes, without the UTF-8 flag."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    data = buffer.getvalue()
    for name, stored in (raw or {}).items():
        assert len(name.encode()) == len(stored)
        data = data.replace(name.encode(), stored)
    return data


def codes(name: str) -> list[str]:
    (member,) = members(zipped((name, PLAN)))
    return [*([member.refusal[0]] if member.refusal else []), *(code for code, _ in member.notices)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ke-hoach.txt", []),
        ("Năm 2026/kế hoạch số 1.docx", []),
        ("a..b/c.txt", []),
        ("../a.txt", ["E_ZIP_PATH"]),
        ("a/../../b.txt", ["E_ZIP_PATH"]),
        ("/etc/a.txt", ["E_ZIP_PATH"]),
        ("C:\\a.txt", ["E_ZIP_PATH"]),
        ("..\\a.txt", ["E_ZIP_PATH"]),
        ("x" * 2000 + ".txt", ["E_NAME"]),
        ("a\nb.txt", ["W_NAME"]),
        ("a\x1b[31m.txt", ["W_NAME"]),
        ("a\u202etxt.exe", ["W_NAME"]),
        ("CON.txt", ["W_NAME"]),
        ("a:b|c?.txt", ["W_NAME"]),
        ("con-so.txt", []),
    ],
)
def test_names(name, expected):
    assert codes(name) == expected


def test_safe_names_hold_nothing_that_acts():
    (member,) = members(zipped(("thư mục/a\n\x1b\u202e?.txt ", PLAN)))
    assert member.name == "thư mục/a____.txt"


def test_a_name_in_an_old_code_page_is_read_as_vietnamese():
    plain = "KxxhoachX.txt"
    raw = b"K\xea\xechoachX.txt"  # windows-1258: ê and a combining acute
    (member,) = members(zipped((plain, PLAN), raw={plain: raw}))
    assert member.name == "KếhoachX.txt"
    assert [code for code, _ in member.notices] == ["W_NAME_ENCODING"]


def test_litter_and_folders_are_no_plans():
    data = zipped(
        ("a/", b""), ("__MACOSX/._a.txt", b"x"), ("Thumbs.db", b"x"), ("~$a.docx", b"x"), ("a.txt", PLAN)
    )
    (member,) = members(data)
    assert read_member(data, member.index) == PLAN


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        members(data)
    return caught.value.code


def test_archives_that_are_refused_whole():
    assert refused(zipped(("a.txt", PLAN))[:-30]) == "E_CORRUPT"
    assert refused(zipped(("a/", b""))) == "E_EMPTY"
    assert refused(zipped(*((f"{n}.txt", b"") for n in range(10_001)))) == "E_ZIP_BOMB"


def test_a_bomb_among_the_members_costs_itself_alone(tmp_path, capsys):
    path = tmp_path / "thu.zip"
    path.write_bytes(zipped(("bom.txt", b" " * (40 << 20)), ("ke-hoach.txt", PLAN)))
    assert main(["extract", str(path), "-o", str(tmp_path / "out"), "--json"]) == FAILED
    report = json.loads(capsys.readouterr().out)
    assert [entry.get("error", {}).get("code") for entry in report["files"]] == ["E_ZIP_BOMB", None]


def test_members_become_plans_with_names_of_their_own(tmp_path, capsys):
    path = tmp_path / "thu.zip"
    path.write_bytes(zipped(("a/ke-hoach.txt", PLAN), ("b/ke-hoach.txt", PLAN), ("../x.txt", PLAN)))
    out = tmp_path / "out"
    assert main(["extract", str(path), "-o", str(out)]) == FAILED
    written = sorted(out.iterdir())
    assert len(written) == 2
    names = {json.loads(file.read_text("utf-8"))["document"]["source"]["name"] for file in written}
    assert names == {"thu.zip/a/ke-hoach.txt", "thu.zip/b/ke-hoach.txt"}
    assert "(E_ZIP_PATH)" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*.txt")) == []


def test_one_member_can_be_shown(tmp_path, capsys):
    path = tmp_path / "thu.zip"
    path.write_bytes(zipped(("ke-hoach.txt", PLAN)))
    assert main(["extract", str(path)]) == READ
    assert json.loads(capsys.readouterr().out)["document"]["number"] == "15/KH-UBND"
    path.write_bytes(zipped(("1.txt", PLAN), ("2.txt", PLAN)))
    assert main(["show", str(path)]) == FAILED
    assert "(E_ARCHIVE)" in capsys.readouterr().err


def test_an_archive_in_an_archive_is_refused_by_name(tmp_path, capsys):
    path = tmp_path / "thu.zip"
    path.write_bytes(zipped(("trong.zip", zipped(("a.txt", PLAN))), ("ke-hoach.txt", PLAN)))
    assert main(["extract", str(path), "-o", str(tmp_path / "out")]) == FAILED
    assert "trong.zip: " in capsys.readouterr().err
    assert [file.name for file in Path(tmp_path / "out").iterdir()] == ["ke-hoach.json"]
