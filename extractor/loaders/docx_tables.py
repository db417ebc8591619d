"""Which tables only lay out a page: the letterhead, the signature block, a frame around the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MAX_ROWS = 4
_STATE = r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM"
_CAPACITY = (
    r"(?:TM|KT|TL|TUQ|T/M|K/T|T/L)\s?[./]\s{0,3}[A-ZĐỦÂÊÔƠƯ]{2}|TM\s+(?:ỦY|UỶ|HỘI|BAN|ĐẢNG)\b"
    r"|Q\.\s{0,3}(?:CHỦ|GIÁM|BÍ|CHÁNH|TRƯỞNG)"
)
_LETTERHEAD = re.compile(rf"^(?:{_STATE}|Nơi\s+nhận[ ]*[:\n]|Kính\s+gửi\s*:|{_CAPACITY})", re.M)
_NUMBER = re.compile(r"^Số\s*:", re.M)
_PLACE_AND_DAY = re.compile(r"^[^,\n]{2,40},\s*ngày\b[^\n]{0,20}\btháng\b", re.M)
_OFFICE = re.compile(
    r"(?:Q\.\s*|QUYỀN\s+|PHÓ\s+|TỔNG\s+|CHI\s+)*(?:CHỦ\s+(?:TỊCH|NHIỆM)|BÍ\s+THƯ|GIÁM\s+ĐỐC|CHÁNH\s+(?:VĂN|THANH|ÁN)"
    r"|THỦ\s+(?:TƯỚNG|TRƯỞNG)|(?:BỘ|THỨ|CỤC|VỤ|VIỆN|HIỆU|ĐỘI|ĐỒN|TRẠM)\s+TRƯỞNG|TRƯỞNG\s+(?:BAN|PHÒNG|ĐOÀN|CÔNG)"
    r"|CHỈ\s+HUY|KẾ\s+TOÁN\s+TRƯỞNG|NGƯỜI\s+(?:LẬP|KÝ|SOẠN))\b"
)


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table (its cells' texts, paragraphs on lines) is layout and not data.

    That is: one column alone; or at most four rows of two columns with a letterhead's or a signature's
    words (Nghị định 30/2020/NĐ-CP, annex I). Three columns of signatures are layout too; columns
    and rows without any text do not count.
    """
    texts = [[_clean(text) for text in row] for row in rows]
    filled = [[text for text in row if text] for row in texts if any(row)]
    if rows and all(len(row) == 1 for row in rows):
        return True
    if not filled or len(filled) > _MAX_ROWS:
        return False
    columns = sum(any(column) for column in _columns(texts))
    if columns == 3:
        return len(filled[0]) > 1 and all(_signs(text) for text in filled[0])
    return columns <= 2 and (any(_speaks(row) for row in filled) or any(_is_office(t) for t in filled[0]))


def speaks(row: Sequence[str]) -> bool:
    """Whether a row's texts are those of a letterhead or a signature block, and of no task."""
    texts = [text for text in map(_clean, row) if text]
    return _speaks(texts) or (bool(texts) and all(_is_office(text) for text in texts))


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _columns(texts: list[list[str]]) -> list[list[str]]:
    width = max(len(row) for row in texts)
    return [[row[i] for row in texts if i < len(row)] for i in range(width)]


def _speaks(row: list[str]) -> bool:
    numbered = any(_NUMBER.search(text) for text in row) and any(_PLACE_AND_DAY.search(text) for text in row)
    return numbered or any(_LETTERHEAD.search(text) for text in row)


def _signs(text: str) -> bool:
    return bool(_LETTERHEAD.search(text)) or _is_office(text)


def _is_office(text: str) -> bool:
    """A signer's office alone on the first line, in capitals ("PHÓ CHỦ TỊCH")."""
    first = text.split("\n", 1)[0]
    return first.isupper() and bool(_OFFICE.match(first))
