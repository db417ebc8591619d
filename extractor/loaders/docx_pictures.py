"""Pages that were pasted into Word as pictures: their text, where it can be recognised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from extractor.document import Content, Notice, Progress, RawBlock, silent
from extractor.errors import UnreadableError
from extractor.loaders.docx_embedded import moved
from extractor.loaders.docx_package import Package
from extractor.loaders.kinds import IMAGE, kind_of

MAX_PICTURES = 60
"""Pictures of one file that are given to text recognition."""

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LINKS = (_R + "embed", _R + "id")
_UNREAD = "they need text recognition (OCR), which did not read them"


@dataclass(slots=True)
class Pictures:
    """The pictures of one file whose text was asked for; each part is read once.

    ``seen``: how many there were; ``confidences``: of those that gave text; ``notices``: theirs.
    """

    package: Package
    progress: Progress = silent
    seen: dict[str, None] = field(default_factory=dict)
    confidences: list[float] = field(default_factory=list)
    notices: dict[Notice, None] = field(default_factory=dict)
    read: int = 0

    def blocks(self, drawings: Iterable[_Element], first_table: int) -> list[RawBlock]:
        """The text in these drawings' pictures; its tables are counted from ``first_table`` on."""
        blocks: list[RawBlock] = []
        for key in [key for drawing in drawings for key in _keys(drawing) if key not in self.seen]:
            self.seen[key] = None
            content = self._content(key) if len(self.seen) <= MAX_PICTURES else None
            if content is not None and content.blocks:
                used = 1 + max((b.table for b in blocks if b.table is not None), default=first_table - 1)
                found = [moved(block, used) for block in content.blocks]
                blocks += [replace(found[0], gap=True), *found[1:]]
                self._note(content)
        return blocks

    def notice(self) -> Notice | None:
        """What became of the pictures; None where there were none."""
        if not self.seen:
            return None
        many = f"pictures as large as a page, or in the place of text: {len(self.seen)}"
        read = f"read by text recognition (OCR): {self.read}"
        return Notice("W_NEEDS_OCR", f"{many}; {read if self.read else _UNREAD}")

    @property
    def confidence(self) -> float | None:
        """The mean over the pictures that gave text, 0..1."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else None

    def _note(self, content: Content) -> None:
        self.read += 1
        self.notices.update(dict.fromkeys(n for n in content.notices if n.code != "W_NEEDS_OCR"))
        if content.ocr_confidence is not None:
            self.confidences.append(content.ocr_confidence)

    def _content(self, key: str) -> Content | None:
        from extractor.loaders import image  # loads the recogniser: only where there is a picture to read

        try:
            data = self.package.target(key)
            if data is None or kind_of(data) is not IMAGE:
                return None
            self.progress(f"picture {len(self.seen)}: OCR")
            return image.read(data, self.progress)
        except UnreadableError:
            return None


def _keys(drawing: _Element) -> Iterator[str]:
    """The relationship ids of a drawing's pictures; one that names none is "" and cannot be read."""
    found = False
    for picture in drawing.iter("{*}blip", "{*}imagedata"):
        found = True
        yield next((key for name in _LINKS if (key := picture.get(name))), "")
    if not found:
        yield ""
