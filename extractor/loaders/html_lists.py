"""The labels of list items that a browser computes and no text of the page holds (HTML 4.4.5 to 4.4.8)."""

from __future__ import annotations

import re

from extractor.loaders.docx_numbering import format_number
from extractor.loaders.html_css import Style
from extractor.loaders.html_tree import Node, names

_FORMS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
}
_BULLETS = names("disc circle square")
_WHOLE = re.compile(r"\s*(-?\d{1,6})")


class ItemList:
    """An ``ol``, ``ul``, ``menu`` or ``dir`` that is being read: ask for every item once, in order.

    ``above``: the label of the item that it stands in; decimal numbers in decimal numbers are read with
    those above them ("2.1."), as their indent shows them to belong.
    """

    def __init__(self, node: Node, style: Style, above: str = "") -> None:
        self._form = _form(node, style) or ("decimal" if node.tag == "ol" else "bullet")
        self._step = -1 if "reversed" in node.attrs else 1
        items = sum(isinstance(child, Node) and child.tag == "li" for child in node.children)
        self._next = _whole(node, "start", items if self._step < 0 else 1)
        self._prefix = above if re.fullmatch(r"(?:\d{1,4}\.){1,8}", above) else ""

    def label(self, item: Node, style: Style) -> str:
        """The item's label ("1.", "a)", "I.", "-"; empty where it shows none)."""
        number = _whole(item, "value", self._next)
        self._next = number + self._step
        form = _form(item, style) or self._form
        if form in ("none", "bullet"):
            return "-" if form == "bullet" else ""
        shown = format_number(number, form)
        if form == "lowerLetter":
            return f"{shown})"
        return f"{self._prefix if form == 'decimal' else ''}{shown}."


def _form(node: Node, style: Style) -> str:
    """What the element itself says of its items' labels, "" where nothing."""
    for word in (*style.marker.split(), (node.attrs.get("type") or "").strip()):
        if word == "none":
            return "none"
        if word.lower() in _BULLETS:
            return "bullet"
        if word in _FORMS:
            return _FORMS[word]
    return ""


def _whole(node: Node, name: str, default: int) -> int:
    match = _WHOLE.match(node.attrs.get(name) or "")
    return int(match[1]) if match else default
