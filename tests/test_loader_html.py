"""The loader of web pages: what a reader of the page sees, in reading order."""

from __future__ import annotations

import pytest
from html_samples import FOOT, MENU, codes, page, shown, texts

from extractor.document import RawCell
from extractor.loaders import html

DUTY = "Sở Nội vụ rà soát thủ tục, hoàn thành trước ngày 30/6/2026."
HEAD = "<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>KẾ HOẠCH</p>"
TAIL = "<p>Nơi nhận:</p><p>- Lưu: VT.</p>"

# --- paragraphs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>một\n  hai&nbsp;&nbsp;ba</p>bốn<div>năm<p>sáu</div>", ["một hai ba", "bốn", "năm", "sáu"]),
        ("<h1>I. MỤC TIÊU</h1><blockquote>một<p>hai</blockquote>", ["I. MỤC TIÊU", "một", "hai"]),
        ("<dl><dt>Chủ trì<dd>Sở Y tế</dl>", ["Chủ trì", "Sở Y tế"]),
        ("<p>Sở <b>Y</b><i> tế</i><wbr><o:p></o:p></p>", ["Sở Y tế"]),
        ("<pre>I. MỘT\n\n  hai   ba\nbốn</pre>", ["I. MỘT", "hai ba", "bốn"]),
        ("<p>a<p>b<p>c", ["a", "b", "c"]),
        ("<p>một</body></html><p>hai", ["một", "hai"]),
        ('<p style="text-transform:uppercase">kế hoạch</p>', ["KẾ HOẠCH"]),
        (
            "<form><label>Tìm</label><input value=x><select><option>y</select><button>z</button></form>",
            ["Tìm"],
        ),
        ("<embed src=x>một<p>hai", ["một", "hai"]),
    ],
)
def test_boxes_part_the_text(body, expected):
    assert texts(body) == expected


def test_bold_centered_and_gaps():
    sheet = '<meta charset="utf-8"><style>p.G{text-align:center} .D{font-weight:700}</style>'
    body = (
        '<p align=center><b>một</b></p><p class="G D">hai</p><p>&nbsp;</p><center>ba <b>bốn</b></center>'
        '<div style="text-align:center"><p style="text-align:left"><strong>năm</strong></p></div>'
        "<hr><h2>sáu</h2>"
    )
    seen = [(b.text, b.bold, b.centered, b.gap) for b in html.read(page(body, sheet)).blocks]
    assert seen == [
        ("một", True, True, False),
        ("hai", True, True, False),
        ("ba bốn", False, True, True),
        ("năm", True, False, False),
        ("sáu", True, False, True),
    ]


def test_line_breaks_part_the_paragraphs_of_a_long_block():
    lines = [
        "I. MỤC TIÊU",
        "1. Trồng cây",
        "tại các xã",
        "II. NHIỆM VỤ",
        f"1. {DUTY}",
        "- Sở Y tế.",
        "- Sở Nội vụ.",
        "Hết",
    ]
    blocks = html.read(page(f"<div>{'<br>'.join(lines)}</div>")).blocks
    assert [b.text for b in blocks] == lines
    assert {b.kind for b in blocks} == {"line"}
    assert [b.text for b in blocks if b.begins] == [lines[0], lines[1], lines[3], *lines[4:7]]


@pytest.mark.parametrize(
    ("lines", "begins"),
    [
        (("Nội dung:", "- Rà soát hồ sơ;"), True),
        (("Độc lập", "- Tự do - Hạnh phúc"), False),
        (("giai đoạn 2026", "- 2030"), False),
        (("Ủy ban nhân dân tỉnh ban hành kế hoạch trồng cây phân tán ven đường tại xã", "Mộ Sen"), False),
        (("KẾ HOẠCH", "Trồng cây"), None),
    ],
)
def test_a_soft_break_shapes_or_parts_a_paragraph(lines, begins):
    assert html.read(page(f"<p>{'<br>'.join(lines)}</p>")).blocks[1].begins is begins


def test_two_breaks_part_paragraphs():
    blocks = html.read(page("<td>Một.<br><br>Hai.<br> &nbsp; <br/>Ba.</td>")).blocks
    assert [(b.text, b.kind, b.gap) for b in blocks] == [
        ("Một.", "paragraph", False),
        ("Hai.", "paragraph", True),
        ("Ba.", "paragraph", True),
    ]


# --- lists and notes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul><li>a<li>b</ul>", ["- a", "- b"]),
        ("<ol><li>a<li value=5>b<li>c</ol>", ["1. a", "5. b", "6. c"]),
        ('<ol type="a" start="3"><li>x<li>y</ol>', ["c) x", "d) y"]),
        ("<ol type=I><li>x<li><p>y</p><p>z</p></ol>", ["I. x", "II. y", "z"]),
        ("<ol style='list-style-type:upper-alpha'><li>x</ol>", ["A. x"]),
        ("<ol><li>a<ol><li>b<li>c<ul><li>d</ul></ol><li>e</ol>", ["1. a", "1.1. b", "1.2. c", "- d", "2. e"]),
        ("<ol><li>a<ol type=a><li>b</ol></ol>", ["1. a", "a) b"]),
        ("<ul style='list-style:none'><li>a</ul><ul><li>1. b<li>- c</ul>", ["a", "1. b", "- c"]),
        ("<ol reversed><li>a<li>b</ol><li>c", ["2. a", "1. b", "- c"]),
        ("<ol start=99999999999999999999><li>a</ol>", ["999999. a"]),
    ],
)
def test_list_items_get_the_label_that_a_browser_shows(body, expected):
    assert texts(body) == expected


def test_word_writes_its_labels_into_the_text():
    spaces = '<span style="font:7.0pt &quot;Times New Roman&quot;">&nbsp;&nbsp;&nbsp; </span>'
    number = f"<p><![if !supportLists]><span style='mso-list:Ignore'>2.{spaces}</span><![endif]>Hai</p>"
    bullet = (
        f"<p><span style='font-family:Symbol'><span style='mso-list:Ignore'>·{spaces}</span></span>Ba</p>"
    )
    circle = f"<p style='font-family:Courier New'><span style='mso-list:Ignore'>o{spaces}</span>Bốn</p>"
    assert texts(number + bullet + circle) == ["2. Hai", "- Ba", "- Bốn"]


@pytest.mark.parametrize(
    ("cited", "note"),
    [
        (
            '<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a>',
            '<div style="mso-element:footnote" id=ftn1><p><a href="#_ftnref1" name="_ftn1">[1]</a> Chú thích',
        ),
        (
            '<a class="sdfootnoteanc" name="fn1anc" href="#fn1sym"><sup>1</sup></a>',
            '<div id="fn1"><p><a class="sdfootnotesym" name="fn1sym" href="#fn1anc">1</a>Chú thích',
        ),
    ],
    ids=["word", "libreoffice"],
)
def test_footnotes(cited, note):
    blocks = html.read(page(f"<p>Rà soát{cited} hồ sơ.</p>{note}</p><p>hai dòng</p></div><p>Hết</p>")).blocks
    assert [(b.text, b.kind) for b in blocks] == [
        ("Rà soát¹ hồ sơ.", "paragraph"),
        ("¹ Chú thích", "footnote"),
        ("¹ hai dòng", "footnote"),
        ("Hết", "paragraph"),
    ]


# --- tables --------------------------------------------------------------------------------------


def test_spans_make_the_rows_of_a_grid():
    body = (
        "<table><caption>Bảng 1</caption><tfoot><tr><td colspan=3>Cộng</tfoot>"
        "<thead><tr><th>STT<th>Nhiệm vụ<th>Chủ trì</thead>"
        "<tr><td>1<td>Rà soát<td rowspan=2>Sở Y tế<tr><td>2<td>Báo cáo</table>"
    )
    blocks = html.read(page(body)).blocks
    assert [shown(b) for b in blocks] == [
        "Bảng 1",
        "STT | Nhiệm vụ | Chủ trì",
        "1 | Rà soát | Sở Y tế",
        "2 | Báo cáo | ^",
        "Cộng",
    ]
    assert blocks[3].cells[2] == RawCell("", 2, 1, merged=True)
    assert blocks[4].cells == (RawCell("Cộng", 0, 3),)
    assert {b.table for b in blocks[1:]} == {0}


def test_a_cell_holds_paragraphs_lists_and_tables_on_lines():
    inner = "<table><tr><td>x<td>y<tr><td>z<td>t</table>"
    body = f"<table><tr><td><p>a</p><ol><li>b</ol>{inner}<td>c<tr><td>d<td>e</table>"
    assert texts(body) == ["a\n1. b\nx y\nz t | c", "d | e"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<table><tr><td>Số: 1/KH-UBND<td>Mộ Sen, ngày 2 tháng 3 năm 2026</table>",
         ["Số: 1/KH-UBND", "Mộ Sen, ngày 2 tháng 3 năm 2026"]),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", ["a", "b"]),
        (f"<table><tr><td>x<td>{HEAD}<p>I. A</p>{TAIL}<td>y<tr><td>p<td>q<td>r</table>",
         ["x", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "KẾ HOẠCH", "I. A", "Nơi nhận:", "- Lưu: VT.", "y",
          "p", "q", "r"]),
    ],
    ids=["letterhead", "frame", "portal"],
)  # fmt: skip
def test_layout_tables_are_no_rows(body, expected):
    blocks = html.read(page(body)).blocks
    assert [shown(b) for b in blocks] == expected
    assert {b.kind for b in blocks} == {"paragraph"}


def test_text_outside_of_cells_is_not_lost():
    assert texts("<table>lạc<p>đoạn<tr><td>a<td>b<li>c</table>") == ["lạc", "đoạn", "a | b\n- c"]
    assert texts("<table><td>a<td>b</table>") == ["a | b"]


# --- what is not text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">ẩn</p>',
        "<p hidden>ẩn</p>",
        '<span style="visibility: hidden">ẩn</span>',
        '<span style="font-size:0pt">ẩn</span>',
        "<p style='mso-hide:all'>ẩn</p>",
        "<dialog>ẩn</dialog>",
        '<p class="an">ẩn</p>',
        '<p id="x">ẩn</p>',
        "<table><tr style='display:none'><td>ẩn</table>",
    ],
)
def test_hidden_text_is_left_out(hidden):
    rules = "/* x */ .an, #x { display : none !important } @media print {p{display:none}}"
    head = f'<meta charset="utf-8"><style>{rules}</style>'
    content = html.read(page(f"<p>hiện</p>{hidden}", head))
    assert [shown(b) for b in content.blocks] == ["hiện"]
    assert [n.code for n in content.notices] == ["W_HIDDEN_TEXT"]


def test_what_shows_again_in_hidden_text_is_read():
    shows = "<p style='visibility:visible;font-size:12pt'>hiện</p>"
    body = f"<div style='visibility:hidden;font-size:0'>{shows}</div>"
    assert texts(body) == ["hiện"]
    assert codes(page(body)) == []


@pytest.mark.parametrize(
    "silent",
    [
        "<script>var x = '<p>ẩn</p>'</script>",
        "<style>p{}</style>",
        "<template><p>ẩn</p></template>",
        "<noscript>ẩn</noscript>",
        "<!-- ẩn --><!--[if gte mso 9]><p>ẩn</p><![endif]-->",
        "<textarea>ẩn</textarea>",
        '<div title="header"><p>trang 2</p></div>',
        "<div style='mso-element:footer'><p>trang 2</p></div>",
        '<p onclick="alert(1)">hiện</p><a href="javascript:alert(1)"></a>',
    ],
)
def test_scripts_comments_and_page_heads_are_no_text(silent):
    content = html.read(page(f"{silent}<p>hiện</p>"))
    assert {b.text for b in content.blocks} == {"hiện"}
    assert content.notices == ()


def test_deleted_text_is_left_out_and_said():
    assert texts("<p>một<del> hai</del><ins> ba</ins></p>") == ["một ba"]
    assert codes(page("<p>một<del> hai</del></p>")) == ["W_TRACKED_CHANGES"]


def test_furniture_around_a_plan_is_left_out():
    body = (
        f"<header>Cổng thông tin</header><nav><ul>{MENU}</ul></nav><div class='breadcrumb'>Trang chủ</div>"
        f"<main><header><h1>Kế hoạch trồng cây</h1></header>{HEAD}<p>{DUTY}</p>"
        f"<aside><p>1. Sở Y tế chủ trì kiểm tra.</p></aside><footer>{TAIL}</footer></main>"
        f"<aside><ul>{MENU}</ul></aside><div id='main-footer'>{FOOT}</div>"
    )
    assert texts(body) == [
        "Kế hoạch trồng cây",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "KẾ HOẠCH",
        DUTY,
        "1. Sở Y tế chủ trì kiểm tra.",
        "Nơi nhận:",
        "- Lưu: VT.",
    ]
    assert codes(page(body)) == ["W_PAGE_FURNITURE"]


def test_without_a_plan_nothing_is_taken_for_furniture():
    assert texts(f"<nav>Mục lục</nav><p>{DUTY}</p><footer>Hết</footer>") == ["Mục lục", DUTY, "Hết"]
    assert codes(page(f"<nav>Mục lục</nav><p>{DUTY}</p>")) == []


def test_a_preamble_of_links_is_no_menu():
    laws = "".join(
        f'<p>Căn cứ <a href="/luat-{n}">Luật số {n}/2025/QH15 về cây xanh</a>;</p>' for n in range(1, 7)
    )
    assert len(texts(f"{HEAD}<div>{laws}</div>{TAIL}")) == 10
