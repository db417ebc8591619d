"""Parses XML that strangers made: one hardened parser for every format that holds XML.

No network, no external files, no entities; a part that declares a DTD is refused, for no office
program writes one and every XML bomb needs one (entities: XML 1.0, section 4).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from lxml import etree
from lxml.etree import _Element

from extractor.errors import UnreadableError

_HEAD = 1 << 16
_MARKS = b"\xef\xbb\xbf\xff\xfe"
_DOCTYPE = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)


def parse(part: bytes, what: str = "file", parser: etree.XMLParser | None = None) -> _Element:
    """The root of an XML part. Raises :class:`UnreadableError`: E_CORRUPT, E_XML_DTD, E_XML_DEPTH.

    ``what``: what a user calls the file that it is a part of ("Word file"); ``parser``: one as hard as ours,
    that of a library which knows the format.
    """
    refuse_dtd(part, what)
    parser = parser or etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _syntax_error(error, what) from error
    # in a rare encoding, or after a very long comment, a declaration shows only once parsed
    if root.getroottree().docinfo.internalDTD is not None:
        raise _dtd(what)
    return root


def stream(part: bytes, tags: Sequence[str], what: str = "file") -> Iterator[_Element]:
    """The elements of these tags in order, each emptied once it was looked at: for parts of any length.

    Raises :class:`UnreadableError` as :func:`parse` does, when the place of the error is reached.
    """
    refuse_dtd(part, what)
    events = etree.iterparse(
        io.BytesIO(part), ("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False,
    )  # fmt: skip
    try:
        for number, (_, element) in enumerate(events):
            if number == 0 and element.getroottree().docinfo.internalDTD is not None:
                raise _dtd(what)
            yield element
            _forget(element)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _syntax_error(error, what) from error


def _forget(element: _Element) -> None:
    element.clear()
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)  # type: ignore[union-attr]


def refuse_dtd(part: bytes, what: str = "file") -> None:
    """Refuse a part that declares a DTD before its root, without parsing it. Raises E_XML_DTD."""
    head = part[:_HEAD].replace(b"\x00", b"")  # UTF-16 has a zero beside every letter
    if _DOCTYPE.match(head.lstrip(_MARKS)):
        raise _dtd(what)


def too_deep(what: str = "file") -> UnreadableError:
    """The refusal of XML whose elements stand in one another too deeply."""
    advice = "save it again without tables inside tables"
    return UnreadableError("E_XML_DEPTH", f"the {what} nests its parts too deeply to be read; {advice}")


def _syntax_error(error: Exception, what: str) -> UnreadableError:
    # libxml2 itself stops at a depth that bounds every recursion over the tree
    if "depth" in str(error).lower():
        return too_deep(what)
    advice = "open it in its own program, save it again and give that copy"
    return UnreadableError("E_CORRUPT", f"the {what} is damaged or cut off; {advice}")


def _dtd(what: str) -> UnreadableError:
    advice = "save it again in the program that made it"
    return UnreadableError(
        "E_XML_DTD", f"the {what} declares a DTD, which none needs, and was refused; {advice}"
    )
