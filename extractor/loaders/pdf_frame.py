"""Where things stand on a PDF page: quarter turns between the file's, the shown and the read page."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.document import BBox

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A page seen upright after ``quarter`` clockwise quarter turns.

    ``left bottom right top`` is the visible box in the file's own coordinates (y upwards); a frame's
    coordinates have their origin at the top left of what is seen (y downwards).
    """

    left: float
    bottom: float
    right: float
    top: float
    quarter: int = 0

    @property
    def width(self) -> float:
        """Width of the page as seen, in points."""
        return self.top - self.bottom if self.quarter % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Height of the page as seen, in points."""
        return self.right - self.left if self.quarter % 2 else self.top - self.bottom

    def turned(self, quarter: int) -> Frame:
        """The same page after another number of quarter turns."""
        return Frame(self.left, self.bottom, self.right, self.top, quarter % 4)

    def point(self, x: float, y: float) -> Point:
        """A point of the file, as seen."""
        if self.quarter == 0:
            return x - self.left, self.top - y
        if self.quarter == 1:
            return y - self.bottom, x - self.left
        if self.quarter == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def file_point(self, x: float, y: float) -> Point:
        """A point as seen, back in the file's coordinates."""
        if self.quarter == 0:
            return x + self.left, self.top - y
        if self.quarter == 1:
            return y + self.left, x + self.bottom
        if self.quarter == 2:
            return self.right - x, y + self.bottom
        return self.right - y, self.top - x

    def box(self, x0: float, y0: float, x1: float, y1: float) -> BBox:
        """A box of the file, as seen: ``(x0, top, x1, bottom)``."""
        return _ordered(self.point(x0, y0), self.point(x1, y1))

    def moved(self, box: BBox, to: Frame) -> BBox:
        """A box of this frame, in another frame of the same page."""
        if self.quarter == to.quarter:
            return box
        return to.box(*self.file_point(box[0], box[1]), *self.file_point(box[2], box[3]))


def _ordered(a: Point, b: Point) -> BBox:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def union(boxes: list[BBox]) -> BBox:
    """The smallest box around some boxes (at least one)."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def rounded(box: BBox) -> BBox:
    """A box to a tenth of a point."""
    return round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1)
