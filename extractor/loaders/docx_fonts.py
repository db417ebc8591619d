"""Text whose meaning hangs on its font: TCVN3 (.VnTime), VNI (VNI-Times), Symbol and Wingdings."""

from __future__ import annotations

import re
import unicodedata

_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
)
_VNI_LETTERS = str.maketrans("ôöæóòîñÔÖÆÓÒÎÑ", "ơưỉĩịỵđƠƯỈĨỊỴĐ")
_BREVE, _HAT, _TONES = "\u0306", "\u0302", ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_VNI_MARKS = {
    **dict(zip("ùøûõï", _TONES[1:], strict=True)),
    **dict(zip("êéèúüë", (_BREVE + tone for tone in _TONES), strict=True)),
    **dict(zip("âáàåãä", (_HAT + tone for tone in _TONES), strict=True)),
}
_VNI = re.compile(r"([aeouyôöAEOUYÔÖ]?)([ùøûõïêéèúüëâáàåãäÙØÛÕÏÊÉÈÚÜËÂÁÀÅÃÄ])|[ôöæóòîñÔÖÆÓÒÎÑ]")
_WORD = re.compile(r"[^\W\d_]+")
_PHRASE = re.compile(r"[^\W\d_]+(?: +[^\W\d_]+)*")
_INNER = re.compile(r"(?<=\S)\S")

_SYMBOL = {0x2B: "+", 0x2D: "-", 0xA3: "≤", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥",
           0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈"}  # fmt: skip
_WINGDINGS = {0x6C: "●", 0x6E: "■", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xFC: "✓", 0xFE: "☑"}


def is_legacy(font: str) -> bool:
    """Whether a font draws Vietnamese letters at codes of its own."""
    return font.lower().startswith((".vn", "vni-"))


def decode(text: str, font: str) -> str:
    """Unicode (NFC) for text in a legacy font; TCVN3's capital fonts end in "H" (.VnTimeH).

    >>> decode("§éc lËp - Tù do", ".VnTime"), decode("Ñoäc laäp", "VNI-Times")
    ('Độc lập - Tự do', 'Độc lập')
    """
    if font.lower().startswith("vni-"):
        return unicodedata.normalize("NFC", _VNI.sub(_vni, text))
    decoded = text.translate(_TCVN3)
    return decoded.upper() if font.lower().endswith("h") else _capitals(text, decoded)


def _vni(match: re.Match[str]) -> str:
    base, mark = match[1] or "", match[2]
    if mark is None:
        return match[0].translate(_VNI_LETTERS)
    return base.translate(_VNI_LETTERS) + _VNI_MARKS[mark.lower()] if base else mark


def _capitals(text: str, decoded: str) -> str:
    """TCVN3 has no accented capitals: "CéNG HßA X· HéI" is a phrase of them, "Sè" is not."""

    def restore(phrase: re.Match[str]) -> str:
        if not any(c.isascii() and c.isupper() for c in _INNER.findall(text[phrase.start() : phrase.end()])):
            return phrase[0]
        return _WORD.sub(lambda word: _raised(text[phrase.start() + word.start() :], word[0]), phrase[0])

    return _PHRASE.sub(restore, decoded)


def _raised(stored: str, word: str) -> str:
    plain = "".join(c for c in stored[: len(word)] if c.isascii())
    return word.upper() if plain.isupper() else word


def symbol(font: str, code: str) -> str:
    """The character of a ``w:sym``, given by its font and its code in hexadecimal; "" if unknown."""
    table = _WINGDINGS if font.lower().startswith("wingdings") else _SYMBOL if font == "Symbol" else {}
    return table.get(int(code, 16) & 0xFF, "") if re.fullmatch("[0-9A-Fa-f]{2,4}", code) else ""


def unmapped(text: str, font: str) -> str:
    """Text in a symbol font, whose letters Word keeps in the private area U+F000 to U+F0FF."""
    return re.sub("[\uf000-\uf0ff]", lambda match: symbol(font, f"{ord(match[0]):04x}") or match[0], text)
