"""Not written yet."""

from __future__ import annotations

from extractor.document import Content
from extractor.errors import UnreadableError


def read(data: bytes) -> Content:
    """Raises :class:`UnreadableError` (E_UNSUPPORTED)."""
    raise UnreadableError("E_UNSUPPORTED", f"this format is not read yet ({len(data)} bytes)")
