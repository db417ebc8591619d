"""What a page would have fetched: nothing is, but it is said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from extractor.loaders.html_tree import Node, names

_FETCHED = (
    "src",
    "srcset",
    "data",
    "poster",
    "background",
    "xlink:href",
    "dynsrc",
    "lowsrc",
    "manifest",
    "codebase",
)
_LINKING = names("link base image use feimage")
_RELATIONS = names("stylesheet icon preload prefetch modulepreload preconnect import manifest")
_OUTSIDE = re.compile(
    r"\s*(?:(?!data:|cid:|mid:|about:|javascript:|blob:)[a-z][a-z0-9+.-]{1,20}:|[\\/]{2}|[a-z]:[\\/])", re.I
)
_IN_STYLE = re.compile(
    r"(?:url\(\s{0,9}|@import\s{1,9}(?:url\(\s{0,9})?)[\"']?\s{0,9}([^\s\"')]{1,300})", re.I
)
_REFRESH = re.compile(r"[;,\s]\s{0,9}url\s{0,9}=\s{0,9}[\"']?([^\"'\s]{1,300})", re.I)


def refers_outside(root: Node, own: Collection[str] = ()) -> bool:
    """Whether anything but a reader's click would be fetched from outside the page.

    ``own``: the addresses of parts that came with it (the Content-Location of RFC 2557).
    """
    return any(
        _OUTSIDE.match(address) and address.strip() not in own
        for node in root.nodes()
        for address in _addresses(node)
    )


def _addresses(node: Node) -> Iterator[str]:
    attrs = node.attrs
    if attrs:
        for name in _FETCHED:
            if attrs.get(name):
                yield from _listed(attrs[name]) if name == "srcset" else (attrs[name],)
        if node.tag in _LINKING and _is_fetched(node):
            yield attrs.get("href") or ""
        if attrs.get("style"):
            yield from _IN_STYLE.findall(attrs["style"])
        if node.tag == "meta" and (attrs.get("http-equiv") or "").lower() == "refresh":
            yield from _REFRESH.findall(f" {attrs.get('content') or ''}")
    if node.tag == "style":
        yield from _IN_STYLE.findall(node.text())


def _listed(addresses: str) -> list[str]:
    return [each.strip().split(" ")[0] for each in addresses.split(",")]


def _is_fetched(node: Node) -> bool:
    if node.tag != "link":
        return True
    return not _RELATIONS.isdisjoint((node.attrs.get("rel") or "").lower().split())
