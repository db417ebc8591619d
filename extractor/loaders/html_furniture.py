"""What a portal puts around a plan: menus, the site's own head and foot, lists of other pages.

Nothing is left out unless a plan is plainly to be seen in what remains; what could be part of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from extractor.characters import composed
from extractor.loaders.html_tree import Node, names

_TAGS = names("nav aside footer menu")
_ROLES = names("navigation banner contentinfo complementary search menu menubar")
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|submenu|mainmenu|topmenu|sidebar|breadcrumbs?|footer|copyright|social"
    r"|share|sharing|related|pagination|pager|topbar|toolbar)(?:$|[\s_-])",
    re.I,
)
_OF_A_PLAN = names("article main")
_LISTS = names("ul ol div td table section dl p")
_LINKED, _LINKS = 0.8, 5
_DEEPEST = 20

_STATE = r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM"
_TITLE = (
    r"^\s*(?:KẾ\s+HOẠCH|CHƯƠNG\s+TRÌNH|ĐỀ\s+ÁN|PHƯƠNG\s+ÁN|QUYẾT\s+ĐỊNH|THÔNG\s+BÁO|CHỈ\s+THỊ|NGHỊ\s+QUYẾT)\b"
    r"|Số\s*:\s{0,9}\d{0,5}\s{0,9}[/-]\s?[A-ZĐ]{2}"
)
LANDMARKS = tuple(re.compile(each, re.M) for each in (_STATE, _TITLE, r"Nơi\s+nhận\s*:"))
_SURE = re.compile(
    rf"{_STATE}|Nơi\s+nhận|Căn\s+cứ\s|Số\s*:\s{{0,9}}\d{{0,5}}\s{{0,9}}[/-]\s?[A-ZĐ]{{2}}|\b(?:TM|KT|TL|TUQ)\.\s?[A-ZĐỦ]{{2}}"
)
_LIKELY = re.compile(
    r"KẾ\s+HOẠCH|PHỤ\s+LỤC|chủ\s+trì|phối\s+hợp|hoàn\s+thành|trước\s+ngày|^\s*(?:[IVX]{1,5}|\d{1,2})[.)]\s+\w",
    re.M,
)


@dataclass(slots=True)
class _Size:
    """How many characters stand in an element, how many of them in links, and how many links."""

    text: int = 0
    linked: int = 0
    links: int = 0

    @property
    def share(self) -> float:
        return self.linked / self.text if self.text else 0.0


def furniture(root: Node, silent: Collection[str]) -> list[Node]:
    """The elements that belong to the site and not to the plan; none where no plan can be told.

    ``silent``: the tags whose text is never read.
    """
    sizes = _sizes(root, silent)
    found = list(_candidates(root, sizes, silent))
    if not found:
        return []
    apart = {id(node) for node in found}
    rest = text_of(root, silent, apart)
    return found if sum(bool(mark.search(rest)) for mark in LANDMARKS) > 1 else []


def text_of(root: Node, silent: Collection[str], apart: Collection[int] = ()) -> str:
    """The text of an element, each part of it on lines of its own, without what is ``apart`` or silent."""
    parts: list[str] = []
    stack: list[Node | str] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item.tag not in silent and id(item) not in apart:
            parts.append("\n" if item.tag in _BREAKING else "")
            stack += reversed(item.children)
    return composed("".join(parts))


_BREAKING = names("p div br td th tr li h1 h2 h3 h4 h5 h6 table section header footer nav aside")


def _sizes(root: Node, silent: Collection[str]) -> dict[int, _Size]:
    sizes: dict[int, _Size] = {}
    for node in reversed(list(root.nodes())):
        size = sizes[id(node)] = _Size()
        if node.tag in silent:
            continue
        for child in node.children:
            if isinstance(child, str):
                size.text += len(child.strip())
            else:
                inner = sizes[id(child)]
                size.text += inner.text
                size.linked += inner.linked
                size.links += inner.links
        if node.tag == "a" and node.attrs.get("href"):
            size.linked, size.links = size.text, 1
    return sizes


def _candidates(root: Node, sizes: dict[int, _Size], silent: Collection[str]) -> Iterator[Node]:
    """The outermost elements that look like furniture and hold nothing of a plan."""
    stack = [(root, False, 0)]
    while stack:
        node, inside, tried = stack.pop()
        size = sizes[id(node)]
        if not size.text or node.tag in silent:
            continue
        if tried < _DEEPEST and _looks_so(node, size, inside):
            tried += 1
            if not _holds_plan(text_of(node, silent), size):
                yield node
                continue
        inside = inside or node.tag in _OF_A_PLAN
        stack += [(child, inside, tried) for child in node.children if isinstance(child, Node)]


def _looks_so(node: Node, size: _Size, inside: bool) -> bool:
    if node.tag in _TAGS or (node.tag == "header" and not inside):
        return True
    if (node.attrs.get("role") or "").lower() in _ROLES:
        return True
    if node.tag in _LISTS and size.links >= _LINKS and size.share >= _LINKED:
        return True
    names = f"{node.attrs.get('class') or ''} {node.attrs.get('id') or ''}"
    return node.tag not in ("html", "body") and bool(_NAMES.search(names[:500]))


def _holds_plan(text: str, size: _Size) -> bool:
    return bool(_SURE.search(text)) or (size.share < 0.5 and bool(_LIKELY.search(text)))
