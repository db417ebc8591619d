"""Web pages that strangers made: nothing is fetched, nothing grows without bounds."""

from __future__ import annotations

import pytest
from html_samples import codes, page

from extractor.errors import UnreadableError
from extractor.loaders import html
from extractor.loaders.kinds import kind_of

DUTY = "Sở Nội vụ rà soát thủ tục, hoàn thành trước ngày 30/6/2026."

# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        '<img src="http://127.0.0.1:9/a.png">',
        "<img src='\\\\127.0.0.1\\x'>",
        '<img srcset="a.png 1x, //h/b.png 2x">',
        '<link rel=stylesheet href="https://h/s.css">',
        '<iframe src="file:///etc/passwd"></iframe>',
        "<script src=//h/x.js></script>",
        "<style>@import 'http://h/i.css';</style>",
        '<p style="background:url( http://h/x )">x</p>',
        '<meta http-equiv=refresh content="0;url=http://h/">',
        '<base href="http://h/">',
        '<object data="http://h/o"></object>',
    ],
)
def test_outside_references_are_said_once(reference):
    assert codes(page(f"<p>một</p>{reference}{reference}")) == ["W_EXTERNAL_REF"]


def test_links_and_pictures_beside_the_page_are_no_outside_references():
    pictures = '<img src="x_files/a.png"><img src="data:image/png;base64,AA"><img src="cid:1">'
    assert codes(page(f'<a href="http://h/">một</a>{pictures}<link rel=canonical href="http://h/">')) == []


@pytest.mark.parametrize("span", ["colspan=1000000000", "rowspan=99999999999999999999", "colspan=1001"])
def test_impossible_spans_are_capped(span):
    body = f"<table><tr><td {span}>a<td>b<tr><td>c<td>d</table>"
    assert codes(page(body)) == ["W_SPAN_CAP"]
    assert [c.text for b in html.read(page(body)).blocks for c in b.cells if c.text] == list("abcd")


@pytest.mark.parametrize(
    "span", ["colspan=x", "colspan=-3", "colspan=0", "rowspan=''", "colspan=1000", "rowspan=0"]
)
def test_odd_spans_mean_what_html_says(span):
    assert codes(page(f"<table><tr><td {span}>a<td>b<tr><td>c<td>d</table>")) == []


def test_a_grid_does_not_grow_without_bounds():
    cells = "<td rowspan=65534>x" * 900
    content = html.read(page(f"<table><tr>{cells}{'<tr><td>y' * 3000}</table>"))
    assert [n.code for n in content.notices] == ["W_SPAN_CAP"]
    assert sum(len(b.cells) for b in content.blocks) < 300_000
    assert sum(c.text == "y" for b in content.blocks for c in b.cells) == 3000


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 60_000 + DUTY + "</div>" * 60_000,
        "<div>" * 50_000 + "</foo>" * 50_000 + DUTY,
        "<table><tr><td>" * 5_000 + DUTY,
        "<b>" * 50_000 + DUTY,
        "<ol><li>" * 20_000 + DUTY,
    ],
    ids=["div", "unmatched ends", "tables", "inline", "lists"],
)
def test_deep_nesting_is_flattened_and_said(body):
    content = html.read(page(body))
    assert [n.code for n in content.notices] == ["W_DEPTH_LIMIT"]
    assert len(content.blocks) == 1
    assert content.blocks[0].text.endswith(DUTY)


@pytest.mark.parametrize(
    "data",
    [
        b"<" * 500_000,
        b"<p>" + b"<!--" * 100_000,
        b"<!-- " + b"-" * 10_000_000 + b" --><p>x",
        b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">x",
        b"<style>" + b"/*" * 200_000 + b"</style><p>x",
        b"<style>" + b"a{" * 200_000 + b"</style><p>x",
        b"\xff<meta " + b"charset " * 100_000,
        b"<table><tr><td>a" + "\u0301\u0323".encode() * 100_000 + b"<td>b<tr><td>c<td>d</table>",
        b"<!--a-->" * 500 + b"<p>x",
    ],
    ids=[
        "lt",
        "comments",
        "huge comment",
        "attributes",
        "css comments",
        "css blocks",
        "meta",
        "marks",
        "prologue",
    ],
)
def test_odd_pages_take_linear_time(data):
    import time

    start = time.process_time()
    kind_of(data)
    html.read(data)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "b">',
        '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;',
        "<!-- " + "x" * 3000 + ' --><!entity a "b">',
    ],
)
def test_entities_of_a_page_are_refused(subset):
    data = f'<?xml version="1.0"?><!DOCTYPE html [{subset}]><html><body>&a;</body></html>'.encode()
    assert kind_of(data).module == "html"
    with pytest.raises(UnreadableError) as refused:
        html.read(data)
    assert refused.value.code == "E_XML_BOMB"


def test_too_large_a_page_is_refused(monkeypatch):
    for data, limit in ((b"<p>" + b" " * 100, "MAX_BYTES"),):
        monkeypatch.setattr(html, limit, 50)
        with pytest.raises(UnreadableError) as refused:
            html.read(data)
        assert refused.value.code == "E_TOO_LARGE"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "W_NO_TEXT"),
        ("<img src=trang1.jpg>", "W_NEEDS_OCR"),
        ('<p>x<iframe srcdoc="<p>văn bản"></iframe>', "W_EMBEDDED_NOT_READ"),
        ('<p>x<object data="data:application/pdf;base64,AA"></object>', "W_EMBEDDED_NOT_READ"),
    ],
)
def test_what_is_not_read_is_said(body, code):
    assert codes(page(body)) == [code]
