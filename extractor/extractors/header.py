"""A document's header: letterhead, title, signature, recipients (thể thức văn bản).

What was left blank or cannot be read is None. The issuer is read from the letterhead; where that is
missing, from the first sentences ("… UBND xã ban hành Kế hoạch …"), the line over an annex or the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractor.document import Document, Span
from extractor.extractors import letterhead, signature
from extractor.extractors.agency_names import canonical
from extractor.extractors.letterhead import Letterhead
from extractor.extractors.lines import Line, Segment, decapitalised, lines, segments, starts
from extractor.extractors.references import type_of_number
from extractor.mention import AgencyValue, Header
from extractor.rulebook import Rulebook

_TITLE_LINE = 110  # a title's line is no longer than this where only the layout speaks for it
_UNFINISHED = re.compile(
    r"(?:,|\b(?:và|của|về|tại|cho|đến|trên|trong|với|theo|các|số|ngày|là|để|từ))$", re.IGNORECASE
)
_UNIT = r"(?<!\w)(?P<unit>tỉnh|thành phố|xã|phường|huyện|đặc khu|thị xã|tỉnh ủy|thành ủy)"
_UNNAMED = re.compile(rf"{_UNIT}$", re.IGNORECASE)
_LOCAL = re.compile(rf"{_UNIT}\s+(?P<place>\S.*)$", re.IGNORECASE)
_DEPARTMENT = re.compile(r"(?:Sở|Thanh tra|Chi cục|Ban)\s")
_PROVINCE = re.compile(r"(?:UBND|Ủy ban nhân dân)\s((?:tỉnh|thành phố)\s\S[^,;]{2,40})$")


# --- title -----------------------------------------------------------------------------------------


def _goes_on(title: Sequence[Line], line: Line, rules: Rulebook) -> bool:
    """Whether a line belongs to the title above it: by its paragraph, its words or the layout."""
    last = title[-1]
    if line.segment == last.segment or line.text[0].islower() or _UNFINISHED.search(last.text):
        return True
    if line.gap or starts("HEADER_OPENER", line.text, rules) or last.text.endswith((".", ":", ";")):
        return False
    if last.capitals or line.capitals:
        return last.capitals and line.capitals and not starts("HEADER_BODY", line.text, rules)
    return len(line.text) <= _TITLE_LINE and not line.text.endswith((".", ":", ";", ","))


def _title(head: Letterhead, rules: Rulebook) -> list[Line]:
    if head.letter:
        return _subject(head.above, rules)
    title: list[Line] = []
    for line in head.below if head.type else ():
        ends = starts("HEADER_TITLE_END", line.text, rules)
        if ends or (title and not _goes_on(title, line, rules)):
            break
        title.append(line)
    return title


def _subject(above: Sequence[Line], rules: Rulebook) -> list[Line]:
    """A letter's "V/v …" with the lines that it runs on to."""
    return [line for line in above[_over_subject(above, rules) :] if not line.capitals]


def _over_subject(above: Sequence[Line], rules: Rulebook) -> int:
    """How many lines stand over a letter's "V/v …": all where there is none."""
    begun = (i for i, line in enumerate(above) if starts("HEADER_SUBJECT", line.text, rules))
    return next(begun, len(above))


# --- issuer ----------------------------------------------------------------------------------------


def _parts(found: Sequence[Line], rules: Rulebook) -> Iterator[tuple[str, Line]]:
    """The names in capitals of a letterhead, cut where a second body begins on one line with the first."""
    cuts = rules.rules("HEADER_SPLIT")
    for line in found:
        text = line.text.strip(" -–—.:,()")
        if line.capitals and not starts("HEADER_STAMP", text, rules):
            at = 0
            for match in (m for r in cuts for m in r.pattern.finditer(text)):
                if starts("HEADER_BODY", text[at:], rules):
                    yield text[at : match.start()], line
                    at = match.end()
            yield text[at:], line


def _needs(text: str, where: str, rules: Rulebook) -> bool:
    return any(r.assign.get("needs") == where and r.pattern.match(text) for r in rules.rules("HEADER_BODY"))


def _bodies(found: Sequence[Line], rules: Rulebook) -> list[tuple[str, Span]]:
    """The bodies of a letterhead from the highest to the issuer, each from all its lines."""
    bodies: list[tuple[str, Span]] = []
    for text, line in _parts(found, rules):
        opens = starts("HEADER_BODY", text, rules)
        if bodies and (not opens or _needs(bodies[-1][0], "below", rules)):
            name, span = bodies[-1]
            bodies[-1] = (f"{name} {text}", Span(span.start, line.end))
        elif opens:
            bodies.append((text, Span(line.start, line.end)))
    return bodies


def _above(head: Letterhead, rules: Rulebook) -> tuple[str, Span] | None:
    """The issuer as the letterhead says it, in running text's spelling."""
    bodies = _bodies(head.above[: _over_subject(head.above, rules)], rules)
    bodies = bodies or _bodies(head.above, rules)
    if not bodies:
        return None
    name, span = bodies[-1]
    written = decapitalised(name, rules)
    if len(bodies) > 1 and _needs(name, "above", rules):
        written = f"{written} {decapitalised(bodies[-2][0], rules)}"
        span = Span(bodies[-2][1].start, span.end)
    return written, span


def _said(document: Document, head: Letterhead, rules: Rulebook) -> tuple[str, Span] | None:
    """The issuer as the first sentences name it."""
    wanted = {line.segment for line in head.below}
    for i, part in enumerate(segments(document)[: max(wanted, default=-1) + 1]):
        if i in wanted and starts("HEADER_BODY_BEGINS", part.text, rules):
            return None
        for match in (r.pattern.search(part.text) for r in rules.rules("HEADER_ISSUED_BY") if i in wanted):
            if match:
                start = part.start + match.start("issuer")
                return match["issuer"].strip(), Span(start, part.start + match.end("issuer"))
    return None


def _attached(found: Sequence[Line], rules: Rulebook) -> tuple[re.Match[str], Line] | None:
    """The line over an annex that says what the annex belongs to."""
    return next(((m, line) for line in found if (m := starts("HEADER_ATTACHED", line.text, rules))), None)


def _folded(name: str) -> str:
    return re.sub(r"\s+", " ", name).casefold()


def _localised(name: str, document: Document, place: str | None, attached: str | None) -> str:
    """A name that ends in "tỉnh" or "xã" with the name of the place, where the document itself gives it."""
    level = _UNNAMED.search(name)
    if level is None:
        return _mended(name, place)
    if attached and _folded(attached).startswith(_folded(name) + " "):
        return name + attached[len(name) :]
    where = f"{level['unit']} {place}"
    return f"{name} {place}" if place and _folded(where) in _folded(document.text) else name


def _mended(name: str, place: str | None) -> str:
    """A misread locality in the place's spelling: a scanner loses marks in capitals first."""
    local = _LOCAL.search(name)
    if local and place and letterhead.letters(local["place"]) == letterhead.letters(place):
        return name[: local.start("place")] + place
    return name


def _of_province(name: str, head: Letterhead, rules: Rulebook) -> str:
    """A department with the province that stands over it in the letterhead: "Sở Y tế tỉnh Sông Mây"."""
    if not _DEPARTMENT.match(name) or _LOCAL.search(name):
        return name
    over = (_PROVINCE.search(decapitalised(line.text, rules)) for line in head.above if line.capitals)
    province = next((m.group(1) for m in over if m), None)
    return f"{name} {province}" if province else name


def _issuer(
    document: Document, head: Letterhead, found: Sequence[Line], signed: signature.Signature, rules: Rulebook
) -> tuple[AgencyValue, Span] | None:
    attached = _attached(found, rules)
    whole = attached[0]["issuer"] if attached else None
    named = _above(head, rules) or _said(document, head, rules)
    if named is None and attached and whole:
        named = whole, Span(attached[1].start + attached[0].start("issuer"), attached[1].end)
    if named is None and signed.body and signed.span:
        named = decapitalised(signed.body, rules), signed.span
    if named is None:
        return None
    text, span = named
    full = canonical(whole, rules).name if whole else None
    name = _localised(canonical(text, rules).name, document, head.place, full)
    name = _of_province(name, head, rules)
    return replace(canonical(name, rules), text=text), span


# --- the whole -------------------------------------------------------------------------------------


def _before_annex(found: Sequence[Line], head: Letterhead, rules: Rulebook) -> Sequence[Line]:
    """The lines over the annexes, where the signature is; all where nothing is signed there."""
    begin = max((line.end for line in head.above), default=0)
    behind = (i for i, line in enumerate(found) if line.start > begin)
    return found[: next((i for i in behind if starts("HEADER_ANNEX", found[i].text, rules)), len(found))]


def _type(head: Letterhead, rules: Rulebook) -> str | None:
    if head.type or not head.sign:
        return head.type
    by_sign = type_of_number(head.sign if head.number else f"0/{head.sign}", rules)
    return by_sign or ("Công văn" if head.letter else None)


def _over_tables(document: Document) -> list[Segment]:
    """The segments over the first table of duties or targets, in whose cells no letterhead stands."""
    header = next((node.header for node in document.nodes if node.header is not None), None)
    end = len(document.text) if header is None else document.blocks[header].start
    return [segment for segment in segments(document) if segment.start < end]


def find(document: Document, rules: Rulebook) -> Header:
    """Reads a document's header; where a decision issues the plan, it is the decision's."""
    found = lines(document)
    head = letterhead.read(_over_tables(document), rules)
    signed = signature.find(_before_annex(found, head, rules), rules)
    if signed.signer is None:
        signed = signature.find(found, rules)
    title = _title(head, rules)
    issuer = _issuer(document, head, found, signed, rules)
    spans = dict(head.spans)
    if title:
        spans["title"] = Span(title[0].start, title[-1].end)
    if issuer:
        spans["issuer"] = issuer[1]
    if signed.span:
        spans["signer"] = signed.span
    return Header(
        type=_type(head, rules),
        number=head.number,
        issued=head.issued,
        place=head.place,
        issuer=issuer[0] if issuer else None,
        title=" ".join(line.text for line in title) or None,
        signer=signed.signer,
        recipients=signed.recipients,
        spans=tuple(spans.items()),
    )
