"""Rich Text Format (.rtf, version 1.9.1): read by its own small reader, without any other program.

Objects, macros, links and pictures are passed over. The text becomes the model of a .docx, where the
labels of list items are the ones that the file itself states.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml.etree import _Element

from extractor.document import Content, Notice
from extractor.errors import UnreadableError
from extractor.loaders.docx import content_of
from extractor.loaders.docx_builder import Look, element, instruction
from extractor.loaders.docx_package import Package
from extractor.loaders.docx_xml import W
from extractor.loaders.legacy import is_legacy
from extractor.loaders.rtf_story import Layout, State, Story, picture
from extractor.loaders.rtf_tokens import SYMBOLS, Token, code_page, decode, tokens

_MAX_GROUPS = 1_000  # groups in groups; Word itself writes a dozen


def _words(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_SKIPPED = _words(
    "colortbl stylesheet info objdata listtable listoverridetable xe tc rxe nonshppict sp shprslt pn filetbl "
    "revtbl nonesttables ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn generator atndate atnid atnauthor"
)
#: The stories beside the text, by the words that begin them.
_STORIES = {
    "shptxt": "txbxContent", "dptxbxtext": "txbxContent", "footnote": "footnote", "annotation": "comment",
    "header": "hdr", "headerl": "hdr", "headerr": "hdr", "headerf": "hdr",
    "footer": "ftr", "footerl": "ftr", "footerr": "ftr", "footerf": "ftr",
}  # fmt: skip
_STARRED = _words("shpinst nesttableprops do shppict listtext pntext") | _STORIES.keys()
_TARGETS = {"fonttbl": "fonts", "listtext": "label", "pntext": "label", "fldinst": "instruction",
            "template": "address"}  # fmt: skip
_CHARACTERS = {"tab": "\t", "line": "\n", "page": "\n", "column": "\n", "emdash": "—", "endash": "–",
               "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
               "emspace": " ", "enspace": " ", "qmspace": " ", "~": "\u00a0", "_": "-",
               "-": "\u00ad"}  # fmt: skip
_PARAGRAPH_ENDS = {"par", "sect", "\n", "\r"}
_ALIGNMENTS = {"ql", "qr", "qj", "qc"}
_FLAGS = {"b": "bold", "v": "hidden", "deleted": "deleted", "revised": "inserted", "pagebb": "page_break"}
_MERGES = {"clvmgf": "restart", "clvmrg": "continue"}
_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}

_AWAY = re.compile(r"\s*(?:[a-z][a-z0-9+.-]+:|\\\\|//)", re.I)
_NOTICES = {
    "W_ACTIVE_CONTENT": "the file carries objects of other programs; they were neither run nor read",
    "W_EXTERNAL_REF": "the file points to things outside itself; they were not fetched",
    "W_RECOVERED": "the file ends before its last part does; what there is of it was read",
}
_DEEP = "the RTF file nests its parts too deeply to be read; open it in Word, save it as .docx and give that"


def read(data: bytes) -> Content:
    """Read an RTF file: paragraphs, table rows and notes in reading order.

    Raises :class:`UnreadableError` (E_XML_DEPTH).
    """
    return content_of(_Reader().package(data))


class _Reader:
    """Reads one file, token by token. Each "{" saves the state and each "}" gives it back."""

    def __init__(self) -> None:
        self._state = State()
        self._saved: list[tuple[State, Story | None]] = []
        self._stories = [Story("body")]
        self._beside: dict[str, list[_Element]] = {
            kind: [] for kind in ("footnote", "endnote", "comment", "hdr", "ftr")
        }
        self._fonts: dict[int, str] = {}
        self._charsets: dict[int, int] = {}
        self._default_font = 0
        self._page = "cp1252"
        self._looked = (State(), Look())
        self._starred = False
        self._pass_over = 0
        self._instruction: list[str] = []
        self._asked: list[_Element] = []
        self._codes: set[str] = set()

    def package(self, data: bytes) -> Package:
        for token in tokens(data):
            self._take(token)
            if token.kind == "close" and not self._saved:
                break
        if self._saved:
            self._codes.add("W_RECOVERED")
        while self._saved:
            self._close()
        body = self._stories[0].close(self._state)
        body.extend(self._asked)
        beside, kinds = self._beside, ("footnote", "endnote", "comment")
        parts = {kind + "s": element(kind + "s", *beside[kind]) for kind in kinds}
        notices = tuple(Notice(code, text) for code, text in _NOTICES.items() if code in self._codes)
        return Package(body, parts, notices, tuple(beside["hdr"]), tuple(beside["ftr"]))

    def _take(self, token: Token) -> None:
        if token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        elif token.kind == "bytes":
            self._bytes(token.data)
        elif token.word == "*":
            self._starred = True
            return
        elif self._state.target != "skip":
            self._word(token.word, token.number)
        self._starred = False

    # --- groups ---

    def _open(self) -> None:
        if len(self._saved) >= _MAX_GROUPS:
            raise UnreadableError("E_XML_DEPTH", _DEEP)
        self._pass_over = 0
        self._saved.append((self._state, None))

    def _close(self) -> None:
        self._pass_over = 0
        if not self._saved:
            return
        before, opened = self._saved.pop()
        if self._state.target in ("instruction", "address") and before.target != self._state.target:
            self._end_instruction()
        if opened is not None:
            self._end_story(self._stories.pop(), before)
        self._state = before

    def _end_instruction(self) -> None:
        text, self._instruction = "".join(self._instruction), []
        if self._state.target == "instruction":
            self._asked.append(instruction(text))
        elif _AWAY.match(text):
            self._codes.add("W_EXTERNAL_REF")

    def _begin_story(self, container: str) -> None:
        """The rest of this group is a story of its own."""
        if not self._saved or self._saved[-1][1] is not None:
            return
        self._stories.append(Story(container))
        self._saved[-1] = (self._saved[-1][0], self._stories[-1])
        self._state = replace(self._state.plain().new_paragraph(), target="text")

    def _end_story(self, story: Story, before: State) -> None:
        made = story.close(self._state)
        look = self._look(before)
        if story.container == "txbxContent":
            self._stories[-1].put(made, look)
            return
        notes = self._beside[story.container]
        if story.container not in ("footnote", "endnote"):
            notes.append(made)
            return
        made.set(W + "id", str(len(notes)))
        self._stories[-1].put(element(story.container + "Reference", id=len(notes)), look)
        notes.append(made)

    # --- characters ---

    def _bytes(self, data: bytes) -> None:
        if self._state.target == "skip":
            return
        passed = min(self._pass_over, len(data))
        self._pass_over -= passed
        if len(data) > passed:
            charset = self._charsets.get(self._font(self._state)) if self._state.target != "fonts" else None
            self._text(decode(data[passed:], charset, self._page))

    def _text(self, text: str) -> None:
        target = self._state.target
        if target == "text":
            self._stories[-1].write(text, self._look(self._state))
        elif target == "label":
            self._stories[-1].label.append(text)
            self._stories[-1].bullet |= self._charsets.get(self._font(self._state)) == SYMBOLS
        elif target == "fonts" and self._state.font is not None:
            self._fonts[self._state.font] = (self._fonts.get(self._state.font, "") + text)[:64]
        elif target in ("instruction", "address") and len(self._instruction) < 64:
            self._instruction.append(text[:200])

    def _font(self, state: State) -> int:
        return self._default_font if state.font is None else state.font

    def _look(self, state: State) -> Look:
        """How text looks in a state; the last answer is kept, for a state gives many pieces of text."""
        if self._looked[0] is not state:
            name = self._fonts.get(self._font(state), "").split(";")[0].strip()
            name = name if is_legacy(name) or self._charsets.get(self._font(state)) == SYMBOLS else ""
            bold, hidden = state.bold or None, state.hidden or None
            look = Look(bold, hidden, name, "", state.inserted, state.deleted)
            self._looked = (state, look)
        return self._looked[1]

    def _unicode(self, number: int) -> None:
        self._pass_over = 0
        self._text(chr(number & 0xFFFF))
        self._pass_over = self._state.skip

    # --- control words ---

    def _word(self, word: str, number: int | None) -> None:
        if self._pass_over and word in _CHARACTERS:
            self._pass_over -= 1
        elif word in _CHARACTERS:
            self._text(_CHARACTERS[word])
        elif word == "u":
            self._unicode(number or 0)
        elif not (self._destination(word) or self._block(word) or self._row(word, number)):
            self._property(word, number)

    def _destination(self, word: str) -> bool:
        """Whether a word says what its group is for."""
        starred = self._starred and word not in _STARRED and word not in _TARGETS
        if starred or word in _SKIPPED:
            self._state = replace(self._state, target="skip")
        elif word in _TARGETS:
            self._state = replace(self._state, target=_TARGETS[word])
        elif word in _STORIES:
            self._begin_story(_STORIES[word])
        elif word == "pict":
            self._stories[-1].put(picture(), Look())
            self._state = replace(self._state, target="skip")
        else:
            return False
        return True

    def _block(self, word: str) -> bool:
        """Whether a word ends a paragraph, a cell or a row."""
        story, state = self._stories[-1], self._state
        if state.target != "text":
            return False
        depth = max(state.tables, 1)
        if word in _PARAGRAPH_ENDS:
            story.end_paragraph(state, state.tables)
        elif word in ("cell", "nestcell"):
            story.end_cell(state, 1 if word == "cell" else depth)
        elif word in ("row", "nestrow"):
            story.end_row(state, 1 if word == "row" else depth)
        elif word == "ftnalt" and story.container == "footnote":
            story.container = "endnote"
            story.flow.root.tag = W + "endnote"
        else:
            return False
        return True

    def _row(self, word: str, number: int | None) -> bool:
        """Whether a word describes a table row."""
        layout = self._state.layout
        if word == "trowd":
            layout = Layout()
        elif word == "trleft":
            layout = replace(layout, left=number or 0)
        elif word == "cellx":
            layout = layout.with_edge(number or 0)
        elif word in _MERGES:
            layout = replace(layout, down=_MERGES[word])
        elif word == "clmrg":
            layout = replace(layout, across=True)
        else:
            return False
        self._state = replace(self._state, layout=layout)
        return True

    def _property(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "pard":
            self._state = state.new_paragraph()
        elif word == "plain":
            self._state = state.plain()
        elif word in _FLAGS:
            change: dict[str, Any] = {_FLAGS[word]: number != 0}
            self._state = replace(state, **change)
        elif word in _ALIGNMENTS:
            self._state = replace(state, centered=word == "qc")
        elif word == "intbl":
            self._state = replace(state, in_table=True)
        elif word == "itap":
            self._state = replace(state, depth=max(number or 0, 0))
        elif word == "f":
            self._state = replace(state, font=number or 0)
        elif word == "uc":
            self._state = replace(state, skip=min(max(number or 0, 0), 8))
        else:
            self._of_file(word, number)

    def _of_file(self, word: str, number: int | None) -> None:
        """What holds for the whole file."""
        if word == "fcharset" and self._state.font is not None:
            self._charsets[self._state.font] = number or 0
        elif word == "ansicpg":
            self._page = code_page(number or 0)
        elif word == "deff":
            self._default_font = number or 0
        elif word in _PAGES:
            self._page = _PAGES[word]
        elif word == "object":
            self._codes.add("W_ACTIVE_CONTENT")
