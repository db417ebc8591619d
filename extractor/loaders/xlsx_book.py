"""Opens an Excel workbook: its sheets in order, the texts and formats that their cells refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element
from openpyxl.styles.numbers import BUILTIN_FORMATS

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.opc import OpcPackage, Relation
from extractor.loaders.safe_xml import stream
from extractor.loaders.xlsx_sheet import Budget, Format, S, Sheet, read_sheet, rich_text

WHAT = "Excel workbook"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK = ("spreadsheetml", "ms-excel")
_BINARY = "sheet.binary"
_MAX_STRINGS = 2_000_000
_MAX_STYLES = 65_536  # Excel's own limit is a little lower


@dataclass(frozen=True, slots=True)
class Tab:
    """A worksheet: the ``name`` on its tab, the name of its part, whether Excel hides it."""

    name: str
    part: str
    hidden: bool


class Workbook:
    """An opened workbook. Raises :class:`UnreadableError`: E_TYPE_MISMATCH, E_UNSUPPORTED, and the codes
    of :class:`extractor.loaders.opc.OpcPackage`.
    """

    def __init__(self, data: bytes) -> None:
        self._package, self._budget = OpcPackage(data, WHAT), Budget()
        self._check_type()
        relations = self._package.relations(self._package.main)
        root = self._package.xml(self._package.main)
        self.tabs = tuple(self._tabs(root, relations))
        properties = root.find(S + "workbookPr")
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._format = Format(self._strings(relations), self._codes(relations), from_1904)

    def sheet(self, tab: Tab) -> Sheet:
        """A worksheet's cells. Raises :class:`UnreadableError`."""
        return read_sheet(self._package.xml_bytes(tab.part), self._format, self._budget, WHAT)

    def drawn_text(self, tab: Tab) -> list[str]:
        """The paragraphs in the text boxes of a sheet."""
        drawings = self._related(self._package.relations(tab.part), "drawing")
        bodies = (body for part in drawings for body in self._package.xml(part).iter("{*}txBody"))
        lines = ("".join(t.text or "" for t in p.iter("{*}t")) for b in bodies for p in b.iter("{*}p"))
        return [line for line in lines if line.strip()]

    def commented(self, tab: Tab) -> bool:
        """Whether somebody wrote comments beside a sheet's cells."""
        return bool(self._related(self._package.relations(tab.part), "comments"))

    def pictured(self) -> bool:
        """Whether the workbook holds pictures."""
        return any(name.lower().startswith("xl/media/") for name in self._package.names)

    def notices(self) -> Iterator[Notice]:
        """What the user must know of the workbook as a whole."""
        return self._package.notices()

    def _check_type(self) -> None:
        stated = self._package.main_type
        if _BINARY in stated:
            message = "the file is a binary Excel workbook (.xlsb); save it as .xlsx and give that copy"
            raise UnreadableError("E_UNSUPPORTED", message)
        if stated and not any(sign in stated for sign in _WORKBOOK):
            message = "the file is not an Excel workbook; open it in its own program and save it as .xlsx"
            raise UnreadableError("E_TYPE_MISMATCH", message)

    def _tabs(self, root: _Element, relations: dict[str, Relation]) -> Iterator[Tab]:
        for sheet in root.iter(S + "sheet"):
            relation = relations.get(sheet.get(_ID, ""))
            if relation is None or relation.external or relation.kind != "worksheet":
                continue
            if relation.target not in self._package:
                raise self._package.corrupt()
            hidden = sheet.get("state", "visible") != "visible"
            yield Tab(sheet.get("name", ""), relation.target, hidden)

    def _related(self, relations: dict[str, Relation], kind: str) -> list[str]:
        """The parts of one kind that relationships lead to."""
        inside = (r for r in relations.values() if r.kind == kind and not r.external)
        return [relation.target for relation in inside if relation.target in self._package]

    def _strings(self, relations: dict[str, Relation]) -> list[str]:
        found: list[str] = []
        for part in self._related(relations, "sharedStrings")[:1]:
            for item in stream(self._package.xml_bytes(part), [S + "si"], WHAT):
                if len(found) < _MAX_STRINGS:
                    found.append(rich_text(item))
        return found

    def _codes(self, relations: dict[str, Relation]) -> list[str]:
        """The format code of each cell style (18.8.10, 18.8.30)."""
        codes = {str(key): code for key, code in BUILTIN_FORMATS.items()}
        styles: list[str] = []
        for part in self._related(relations, "styles")[:1]:
            for each in stream(self._package.xml_bytes(part), [S + "numFmt", S + "xf"], WHAT):
                key, parent = each.get("numFmtId", "0"), each.getparent()
                if each.tag == S + "numFmt":
                    codes[key] = each.get("formatCode", "")
                elif parent is not None and parent.tag == S + "cellXfs" and len(styles) < _MAX_STYLES:
                    styles.append(key)
        return [codes.get(key, "General") for key in styles]
