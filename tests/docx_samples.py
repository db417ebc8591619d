"""Builders of small Word files: raw WordprocessingML, zipped as the format asks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

import pytest

from extractor.errors import UnreadableError
from extractor.loaders.docx import read

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    f'xmlns:r="{OFFICE}"'
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def run(text: str, properties: str = "") -> str:
    """A run; ``properties`` is the inside of its w:rPr."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def para(text: str = "", properties: str = "", inside: str = "") -> str:
    """A paragraph of one run, then ``inside``; ``properties`` is the inside of its w:pPr."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text) if text else ''}{inside}</w:p>"


def item(text: str, level: int = 0, number: int = 1) -> str:
    """A paragraph numbered by Word."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return para(text, place)


def cell(*content: str, properties: str = "") -> str:
    """A table cell; plain words become a paragraph, markup stays."""
    inside = "".join(c if c.startswith("<") else para(c) for c in content) or para()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row; plain words become a cell, markup stays."""
    inside = "".join(c if c.startswith("<w:tc>") else cell(*([c] if c else [])) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def level(index: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    """One level of a list definition."""
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{escape(text)}"/></w:lvl>'
    )


def numbering(definitions: Mapping[int, Iterable[str]], lists: Mapping[int, str] | None = None) -> str:
    """A numbering part: levels by definition; ``lists``: the inside of each w:num (default: 1 is of 1)."""
    lists = lists or {key: of(key) for key in definitions}
    abstracts = "".join(
        f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'
        for key, levels in definitions.items()
    )
    nums = "".join(f'<w:num w:numId="{key}">{inside}</w:num>' for key, inside in lists.items())
    return f"<w:numbering {NAMESPACES}>{abstracts}{nums}</w:numbering>"


def of(definition: int) -> str:
    return f'<w:abstractNumId w:val="{definition}"/>'


def style(key: str, inside: str = "", kind: str = "paragraph", based_on: str = "", more: str = "") -> str:
    """A style; ``inside`` holds its w:pPr and w:rPr."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{key}" {more}>{base}{inside}</w:style>'


def styles(*inside: str) -> str:
    return f"<w:styles {NAMESPACES}>{''.join(inside)}</w:styles>"


def note(key: int, kind: str = "footnote") -> str:
    """A run that cites a note."""
    return f'<w:r><w:{kind}Reference w:id="{key}"/></w:r>'


def notes(texts: Mapping[int, str], kind: str = "footnote") -> str:
    inside = "".join(f'<w:{kind} w:id="{key}">{para(text)}</w:{kind}>' for key, text in texts.items())
    return f"<w:{kind}s {NAMESPACES}>{inside}</w:{kind}s>"


def text_box(*content: str) -> str:
    """A text box as Word stores it: twice, for new readers and for old ones."""
    inside = f"<w:txbxContent>{''.join(content)}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def rels(inside: Mapping[str, str], extra: str = "") -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(inside.items(), 1)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{rows}{extra}</Relationships>'


def docx(
    body: str, *, relations: str = "", main_type: str = MAIN_TYPE,
    files: Mapping[str, str | bytes] | None = None, **parts: str
) -> bytes:  # fmt: skip
    """A .docx of this body. ``parts``: the XML of styles, numbering, footnotes, endnotes; ``files``:
    members to add or to replace; ``relations``: more rows for the main part's relationships."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": rels({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/_rels/document.xml.rels": rels({kind: f"{kind}.xml" for kind in parts}, relations),
        **{f"word/{kind}.xml": xml for kind, xml in parts.items()},
        **(files or {}),
    }
    return zipped(members)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


DUTY = "Sở Nội vụ rà soát vị trí việc làm"
DECIMAL = numbering(
    {1: [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."), level(2, "lowerLetter", "%3)")]}
)


def texts(body: str, **parts: str) -> list[str]:
    """What the loader reads of a body, a string a block."""
    return [" | ".join(c.text for c in b.cells) or b.text for b in read(docx(body, **parts)).blocks]


def codes(data: bytes) -> list[str]:
    return [notice.code for notice in read(data).notices]


def refused(data: bytes) -> str:
    """The code of the loader's refusal."""
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.message[0].islower()
    assert not caught.value.message.endswith(".")
    return caught.value.code
