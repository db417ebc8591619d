"""Whole plans as web pages: read as well as their text; damaged pages: read or refused, never a crash."""

from __future__ import annotations

import random
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, SHARED, require
from html_samples import portal, word
from test_gold import SAMPLES, below, score  # noqa: F401 (a fixture)

from extractor.document import RawBlock
from extractor.errors import UnreadableError
from extractor.loaders import html, load, mht
from extractor.loaders.kinds import kind_of
from extractor.normalize import normalize

CORPUS = ROOT / "corpus"
PLANS = ("song-may-chuyen-doi-so", "rang-chieu-giam-ngheo")


@cache
def blocks(plan: str) -> tuple[RawBlock, ...]:
    return load(CORPUS / "files" / f"{plan}.docx").blocks


@pytest.fixture
def equals_the_text(score):  # noqa: F811
    def check(pages: list[Path]) -> None:
        text = score(SAMPLES, [CORPUS / f"{page.stem}.txt" for page in pages])
        assert below(score(SAMPLES, pages), {field: f - 0.01 for field, f in text.items()}) == {}

    return check


def test_what_libreoffice_exports_is_read_as_well_as_the_text(equals_the_text, tmp_path):
    office = shutil.which("soffice")
    require(office, "LibreOffice (soffice)")
    files = [CORPUS / "files" / f"{plan}.docx" for plan in PLANS]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "html", "--outdir", tmp_path / "out", *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    equals_the_text(sorted((tmp_path / "out").glob("*.html")))


@pytest.mark.parametrize(
    "write",
    [lambda b: portal(b, "<br><br>"), lambda b: portal(b, "<br>\n"), word],
    ids=["portal, two breaks", "portal, one break", "word"],
)
def test_plans_on_web_pages_are_read_as_well_as_their_text(equals_the_text, tmp_path, write):
    (tmp_path / "pages").mkdir()
    pages = [tmp_path / "pages" / f"{plan}.html" for plan in PLANS]
    for page in pages:
        page.write_bytes(write(blocks(page.stem)))
    equals_the_text(pages)


def test_the_hostile_pages_are_read_or_refused_as_listed():
    folder = SHARED / "hostile" / "html"
    require(folder.exists(), "../shared/hostile/html")
    expected = {
        "control.html": [],
        "charset_lies.html": ["W_ENCODING_GUESSED"],
        "cp1258_meta.html": [],
        "xss.html": [],
        "ssrf_refs.html": ["W_EXTERNAL_REF"],
        "deep_div_60k.html": ["W_DEPTH_LIMIT"],
        "bad_char_refs.html": [],
        "colspan_bomb.html": ["W_SPAN_CAP"],
        "word_mhtml.doc": ["W_TYPE_MISMATCH"],
    }
    found = {name: [notice.code for notice in load(folder / name).notices] for name in expected}
    assert found == expected
    texts = [
        normalize(load(folder / name)).text for name in ("control.html", "cp1258_meta.html", "word_mhtml.doc")
    ]
    assert len(set(texts)) == 1


PIECES = [
    b"<", b">", b"</", b"<!--", b"-->", b"<!DOCTYPE [", b"<![if !x]>", b"]]>", b"<?x", b"&", b'"', b"=",
    b"&#xD800;", b"<table>", b"</table>", b"<tr>", b"<td rowspan=9 colspan=3>", b"<li>", b"<ol>", b"</ul>",
    b"<br>", b"</p>", b"<p style='display:none'>", b"<span style='mso-list:Ignore'>",
    b"<a href='#a' name='b'>1</a>", b"<nav>", b"<style>", b"p{font:0 .VnTime}", b"<plaintext>", b"<svg>",
    b"<math>", b"<frameset>", b"--b\n", b"charset=utf-7", b"Content-Type: ", b"multipart/mixed; boundary=",
    b"\r\n\r\n", b"\x00", b"\xff", b"\xc3",
]  # fmt: skip


def _mutated(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 40)):
        at = chance.randrange(len(out) + 1)
        kind = chance.random()
        if kind < 0.5:
            out[at:at] = chance.choice(PIECES)
        elif kind < 0.8:
            del out[at : at + chance.choice((1, 5, 300))]
        else:
            out[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(out[: chance.choice((len(out), len(out), len(out) // 2))])


def _mail(page: bytes) -> bytes:
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n'
    head += b"--b\nContent-Type: text/html; charset=utf-8\n\n"
    return head + page + b"\n--b\nContent-Type: text/html\n\n<p>mot hai ba bon\n--b--\n"


@pytest.mark.parametrize("seed", range(10))
def test_damaged_pages_are_read_or_refused(seed):
    chance = random.Random(seed)
    plan = blocks(chance.choice(PLANS))[:40]
    sources = (portal(plan, "<br>"), word(plan), _mail(word(plan)))
    read = 0
    for number in range(20):
        data = _mutated(sources[number % 3], chance)
        try:
            kind_of(data)
            content = (mht if number % 3 == 2 else html).read(data)
        except UnreadableError:
            continue
        read += 1
        for block in content.blocks:
            for text in (block.text, *(cell.text for cell in block.cells)):
                text.encode()
                assert "\x00" not in text
    assert read >= 10
