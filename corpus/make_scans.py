"""Writes scans of PDF files: every page a picture, a little crooked and specked, as from an office scanner.

    python corpus/make_scans.py FILE.pdf ... FOLDER

Pages are drawn at 300 dots an inch, turned by 0.7 degrees, given the noise of paper and some dust, and put
back into a PDF as JPEG. The noise is the same on every run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

#: The plans that stand for all, each with the pages (from 0) that lie on their side in the scan.
SAMPLES: dict[str, tuple[int, ...]] = {
    "song-may-chuyen-doi-so": (4,),
    "mo-sen-an-toan-thuc-pham": (),
    "rang-chieu-giam-ngheo": (),
    "suoi-bac-ket-luan-cap-nuoc": (),
}
DPI = 300
SKEW = 0.7
NOISE = 9.0
DUST = 0.0002
QUALITY = 75


def main(arguments: Sequence[str]) -> None:
    """Writes FOLDER/NAME.pdf for each file."""
    *files, folder = arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    for file in map(Path, files):
        (Path(folder) / file.name).write_bytes(scanned(file.read_bytes()))


def scanned(pdf: bytes, skew: float = SKEW, sideways: Sequence[int] = ()) -> bytes:
    """A PDF as a scan of it; the pages in ``sideways`` (from 0) lie on their left side."""
    return bound(
        [
            rough(page.rotate(90, expand=True) if number in sideways else page, skew, number)
            for number, page in enumerate(pages_of(pdf))
        ]
    )


def pages_of(pdf: bytes, dpi: int = DPI) -> list[Image.Image]:
    """The pages of a PDF as grey pictures."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def rough(page: Image.Image, skew: float = SKEW, seed: int = 0) -> Image.Image:
    """A clean grey page as a scanner gives it: crooked by ``skew`` degrees, grained, dusty."""
    crooked = page.rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255)
    chance = np.random.default_rng(seed)
    grey = 0.94 * np.asarray(crooked, dtype=np.float32) + 8
    grey += chance.normal(0, NOISE, grey.shape).astype(np.float32)
    grey[chance.random(grey.shape, dtype=np.float32) < DUST] = 40
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def bound(pages: Sequence[Image.Image], dpi: int = DPI) -> bytes:
    """Pictures as the pages of a PDF, each kept as JPEG."""
    out = BytesIO()
    pages[0].save(out, "PDF", resolution=dpi, quality=QUALITY, save_all=True, append_images=pages[1:])
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
