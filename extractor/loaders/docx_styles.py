"""What a paragraph or a run looks like: its own properties, its styles', the document's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lxml.etree import _Element

from extractor.loaders.docx_xml import W, child, is_on, value


class Styles:
    """The styles of a document. The nearest statement wins: own, style, its ancestors, defaults."""

    def __init__(self, root: _Element | None) -> None:
        found = [] if root is None else root.findall(W + "style")
        self._styles = {style.get(W + "styleId", ""): style for style in found}
        self._default = next((key for key, style in self._styles.items() if _is_default(style)), "")
        self._defaults = child(root, "docDefaults")
        self._inherited = cache(self._find_inherited)
        self._inherited_font = cache(self._find_inherited_font)

    def style_of(self, paragraph: _Element) -> str:
        """The id of a paragraph's style; the default style's where it names none."""
        return value(paragraph, "pPr", "pStyle") or self._default

    def chain(self, style: str) -> list[_Element]:
        """A style and its ancestors, nearest first; a circle ends where it closes."""
        seen: dict[str, _Element] = {}
        while style in self._styles and style not in seen:
            seen[style] = self._styles[style]
            style = value(seen[style], "basedOn") or ""
        return list(seen.values())

    def centered(self, paragraph: _Element) -> bool:
        """Whether a paragraph is set in the middle of the line."""
        own = child(paragraph, "pPr", "jc")
        found = self._inherited(self.style_of(paragraph), "pPr", "jc") if own is None else own
        return found is not None and found.get(W + "val") == "center"

    def on(self, run: _Element, paragraph_style: str, name: str) -> bool:
        """Whether a toggle (``b``, ``vanish``) is on for a run."""
        own = next(self._own(run, name), None)
        found = self._inherited(paragraph_style, "rPr", name) if own is None else own
        return found is not None and is_on(found)

    def font(self, run: _Element, paragraph_style: str) -> str:
        """The font of a run's Vietnamese letters; "" where only the theme or nothing names one."""
        own = (font for each in self._own(run, "rFonts") if (font := _font(each)) is not None)
        found = next(own, None)
        return self._inherited_font(paragraph_style) if found is None else found

    def _own(self, run: _Element, name: str) -> Iterator[_Element]:
        """What the run itself says, then its character style and that style's ancestors."""
        style = value(run, "rPr", "rStyle")
        for holder in [run, *(self.chain(style) if style else ())]:
            found = child(holder, "rPr", name)
            if found is not None:
                yield found

    def _find_inherited(self, style: str, group: str, name: str) -> _Element | None:
        return next(self._all_inherited(style, group, name), None)

    def _find_inherited_font(self, style: str) -> str:
        fonts = (_font(each) for each in self._all_inherited(style, "rPr", "rFonts"))
        return next((font for font in fonts if font is not None), "")

    def _all_inherited(self, style: str, group: str, name: str) -> Iterator[_Element]:
        for ancestor in self.chain(style):
            found = child(ancestor, group, name)
            if found is not None:
                yield found
        found = child(self._defaults, f"{group}Default", group, name)
        if found is not None:
            yield found


def _is_default(style: _Element) -> bool:
    return style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on")


def _font(fonts: _Element) -> str | None:
    """The font that a w:rFonts names for letters beyond ASCII, None where it is silent on them."""
    if fonts.get(W + "hAnsiTheme"):
        return ""
    return fonts.get(W + "hAnsi") or fonts.get(W + "ascii")
