"""How an element looks: the few properties of CSS 2.2 and HTML attributes that bear on a plan's text.

Style sheets are read for simple selectors (``p``, ``.name``, ``p.name``, ``#id``) outside of media rules;
what is not understood says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from extractor.loaders.html_tree import Node, names

Declarations = Mapping[str, str]

_PROPERTIES = names(
    "display visibility opacity font-weight text-align font-family font-size font white-space mso-hide"
    " mso-list mso-element list-style-type list-style text-transform page-break-before"
)
_SELECTOR = re.compile(r"([a-z][\w:-]*)?(?:([.#])([\w-]+))?", re.I)
_ZERO = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%|cm|mm|in)?")
_SIZED = re.compile(r"(?:^|\s)(0(?:\.0+)?|[\d.]*\d)(?:px|pt|em|rem|%|cm|mm|in)(?:/[\w.%]+)?\s+(.+)")
_BOLD = re.compile(r"\b(?:bold|bolder|[6-9]00)\b")
_BOLD_TAGS = names("b strong h1 h2 h3 h4 h5 h6 th")
_ALIGNED = names("p div h1 h2 h3 h4 h5 h6 td th tr tbody thead tfoot")
_PREFORMATTED = names("pre listing xmp")
_LOOKS = ("style", "class", "align", "face", "hidden", "open")  # the attributes that bear on a look


@dataclass(frozen=True, slots=True)
class Style:
    """What an element's text looks like. ``gone``: the element is not shown, whatever stands in it;
    ``hidden``: its text is not, though an element in it may be; ``lines``: line ends in the source count.
    """

    bold: bool = False
    centered: bool = False
    font: str = ""
    upper: bool = False
    lines: bool = False
    invisible: bool = False
    tiny: bool = False
    gone: bool = False
    display: str = ""
    marker: str = ""
    new_page: bool = False
    word: str = ""

    @property
    def hidden(self) -> bool:
        """Whether text of this look is not to be seen."""
        return self.gone or self.invisible or self.tiny


class Stylesheet:
    """The rules of a page's own style sheets, and the looks that come of them."""

    def __init__(self, sheets: Iterable[str]) -> None:
        self._rules: dict[tuple[str, str, str], dict[str, str]] = {}
        self._by_id = False
        self._known: dict[tuple[object, ...], Style] = {}
        for selectors, body in (rule for sheet in sheets for rule in _rules(sheet)):
            stated = declarations(body)
            for selector in selectors.split(",") if stated else ():
                match = _SELECTOR.fullmatch(selector.strip())
                if match and (match[1] or match[3]):
                    key = ((match[1] or "").lower(), match[2] or "", match[3] or "")
                    self._by_id |= match[2] == "#"
                    self._rules.setdefault(key, {}).update(stated)

    def style(self, node: Node, parent: Style) -> Style:
        """The look of an element in one of the look ``parent``: inherited, by tag, by sheet, its own."""
        named = "id" if self._by_id else ""
        key = (parent, node.tag, *(node.attrs.get(name) for name in (*_LOOKS, named)))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._new_style(node, parent)
        return found

    def _new_style(self, node: Node, parent: Style) -> Style:
        inherited = replace(parent, gone=False, display="", marker="", new_page=False, word="")
        return _declared(_by_tag(node, inherited), self._stated(node))

    def _stated(self, node: Node) -> Declarations:
        own = declarations(node.attrs.get("style") or "")
        if not self._rules:
            return own
        found: dict[str, str] = {}
        for key in _keys(node):
            found |= self._rules.get(key, {})
        return found | dict(own)


def _keys(node: Node) -> Iterator[tuple[str, str, str]]:
    """The selectors that an element answers to, the weakest first."""
    classes = (node.attrs.get("class") or "").split()
    name = node.attrs.get("id") or ""
    yield node.tag, "", ""
    for tag in ("", node.tag):
        yield from ((tag, ".", each) for each in classes)
    for tag in ("", node.tag) if name else ():
        yield tag, "#", name


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of a sheet; those in media and other at-rules are passed over."""
    first, *others = sheet.replace("<!--", " ").replace("-->", " ").split("/*")
    plain = first + "".join(other.partition("*/")[2] for other in others)
    inside = False
    for chunk in plain.split("}"):
        head, _, body = chunk.rpartition("{")
        if "{" in head:
            inside = True
        elif not chunk.strip():
            inside = False
        elif not inside and "@" not in head:
            yield head, body


def declarations(body: str) -> Declarations:
    """The properties that matter of "name: value; …", in small letters but for the fonts."""
    found: dict[str, str] = {}
    for part in body.split(";"):
        name, _, value = part.partition(":")
        name = name.strip().lower()
        if name in _PROPERTIES:
            value = value.replace("!important", "").strip()
            found[name] = value if name in ("font", "font-family") else value.lower()
    return found


def _by_tag(node: Node, style: Style) -> Style:
    attrs, tag = node.attrs, node.tag
    if tag in ("table", "th", "center"):
        style = replace(style, centered=tag != "table")
    if tag in _ALIGNED and attrs.get("align"):
        style = replace(style, centered=(attrs["align"] or "").lower() in ("center", "middle"))
    if tag == "font" and attrs.get("face"):
        style = replace(style, font=_family(attrs["face"]))
    if tag in _PREFORMATTED:
        style = replace(style, lines=True)
    shut = tag == "dialog" and "open" not in attrs
    return replace(style, bold=style.bold or tag in _BOLD_TAGS, gone="hidden" in attrs or shut)


def _declared(style: Style, stated: Declarations) -> Style:
    if not stated:
        return style
    style = _font(style, stated)
    display, opacity = stated.get("display", ""), stated.get("opacity", "")
    list_style = stated.get("list-style-type") or stated.get("list-style", "")
    return replace(
        style,
        centered=stated["text-align"] == "center" if "text-align" in stated else style.centered,
        upper=stated["text-transform"] == "uppercase" if "text-transform" in stated else style.upper,
        lines=stated["white-space"].startswith("pre") if "white-space" in stated else style.lines,
        invisible=stated["visibility"] in ("hidden", "collapse")
        if "visibility" in stated
        else style.invisible,
        gone=style.gone
        or display == "none"
        or stated.get("mso-hide") == "all"
        or bool(_ZERO.fullmatch(opacity)),
        display=display,
        marker=list_style,
        new_page=stated.get("page-break-before") == "always",
        word=stated.get("mso-element") or stated.get("mso-list", ""),
    )


def _font(style: Style, stated: Declarations) -> Style:
    weight, family, size = (stated.get(f"font-{name}", "") for name in ("weight", "family", "size"))
    short = stated.get("font", "")
    sized = _SIZED.search(short)
    if sized:
        size, family = size or sized[1], family or sized[2]
        weight = weight or ("bold" if _BOLD.search(short[: sized.start()].lower()) else "")
    if weight:
        style = replace(style, bold=bool(_BOLD.search(weight)))
    if family:
        style = replace(style, font=_family(family))
    return replace(style, tiny=bool(_ZERO.fullmatch(size))) if size else style


def _family(names: str) -> str:
    return names.split(",")[0].strip(" \t\r\n\"'")
