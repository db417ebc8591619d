"""Writers of web pages for the tests: as Word, as a portal, and what stands around a plan there."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from extractor.document import RawBlock
from extractor.loaders.html import read

MENU = "".join(
    f'<li><a href="/muc-{number}">{name}</a></li>'
    for number, name in enumerate(["Trang chủ", "Giới thiệu", "Tin tức", "QUY HOẠCH - KẾ HOẠCH", "Liên hệ"])
)
FOOT = "Cổng thông tin điện tử tỉnh Bình Lục. Giấy phép số 12 của Sở Thông tin. Điện thoại 0200 123 456"


def page(body: str, head: str = '<meta charset="utf-8">') -> bytes:
    return f"<!DOCTYPE html><html><head>{head}<title>Trang</title></head><body>{body}</body></html>".encode()


def texts(body: str) -> list[str]:
    """The blocks of a page as a reader sees them; a row's cells are parted by bars."""
    return [shown(block) for block in read(page(body)).blocks]


def shown(block: RawBlock) -> str:
    return block.text or " | ".join("^" if cell.merged else cell.text for cell in block.cells)


def codes(data: bytes) -> list[str]:
    return [notice.code for notice in read(data).notices]


def portal(blocks: Sequence[RawBlock], between: str) -> bytes:
    """A plan as portals show it: in one cell of the page's table, paragraphs parted by ``between``."""
    inner = between.join(
        _table(group) if group[0].kind == "row" else _escaped(group[0].text) for group in _groups(blocks)
    )
    body = (
        f'<header><a href="/">ỦY BAN NHÂN DÂN TỈNH BÌNH LỤC</a></header><nav><ul>{MENU}</ul></nav>'
        f'<table width="100%"><tr><td class="left"><ul>{MENU}</ul></td>'
        f'<td><h1>Văn bản chỉ đạo</h1><div class="content">{inner}</div></td></tr></table>'
        f"<footer><p>{FOOT}</p></footer>"
    )
    return page(body)


def word(blocks: Iterable[RawBlock]) -> bytes:
    """A plan as Word exports it: windows-1252 with numeric references, paragraphs of class MsoNormal."""
    head = (
        '<meta http-equiv=Content-Type content="text/html; charset=windows-1252">'
        "<style><!-- p.MsoNormal {margin:0in;\n\tfont-size:14.0pt;} /* Page */"
        " @page Section1 {size:595.3pt} --></style>"
        "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml><![endif]-->"
    )
    body = "".join(
        _table(group)
        if group[0].kind == "row"
        else f"<p class=MsoNormal><span lang=VI>{_wrapped(group[0].text)}<o:p></o:p></span></p>\n"
        for group in _groups(blocks)
    )
    text = page(f"<div class=Section1>{body}</div>", head).decode()
    return text.encode("cp1252", "xmlcharrefreplace")


def _groups(blocks: Iterable[RawBlock]) -> list[list[RawBlock]]:
    groups: list[list[RawBlock]] = []
    for block in blocks:
        if groups and block.table is not None and groups[-1][0].table == block.table:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _table(rows: Sequence[RawBlock]) -> str:
    lines = []
    for number, row in enumerate(rows):
        cells = ""
        for cell in row.cells:
            if cell.merged:
                continue
            below = 1
            for other in rows[number + 1 :]:
                if not any(c.merged and c.column == cell.column for c in other.cells):
                    break
                below += 1
            span = f' rowspan="{below}"' * (below > 1) + f' colspan="{cell.columns}"' * (cell.columns > 1)
            cells += f"<td{span}>{_escaped(cell.text)}</td>"
        lines.append(f"<tr>{cells}</tr>")
    return f"<table border=1>{''.join(lines)}</table>"


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _wrapped(text: str) -> str:
    """Word breaks the source's lines where it likes."""
    words = html.escape(text).split(" ")
    return "".join(word + ("\n" if number % 9 == 8 else " ") for number, word in enumerate(words)).strip()
