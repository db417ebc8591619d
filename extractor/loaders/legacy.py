"""Vietnamese from before Unicode: TCVN3 (.VnTime), VNI (VNI-Times) and VIQR, to Unicode (NFC).

TCVN3 (TCVN 5712:1993, VN3) and VNI-Windows draw Vietnamese letters at the codes of Latin-1, so their text
is given here as Latin-1 characters. VIQR (RFC 1456) writes marks as ASCII signs behind their letter.
"""

from __future__ import annotations

import re
import unicodedata

_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
)
_VNI_LETTERS = str.maketrans("ôöæóòîñÔÖÆÓÒÎÑ", "ơưỉĩịỵđƠƯỈĨỊỴĐ")
_BREVE, _HAT, _HORN = "\u0306", "\u0302", "\u031b"
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_VNI_MARKS = {
    **dict(zip("ùøûõï", _TONES[1:], strict=True)),
    **dict(zip("êéèúüë", (_BREVE + tone for tone in _TONES), strict=True)),
    **dict(zip("âáàåãä", (_HAT + tone for tone in _TONES), strict=True)),
}
_VNI = re.compile(r"([aeouyôöAEOUYÔÖ]?)([ùøûõïêéèúüëâáàåãäÙØÛÕÏÊÉÈÚÜËÂÁÀÅÃÄ])|[ôöæóòîñÔÖÆÓÒÎÑ]")
_VIQR_SHAPES = {"^": (_HAT, "aeo"), "(": (_BREVE, "a"), "+": (_HORN, "ou"), "*": (_HORN, "ou")}
_SHAPES = {_BREVE, _HAT, _HORN}
_VIQR_TONES = dict(zip("'`?~.", _TONES[1:], strict=True))
_VIQR_NUMBER = re.compile(r"(?:[IVX]{1,5}|[A-Za-z])\.")  # at the head of a line: a heading's, no dotted vowel
_VIQR_WORD = re.compile(r"[A-Za-z][A-Za-z^(+*'`?~.\\]+")
_WORD = re.compile(r"[^\W\d_]+")
_PHRASE = re.compile(r"[^\W\d_]+(?: +[^\W\d_]+)*")
_INNER = re.compile(r"(?<=\S)\S")


def is_legacy(font: str) -> bool:
    """Whether a font draws Vietnamese letters at codes of its own."""
    return font.lower().startswith((".vn", "vni-"))


def decode(text: str, font: str) -> str:
    """Unicode (NFC) for text in a legacy font; TCVN3's capital fonts end in "H" (.VnTimeH).

    >>> decode("§éc lËp - Tù do", ".VnTime"), decode("Ñoäc laäp", "VNI-Times")
    ('Độc lập - Tự do', 'Độc lập')
    """
    if font.lower().startswith("vni-"):
        return from_vni(text)
    return text.translate(_TCVN3).upper() if font.lower().endswith("h") else from_tcvn3(text)


def from_tcvn3(text: str) -> str:
    """Unicode for TCVN3; it has no accented capitals of its own: see :func:`_capitals`."""
    return _capitals(text, text.translate(_TCVN3))


def _capitals(text: str, decoded: str) -> str:
    """Accented capitals by their neighbours: "CéNG HßA X· HéI" is a phrase of them, "Sè" is not."""

    def restore(phrase: re.Match[str]) -> str:
        at = phrase.start()
        if not any(c.isascii() and c.isupper() for c in _INNER.findall(text, at, phrase.end())):
            return phrase[0]
        return _WORD.sub(lambda word: _raised(text[at + word.start() : at + word.end()], word[0]), phrase[0])

    return _PHRASE.sub(restore, decoded)


def _raised(stored: str, word: str) -> str:
    plain = "".join(c for c in stored if c.isascii())
    return word.upper() if plain.isupper() else word


def from_vni(text: str) -> str:
    """Unicode for VNI-Windows, where a letter's marks stand in a second byte behind it."""
    return unicodedata.normalize("NFC", _VNI.sub(_vni, text))


def _vni(match: re.Match[str]) -> str:
    base, mark = match[1] or "", match[2]
    if mark is None:
        return match[0].translate(_VNI_LETTERS)
    return base.translate(_VNI_LETTERS) + _VNI_MARKS[mark.lower()] if base else mark


def from_viqr(text: str) -> str:
    """Unicode for VIQR (RFC 1456): a backslash makes the sign behind it a plain one.

    >>> from_viqr("U?y ban nha^n da^n ddo^?i mo+'i.")
    'Ủy ban nhân dân đổi mới.'
    """
    return unicodedata.normalize("NFC", _VIQR_WORD.sub(_viqr_word, text))


def _viqr_word(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 1) : match.start()]
    if before in ("", "\n") and _VIQR_NUMBER.fullmatch(match[0]):
        return match[0]
    out: list[str] = []
    toned = escaped = False
    for char in match[0]:
        last = out[-1] if out else ""
        base = last[:1].lower()
        shape, vowels = _VIQR_SHAPES.get(char, ("", ""))
        if escaped or not base:
            out.append(char)
        elif shape and base in vowels and not _SHAPES.intersection(last):
            out[-1] += shape
        elif char in _VIQR_TONES and base in "aeiouy" and not toned:
            out[-1] += _VIQR_TONES[char]
            toned = True
        elif char in "dD" and last in ("d", "D"):
            out[-1] = "đ" if last == "d" else "Đ"
        elif char != "\\":
            toned = toned and char.isalpha()
            out.append(char)
        escaped = char == "\\" and not escaped
    return "".join(out)
