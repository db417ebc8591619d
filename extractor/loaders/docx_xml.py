"""WordprocessingML (ECMA-376): its names, its attribute values and a walk that keeps the order."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
MATH_RUN = "{http://schemas.openxmlformats.org/officeDocument/2006/math}r"

_ALTERNATE, _CHOICE, _FALLBACK = _MC + "AlternateContent", _MC + "Choice", _MC + "Fallback"
_PROPERTIES = "pPr rPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr sectPr"
_NOT_SHOWN = "del moveFrom delText instrText delInstrText rt"
CLOSED = frozenset(W + name for name in f"{_PROPERTIES} {_NOT_SHOWN}".split())


def names(spaced: str) -> frozenset[str]:
    """The qualified names of WordprocessingML elements, given as "p tbl"."""
    return frozenset(W + name for name in spaced.split())


def walk(root: _Element, wanted: frozenset[str]) -> Iterator[_Element]:
    """The wanted elements under ``root`` in reading order, without entering them.

    Wrappers (content controls, links, insertions …) are looked through; properties and deleted text
    are not. Of alternate content the first choice is taken, so a text box stored twice comes once.
    """
    stack: list[Iterator[_Element]] = [iter(root)]
    while stack:
        for node in stack[-1]:
            if node.tag in wanted:
                yield node
            elif node.tag not in CLOSED:
                stack.append(iter(_alternative(node)))
                break
        else:
            stack.pop()


def _alternative(node: _Element) -> list[_Element] | _Element:
    if node.tag != _ALTERNATE:
        return node
    choice = node.find(_CHOICE)
    choice = node.find(_FALLBACK) if choice is None else choice
    return [] if choice is None else choice


def child(node: _Element | None, *path: str) -> _Element | None:
    """The element at the end of a path of child names, or None."""
    for name in path:
        node = None if node is None else node.find(W + name)
    return node


def value(node: _Element | None, *path: str) -> str | None:
    """The ``w:val`` of the element at the end of a path, or None."""
    found = child(node, *path)
    return None if found is None else found.get(W + "val")


def is_on(node: _Element) -> bool:
    """What a toggle such as ``w:b`` says: on, unless its value denies it."""
    return node.get(W + "val", "true").lower() not in ("0", "false", "off", "none")


def integer(text: str | None, default: int) -> int:
    """A whole number, or the default where the file holds anything else."""
    try:
        return int(text or "")
    except ValueError:
        return default
