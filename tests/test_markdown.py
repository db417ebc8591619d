"""Markdown and delimited tables, as portals, converters and spreadsheets write them."""

from __future__ import annotations

import pytest

from extractor.document import Raw, Source
from extractor.loaders import text as text_loader
from extractor.loaders.markdown import inline, split_row
from extractor.normalize import normalize

SOURCE = Source("x.md", "text/plain", "0" * 64, 1, "text")


def read(text: str) -> tuple[list[str], list[str]]:
    """The blocks' words, and the codes of what is said about them."""
    content = text_loader.read(text.encode())
    doc = normalize(Raw(SOURCE, content.blocks, content.notices))
    return [doc.text_of(b) for b in doc.blocks], [n.code for n in doc.notices]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("**Sở Nội vụ** *chủ trì* __rà soát__ _hồ sơ_ ~~cũ~~", "Sở Nội vụ chủ trì rà soát hồ sơ cũ"),
        (r"1\. Rà soát \- lần 2 \* \_a\_ 5\%", "1. Rà soát - lần 2 * _a_ 5\\%"),
        ("theo [Quyết định 12/QĐ-UBND](https://a.vn/b?c=1) của tỉnh", "theo Quyết định 12/QĐ-UBND của tỉnh"),
        ("xem [[1]](#_ftn1) và <https://a.vn>", "xem [1] và https://a.vn"),
        ('![dấu](a.png)Rà soát ![](b.jpg "tên")', "Rà soát "),
        ("r&agrave; so&aacute;t&nbsp;&#237;t &amp; nhiều", "rà soát\u00a0ít & nhiều"),
        ("<p>Rà soát <span style='x'>hồ sơ</span></p>", "Rà soát hồ sơ"),
        ("mã `TTHC_01` và ``b``", "mã TTHC_01 và b"),
        # near misses
        (
            "biểu TTHC_01_a, 5 * 3 = 15, a_b_c, ____, R&D; AT&T",
            "biểu TTHC_01_a, 5 * 3 = 15, a_b_c, ____, R&D; AT&T",
        ),
        ("[hằng tháng] (xem phụ lục), [Sở Y tế](2)", "[hằng tháng] (xem phụ lục), [Sở Y tế](2)"),
        ("x < 5 và y > 3; <script>alert(1)</script>", "x < 5 và y > 3; <script>alert(1)</script>"),
        ("rà soát <!-- lần 2 --> hồ sơ", "rà soát <!-- lần 2 --> hồ sơ"),
        ("\ue041 \\", "\ue041 \\"),
    ],
)
def test_marks_inside_a_line(written: str, words: str) -> None:
    assert inline(written) == words


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| 1 | Rà soát | Sở Y tế |", ["1", "Rà soát", "Sở Y tế"]),
        ("1 | Rà soát | Sở Y tế", ["1", "Rà soát", "Sở Y tế"]),
        (r"| a \| b | c |", [r"a \| b", "c"]),
        ("| | Rà soát | |", ["", "Rà soát", ""]),
        ("|| Rà soát |", ["", "Rà soát"]),
    ],
)
def test_cells_of_a_row(row: str, cells: list[str]) -> None:
    assert split_row(row) == cells


TABLES = {
    "outer bars": "| TT | Nhiệm vụ | Chủ trì |\n|:--|:-:|--:|\n| 1 | Rà soát | Sở Y tế |",
    "no outer bars": "TT | Nhiệm vụ | Chủ trì\n---|:---:|---\n1 | Rà soát | Sở Y tế",
    "no alignment": "|TT|Nhiệm vụ|Chủ trì|\n|1|Rà soát|Sở Y tế|",
    "marks": "|**TT**|<b>Nhiệm vụ</b>|Chủ trì|\n|---|---|---|\n|1|[Rà soát](http://a.vn)|_Sở Y tế_|",
    "a wrapped row": "|TT|Nhiệm vụ|Chủ trì|\n|---|---|---|\n|1|Rà soát|Sở\nY tế|",
    "a grid": "+--+--+--+\n|TT|Nhiệm |Chủ |\n|  |vụ|trì|\n+==+==+==+\n|1|Rà|Sở|\n| |soát|Y tế|\n+--+--+--+",
    "tabs": "TT\tNhiệm vụ\tChủ trì\n1\tRà soát\tSở Y tế",
    "csv": "TT,Nhiệm vụ,Chủ trì\n1,Rà soát,Sở Y tế\n",
    "csv of a spreadsheet": '\ufeffsep=;\r\nTT;Nhiệm vụ;Chủ trì\r\n1;"Rà\nsoát";"Sở Y tế"\r\n',
}


@pytest.mark.parametrize("name", TABLES)
def test_one_table_in_every_form(name: str) -> None:
    assert read(TABLES[name]) == (["TT\tNhiệm vụ\tChủ trì", "1\tRà soát\tSở Y tế"], [])


def test_lines_inside_a_cell() -> None:
    assert (
        read("|TT|Việc|Sở|\n|--|--|--|\n|1|- Rà soát<br>- Báo cáo|a \\| b|")[0][1]
        == "1\t- Rà soát - Báo cáo\ta | b"
    )


def test_a_title_above_a_delimited_table() -> None:
    rows = "KẾ HOẠCH,,\n,,\nTT,Nhiệm vụ,Chủ trì\n1,Rà soát,Sở Y tế\n2,Báo cáo,Sở Nội vụ\n"
    assert read(rows)[0][:2] == ["KẾ HOẠCH", "TT\tNhiệm vụ\tChủ trì"]


@pytest.mark.parametrize(
    "text",
    [
        "Sở Y tế, Sở Nội vụ, Sở Tài chính\nrà soát, báo cáo, đề xuất",
        "- Như trên; - Lưu: VT; KGVX\n- Sở Y tế; Sở Nội vụ; các xã",
        "Kế hoạch | Sông Mây\nRà soát hồ sơ",
    ],
)
def test_sentences_are_no_tables(text: str) -> None:
    assert not any("\t" in block for block in read(text)[0])


def test_what_stands_round_the_text_is_taken_off() -> None:
    text = (
        "---\ntitle: Kế hoạch\ntags:\n- a\n---\n# I. NHIỆM VỤ #\nSở Y tế rà soát.\n\n> 1. Trích dẫn.\n\n"
        "```text\n2. Báo cáo.\n```\n<!-- image -->\n![](a.png)\nNơi nhận:<br>- Như trên;<br>- Lưu: VT."
    )
    assert read(text) == (
        [
            "I. NHIỆM VỤ",
            "Sở Y tế rà soát.",
            "1. Trích dẫn.",
            "2. Báo cáo.",
            "Nơi nhận:",
            "- Như trên;",
            "- Lưu: VT.",
        ],
        ["W_FRONT_MATTER", "W_EMBEDDED_NOT_READ"],
    )


@pytest.mark.parametrize(
    "text", ["---\nĐây là một câu văn.\n---\nRà soát.", "> 50% hộ dân\n>= 3 lần", "a\n---\nb: c\n---"]
)
def test_near_misses_of_front_matter_and_quotes(text: str) -> None:
    blocks, codes = read(text)
    assert codes == []
    assert "".join(blocks).replace(" ", "") == text.replace("---", "").replace("\n", "").replace(" ", "")


def test_a_hard_break_ends_a_paragraph_and_a_wrapped_line_goes_on() -> None:
    wrapped = (
        "Rà soát hồ sơ đất đai tại các xã có khối lượng công việc lớn và\nnhiều hồ sơ tồn đọng.\\\n"
        "Địa chỉ: Bình Lục."
    )
    assert read(wrapped)[0] == [
        "Rà soát hồ sơ đất đai tại các xã có khối lượng công việc lớn và nhiều hồ sơ tồn đọng.",
        "Địa chỉ: Bình Lục.",
    ]
