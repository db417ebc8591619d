"""Mends what PDFium would stumble over: a lost table of contents, a page tree that leads round.

The mend is written at the file's end without a table of contents; PDFium then looks for the objects
itself and takes the last of each number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.loaders.pdf_objects import PdfObject

_CATALOG = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+obj\s*<<[^>]{0,200}/Type\s*/Catalog")
_COUNT = re.compile(rb"/Count\b")
_SECRET = re.compile(rb"/Encrypt\s+\d{1,10}\s+\d{1,5}\s+R|/ID\s*\[[^\]]{0,400}\]")
_END = b"trailer\n<< /Root %d 0 R /Size %d %s >>\nstartxref\n0\n%%%%EOF\n"


def with_new_end(data: bytes) -> bytes | None:
    """The file with an end that names its catalog; None where none is found."""
    root = _CATALOG.search(data)
    return data + b"\nendstream\nendobj\n" + _END % (int(root[1]), int(root[1]) + 1, b"") if root else None


def without_loops(
    data: bytes, nodes: Sequence[PdfObject], loops: Sequence[tuple[PdfObject, int]], root: int
) -> bytes:
    """The file with its page tree's ``nodes`` written again: without some references, and without counts."""
    heads = {node.number: _COUNT.sub(b"/Counted", node.head) for node in nodes}
    for node, kid in loops:
        head = heads.get(node.number, node.head)
        found = [*re.finditer(rb"(?<!\d)%d\s+\d{1,5}\s+R\b" % kid, head)]
        start, end = found[-1].span() if found else (0, 0)
        heads[node.number] = head[:start] + head[end:]
    new = b"".join(b"\n%d 0 obj\n%s\nendobj\n" % pair for pair in heads.items())
    secret = b" ".join(_SECRET.findall(data))
    return data + new + _END % (root, max(heads, default=root) + 1, secret if b"/Encrypt" in secret else b"")
