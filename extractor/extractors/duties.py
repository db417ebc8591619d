"""Which blocks of the outline are duties, and which labels and headings speak for them.

The walk goes down the outline once. At each node it sets the labels apart ("Đơn vị chủ trì: …"), decides
whether the node is a heading, an introduction or a duty (``gold`` rules: one leaf block, one task), and
hands what was said above down to the duties below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractor.document import Document, Node, Span, children_of
from extractor.extractors import deadlines, targets
from extractor.extractors.bearers import Bearers
from extractor.extractors.labels import label_cuts, trimmed
from extractor.extractors.wording import is_quantity, matches, names_bearer, opens_with_verb
from extractor.mention import DeadlineValue, Duty, Label, LabelField, Mention
from extractor.rulebook import Rulebook
from extractor.terms import Origin

_STOPPED = re.compile(r"(?:[.;…]|\./\.)[\"”’)*]*$")
_SENTENCE_BEFORE_COLON = re.compile(r"[.;]\s[^.;]{0,200}:\s?$")
_GROUP_KINDS = ("annex", "part", "upper", "roman")
_DEED = re.compile(
    r"\W{0,3}(?:phải\s)?(?:cơ bản\s)?(?:hoàn thành|ban hành|hoàn thiện|kết thúc|khởi công)"
    r"(?!\s(?:\d|trên|tối thiểu|ít nhất|chỉ tiêu|mục tiêu))",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^(?:nhiệm vụ|nội dung|giải pháp|hoạt động)\s\d{1,2}\s?[:.]\s?", re.IGNORECASE)
_SENTENCE = re.compile(r"^.*?[.;]\s(?=[A-ZĐÀ-Ỵ])|^.*$", re.DOTALL)
_STATE = re.compile(
    r"\W*(?:không|quá|đã|chưa|có|còn|được|là|do|đang|gồm|bao gồm|tổng số|hiện|theo|từ|trên|\d)\b",
    re.IGNORECASE,
)  # behind a body's name and a colon: how it stands with it, no duty
_DUTY_ROLES = ("tasks", "assignment", "other", "annex")
_STAGE = re.compile(
    r"^(?:giai đoạn|đợt|bước)\s(?:\d{1,2}|[IVX]{1,4}|một|hai|ba)\s?[:(–-]{1,2}\s?"
    r"((?:từ\s|năm\s|quý\s|tháng\s)?[\d][^():]{3,40})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Walk:
    """One walk down the outline; ``found`` grows in document order."""

    document: Document
    rules: Rulebook
    children: dict[int | None, list[int]]
    bodies: Bearers
    found: list[Duty] = field(default_factory=list)
    places: dict[int | None, int] = field(default_factory=dict)
    numbered: dict[int | None, bool] = field(default_factory=dict)

    # --- small questions -----------------------------------------------------------------------

    def text(self, index: int) -> str:
        return self.document.text_of(self.document.nodes[index])

    def node(self, index: int) -> Node:
        return self.document.nodes[index]

    def kids(self, index: int | None) -> list[int]:
        return [k for k in self.children.get(index, ()) if self.node(k).kind != "note"]

    def is_heading(self, index: int) -> bool:
        """A heading: no stop at its end, and not so long that it must be a sentence."""
        text = self.text(index)
        return not _STOPPED.search(text) and len(text) <= 320

    def bearers(self, index: int) -> list[Mention]:
        """The bearers that a heading names."""
        return self.bodies.named(index)

    def opens_with_bearer(self, index: int) -> bool:
        """Whether a block opens with who bears it, before a colon ("Các chủ rừng: Tu sửa chòi canh")."""
        found, begin = self.bodies.inline(index)
        return bool(found) and not _STATE.match(self.text(index), begin)

    def is_intro(self, index: int) -> bool:
        return any(rule.pattern.search(self.text(index)[-60:]) for rule in self.rules.rules("INTRO"))

    def is_duty(self, index: int) -> bool:
        """Whether a leaf block lays a duty on somebody, by its section's role and its words."""
        node, text = self.node(index), self.text(index)
        if node.role in ("header", "recipients", "purpose") or not any(c.isalpha() for c in text):
            return False
        if node.kind in ("row", "target"):
            return node.kind == "row"
        if self.is_excluded(index) or (node.kind == "text" and (self.is_intro(index) or text.isupper())):
            return False
        if node.role == "targets":
            return self.is_dated_deed(text)
        if is_quantity(text, self.rules):
            return False
        if node.role == "funding":
            return matches(text, "FUNDING_DUTY", self.rules) or names_bearer(text, self.rules)
        if node.role in ("tasks", "assignment") or self.is_under_duty(index):
            return self.is_listed(index, text)
        plain_in_annex = node.role == "annex" and node.kind == "text"
        return not plain_in_annex and (self.says_duty(text) or self.opens_with_bearer(index))

    def is_excluded(self, index: int) -> bool:
        """Whether a block's wording says that it is no duty (a rule may hold for one kind of block only)."""
        kind, text = self.node(index).kind, self.text(index)
        rules = (r for r in self.rules.rules("NOT_DUTY") if r.assign.get("only", kind) == kind)
        said = [rule for rule in rules if rule.pattern.search(text)]
        if said and all(rule.assign.get("first") for rule in said):
            return not names_bearer(_SENTENCE.sub("", text, count=1), self.rules)
        return bool(said)

    def is_titled(self, index: int, below: list[int]) -> bool:
        """A title with a stop over the duties it gathers ("Nhiệm vụ 2: Phong trào bình dân học vụ số.")."""
        text = self.text(index)
        return bool(below) and len(text) < 80 and not self.says_duty(_ORDINAL.sub("", text))

    def is_under_duty(self, index: int) -> bool:
        """A bullet or lettered item under one that names a bearer or introduces duties."""
        node = self.node(index)
        if node.kind in ("text", "arabic") or node.parent is None or node.role != "other":
            return False
        above = self.text(node.parent)
        return (
            self.node(node.parent).kind == "arabic"
            and not self.is_excluded(node.parent)
            and self.says_duty(above)
        )

    def says_duty(self, text: str) -> bool:
        return opens_with_verb(text, self.rules) or names_bearer(text, self.rules)

    def is_listed(self, index: int, text: str) -> bool:
        """In a part of tasks each block is one, but for short names and words that introduce the part."""
        node = self.node(index)
        top = node.parent is None or self.node(node.parent).kind in _GROUP_KINDS
        if node.kind == "text" and top and self._is_numbered(node.parent):
            return self.says_duty(text)
        short = len(text) < 80 and not _STOPPED.search(text)
        return not short or self.says_duty(text)

    def _is_numbered(self, parent: int | None) -> bool:
        """Whether numbered blocks stand under ``parent``."""
        if parent not in self.numbered:
            self.numbered[parent] = any(self.node(k).kind == "arabic" for k in self.kids(parent))
        return self.numbered[parent]

    def is_dated_deed(self, text: str) -> bool:
        """Under "Mục tiêu": a deed with a date, beside what it counts ("Đến 30/6/2026: hoàn thành …")."""
        spans = [(t.start, t.end) for t in targets.find(text, self.rules, stated=True)]
        dates = deadlines.find(text, self.rules)
        counted = [d for d in dates if any(s <= d.start < e for s, e in spans)]
        return len(counted) < len(dates) or any(_DEED.match(text, d.end) for d in counted)

    # --- labels ------------------------------------------------------------------------------

    def labels_at(self, index: int) -> list[Label]:
        """The labels that a block consists of; empty where it opens with none."""
        text, node = self.text(index), self.node(index)
        if node.kind in ("row", "target", *_GROUP_KINDS) or len(text) > 1500:
            return []
        cuts = list(label_cuts(text, self.rules))
        if cuts and not text[: cuts[0][0]].strip(" (") and ":" not in text and self._holds_a_part(index):
            return self._labels_below(index)
        if (
            not cuts
            or text[: cuts[0][0]].strip(" (")
            or (":" not in text[: cuts[0][1]] and self._holds_a_part(index))
        ):
            return []
        return self._cut_at(index, cuts)

    def _labels_below(self, index: int) -> list[Label]:
        """The labels that a heading gathers ("2. Cơ quan thực hiện", "a) Chủ trì: …"), if no more."""
        found = [self.labels_at(k) for k in self.kids(index)]
        if not all(found):
            return []
        filled = [label for labels in found[:-1] for label in self.filled(labels)]
        return [*filled, *(found[-1] if found else [])]

    def _holds_a_part(self, index: int) -> bool:
        """A heading such as "3. Lộ trình thực hiện" with numbered items under it is no label."""
        return any(self.node(k).kind not in ("dash", "plus", "text") for k in self.kids(index))

    def _cut_at(self, index: int, cuts: Sequence[tuple[int, int, LabelField, str]]) -> list[Label]:
        """The labels that begin at ``cuts``; each value ends where the next label begins."""
        text, offset = self.text(index), self.node(index).start
        ends = [c[0] for c in cuts[1:]] + [len(text)]
        return [
            Label(name, index, trimmed(text, body, end, offset), text[start:body].strip(" :("), rule)
            for (start, body, name, rule), end in zip(cuts, ends, strict=False)
        ]

    def filled(self, labels: list[Label]) -> list[Label]:
        """Labels with the bullets under the block as further values of the last."""
        last = labels[-1]
        under = self._deep(self.kids(last.node))
        spans = tuple(Span(self.node(k).start, self.node(k).end) for k in under)
        return [*labels[:-1], replace(last, values=last.values + spans)]

    def _deep(self, indices: Sequence[int]) -> list[int]:
        out: list[int] = []
        for k in indices:
            out.append(k)
            out.extend(self._deep(self.kids(k)))
        return out

    # --- the walk ------------------------------------------------------------------------------

    def walk(self, index: int | None, labels: tuple[Label, ...], bearers: tuple[int, ...]) -> None:
        """Visit the nodes below ``index``; ``labels`` and ``bearers`` come from above, nearest first."""
        own, after, rest = self.sort_labels(index)
        scope = (*own, *labels)
        heading: tuple[int, ...] = ()
        for k in rest:
            if self.node(k).kind != "text":
                heading = ()
            elif not self.kids(k) and self._only_names_bearer(k):
                heading = (k,)
                continue
            self.visit(k, (*after.get(k, ()), *scope), (*heading, *bearers))

    def time_heading(self, index: int) -> tuple[Label, ...]:
        """A heading that says only a time ("Tháng 3:", "Giai đoạn 1 (2026 - 2027)") is a label."""
        node, text = self.node(index), self.text(index)
        if len(text) > 160 or node.role in ("targets", "purpose", "header"):
            return ()
        found = deadlines.find(text.rstrip(" :."), self.rules, labelled=True)
        said = sum(
            d.end - d.start for d in found if isinstance(d.value, DeadlineValue) and d.value.kind != "event"
        )
        stage = _STAGE.match(text)
        if not stage and (not found or said < 0.7 * len(text.strip(" :.()-–"))):
            return ()
        if stage:
            return (Label("deadline", index, trimmed(text, *stage.span(1), node.start), "", "duties.stage"),)
        return (Label("deadline", index, (Span(node.start, node.end),), "", "duties.time_heading"),)

    def composes(self, index: int) -> bool:
        """Whether a block lists who makes up a body: what stands below it are no duties."""
        return matches(self.text(index), "COMPOSES", self.rules)

    def sort_labels(self, index: int | None) -> tuple[list[Label], dict[int, list[Label]], list[int]]:
        """The children of a node: its group labels, the labels of single bullets, and the rest."""
        group: list[Label] = []
        after: dict[int, list[Label]] = {}
        rest: list[int] = []
        runs: list[tuple[int | None, list[Label]]] = []
        for k in self.kids(index):
            labels = self.labels_at(k)
            if not labels:
                rest.append(k)
                continue
            labels = self.filled(labels)
            bearer = (
                rest[-1] if rest and self.node(k).kind == "text" and self._owns_labels(rest[-1]) else None
            )
            if runs and runs[-1][0] == bearer:
                runs[-1][1].extend(labels)
            else:
                runs.append((bearer, labels))
        shared = len(runs) == 1 and len(rest) > 1 and any(x.field in ("lead", "support") for x in runs[0][1])
        for bearer, labels in runs:
            if bearer is None or shared:
                group.extend(labels)
            else:
                after.setdefault(bearer, []).extend(labels)
        return group, after, rest

    def _owns_labels(self, index: int) -> bool:
        """A bullet or lettered item takes the unnumbered label behind it; a paragraph does not."""
        return self.node(index).kind not in ("text", "row", "target")

    def visit(self, index: int, labels: tuple[Label, ...], bearers: tuple[int, ...]) -> None:
        """Decide what a node is, then go down."""
        node = self.node(index)
        below = self.kids(index)
        plain = [k for k in below if not self.labels_at(k)]
        if node.kind == "row" and plain:
            self._row_with_parts(index, plain, labels, bearers)
            return
        if not plain:
            if self.is_duty(index) and not self._only_names_bearer(index):
                inner, _, _ = self.sort_labels(index)
                self.add(index, (index,), (*inner, *labels), bearers)
            return
        if node.role in ("header", "recipients") or self.composes(index):
            return
        items = [k for k in plain if self.node(k).kind not in ("text",)]
        if self.is_intro(index) and self._lists_objects(index, items):
            self.add(index, (index, *self._deep(plain)), labels, bearers, "duties.with_objects")
            return
        self._group(index, plain, items, labels, bearers)

    def _row_with_parts(
        self, index: int, plain: list[int], labels: tuple[Label, ...], bearers: tuple[int, ...]
    ) -> None:
        """A table's row with rows below it ("1", "1.1"): each is a duty of its own."""
        if self.is_duty(index):
            self.add(index, (index,), labels, bearers)
        for k in plain:
            self.visit(k, labels, bearers)

    def _group(
        self,
        index: int,
        plain: list[int],
        items: list[int],
        labels: tuple[Label, ...],
        bearers: tuple[int, ...],
    ) -> None:
        """A node with blocks under it: a heading, an introduction, or a duty with more duties below."""
        chain = (index, *bearers) if self.node(index).kind != "annex" else bearers
        intro = self.is_intro(index)
        body = self.node(index).kind not in _GROUP_KINDS
        bearer_heading = bool(self.bearers(index))
        speaks = body and not intro and not bearer_heading
        if speaks and not items and self._goes_on_below(index, plain):
            self._merged(index, plain, labels, bearers)
            return
        if speaks and not self.is_heading(index) and self.is_duty(index) and not self.is_titled(index, plain):
            inner, _, _ = self.sort_labels(index)
            self.add(index, (index,), (*inner, *labels), bearers)
        self.walk(index, (*self.time_heading(index), *labels), chain)

    def _goes_on_below(self, index: int, plain: list[int]) -> bool:
        """Whether paragraphs go on with what the node above says: a sentence's all, a heading's one."""
        duty = self.node(index).role in _DUTY_ROLES and opens_with_verb(self.text(index), self.rules)
        bodies = not any(self.kids(k) for k in plain)
        return duty and bodies and (len(plain) == 1 or not self.is_heading(index))

    def _merged(
        self, index: int, plain: list[int], labels: tuple[Label, ...], bearers: tuple[int, ...]
    ) -> None:
        """A heading that states the duty and the paragraphs that go on with it: one task."""
        inner, _, _ = self.sort_labels(index)
        scope = (*inner, *labels)
        own = [k for k in plain if not self._stands_alone(k)]
        if own or self.is_duty(index):
            self.add(index, (index, *own), scope, bearers, "duties.heading")
        for k in plain:
            if k not in own:
                self.visit(k, scope, (index, *bearers))

    def _stands_alone(self, index: int) -> bool:
        """A paragraph with a bearer of its own, or one that is no duty at all, is not the heading's."""
        text = self.text(index)
        parent = self.node(index).parent
        first = self.kids(parent)[0] == index and parent is not None and self.is_heading(parent)
        return self.is_excluded(index) or (not first and names_bearer(text, self.rules))

    def _lists_objects(self, index: int, items: list[int]) -> bool:
        """A sentence, then a colon and a list of things: they belong to the sentence's duty."""
        text = self.text(index)
        if self.node(index).kind in _GROUP_KINDS or not items or not _SENTENCE_BEFORE_COLON.search(text):
            return False
        return self.is_duty(index) and not any(self.says_duty(self.text(k)) for k in items)

    def _only_names_bearer(self, index: int) -> bool:
        """A heading of a bearer with nothing under it lays no duty."""
        return self.is_heading(index) and bool(self.bearers(index))

    def add(
        self,
        index: int,
        parts: Sequence[int],
        labels: Sequence[Label],
        bearers: tuple[int, ...],
        found_by: str = "duties.leaf",
    ) -> None:
        """Note a duty that stands in the nodes ``parts``."""
        node = self.node(index)
        spans = [Span(self.node(k).start, self.node(k).end) for k in parts] + list(node.pieces)
        origin: Origin = (
            "table" if node.kind == "row" else "assignment" if node.role == "assignment" else "body"
        )
        parent = self.places.get(node.parent)
        inline = () if node.kind == "row" else self._inline(index)
        all_labels = (*inline, *labels) if node.kind != "row" else ()
        self.places.setdefault(index, len(self.found))
        self.found.append(Duty(index, tuple(spans), origin, tuple(all_labels), bearers, parent, found_by))

    def _inline(self, index: int) -> tuple[Label, ...]:
        """Labels inside a duty's own block ("… Đơn vị thực hiện: Sở Y tế.")."""
        cuts = [c for c in label_cuts(self.text(index), self.rules) if c[0] > 0]
        return tuple(self._cut_at(index, cuts))


def find(document: Document, rules: Rulebook) -> tuple[Duty, ...]:
    """The duties of a segmented document, in order, with the labels and headings that speak for each."""
    children = children_of(document.nodes)
    walk = _Walk(document, rules, children, Bearers(document, children, rules))
    walk.walk(None, (), ())
    return tuple(walk.found)
