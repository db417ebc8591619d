"""The signature and the list of recipients (chữ ký, nơi nhận) at a document's end.

The two stand side by side, so a file may give them in any order, even line by line in turn. A person's
name is known by its place (right under the office) or, among the recipients, by its family name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from extractor.document import Span
from extractor.extractors.lines import Line, decapitalised, starts
from extractor.mention import Signer
from extractor.rulebook import Rulebook

_ABOVE = 14  # how many lines over "Nơi nhận" a signature may begin
_BELOW = 60  # and how many under it the list and the signature may take
_TAIL = 30  # how many last lines are searched where there is no "Nơi nhận"
_NAME = re.compile(r"[^\W\d_]['’]?[^\W\d_]*(?:[ -][^\W\d_]['’]?[^\W\d_]*){1,5}")
_BULLET = re.compile(r"(?:^|(?<=[;.,:])|(?<=:\s))\s*/?\s*[-–~+•]\s+")
_SEPARATED = re.compile(r"(?:^|[;,.)]\s+)(?=\w)")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with where it stands; ``body``: on whose behalf ("TM. …"), in capitals as written."""

    signer: Signer | None = None
    span: Span | None = None
    recipients: tuple[str, ...] = ()
    body: str | None = None


@dataclass(frozen=True, slots=True)
class _Office:
    """A title in a signature; ``proxy``: the signer stands in for its holder ("KT. CHỦ TỊCH")."""

    text: str
    end: int
    line: int
    proxy: bool = False


@dataclass(slots=True)
class _Block:
    """What the lines in capitals of a signature say, in order; ``lines``: those lines."""

    offices: list[_Office] = field(default_factory=list)
    capacities: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    body: str | None = None


def _matches(label: str, text: str, rules: Rulebook) -> list[re.Match[str]]:
    return sorted((m for r in rules.rules(label) for m in r.pattern.finditer(text)), key=lambda m: m.start())


def _capacity(mark: str) -> str:
    return re.sub(r"[\s/.]", "", mark) + "."


def _plain(text: str, rules: Rulebook) -> str:
    """A name without what stands around it: "(Đã ký)", a rank, a degree."""
    while match := starts("SIGN_RANK", text, rules):
        text = text[match.end() :]
    return re.sub(r"\s*\(.*\)$", "", text).strip(" .*_")


def _capitalised(word: str) -> bool:
    return word[:1].isupper() and (len(word) == 1 or not word.isupper())


def person(text: str, rules: Rulebook, family: bool = False) -> str | None:
    """The personal name that a line consists of, or None; ``family``: it must begin with a known one."""
    name = _plain(text, rules)
    if not _NAME.fullmatch(name):
        return None
    if name.isupper():
        name, family = name.title(), True
    if not all(_capitalised(w) for part in name.split() for w in re.split(r"[-'’]", part) if w):
        return None
    return None if family and not starts("SIGN_FAMILY", name, rules) else name


def _block(region: Sequence[Line], rules: Rulebook) -> _Block:
    """The titles, the capacities and the body of every line in capitals of a signature."""
    block = _Block()
    for i, line in enumerate(region):
        marks = _matches("SIGN_CAPACITY", line.text, rules)
        titles = [m for m in _matches("SIGN_TITLE", line.text, rules) if _stands(m, line.text, marks, rules)]
        block.capacities += [_capacity(m["capacity"]) for m in marks]
        block.lines += [line] if marks or titles else []
        for title in titles:
            proxy = any(m.end() == title.start() and _capacity(m["capacity"]) != "Q." for m in marks)
            block.offices.append(_Office(title.group(), title.end(), i, proxy))
        for mark in marks:
            if _capacity(mark["capacity"]) == "TM.":
                ends = [m.start() for m in (*titles, *marks) if m.start() > mark.start()]
                block.body = line.text[mark.end() : min(ends, default=len(line.text))].strip()
    return block


def _stands(title: re.Match[str], text: str, marks: Sequence[re.Match[str]], rules: Rulebook) -> bool:
    """Whether words in capitals are an office in a signature: after a mark, or set apart at a line's end."""
    before, after = text[: title.start()].strip(), text[title.end() :].strip(" *_.")
    apart = not before or before.endswith((":", ";", ",", ".", ")"))
    return bool(marks) or (apart and (after[:1] in ("", "(") or person(after, rules) is not None))


def _named(region: Sequence[Line], offices: Sequence[_Office], rules: Rulebook) -> tuple[str, Line] | None:
    """The signer's name: behind the office, under it, or among the recipients beside it."""
    if not offices:
        lone = [(n, line) for line in region if (n := person(line.text, rules, family=True))]
        return lone[-1] if lone else None
    last = offices[-1]
    line = region[last.line]
    if name := person(line.text[last.end :], rules):
        return name, line
    below = region[last.line + 1 :]
    for line in below:
        if name := person(line.text, rules, family=line.text.isupper()):
            return name, line
    runs = ((_run(line.text, rules), line) for line in below)
    return next(((name, line) for name, line in runs if name), None)


def _run(text: str, rules: Rulebook) -> str | None:
    """A name of three syllables or more among a recipient's words ("…, Nội vụ; Lê Thị Thử Y tế, …")."""
    for cut in _SEPARATED.finditer(text):
        words = list(takewhile(_capitalised, text[cut.end() :].split()))
        if len(words) < len(text[cut.end() :].split()):
            words = words[:-1]
        if len(words) >= 3 and (name := person(" ".join(words), rules, family=True)):
            return name
    return None


def _cut(text: str, name: str | None, rules: Rulebook) -> str:
    """A recipient's line without the signature beside it."""
    cuts = [m.start() for label in ("SIGN_CAPACITY", "SIGN_TITLE") for m in _matches(label, text, rules)]
    if name and name in text:
        cuts.append(text.index(name))
    return text[: min(cuts, default=len(text))].strip()


def _members(lines: Sequence[str], rules: Rulebook) -> tuple[str, ...]:
    """The recipients one by one; a line without a bullet goes on with the one above it."""
    members: list[str] = []
    for text in lines:
        for i, piece in enumerate(_BULLET.split(text)):
            goes_on = i == 0 and members and not members[-1].endswith((";", "."))
            if goes_on:
                members[-1] = f"{members[-1]} {piece}".strip()
            elif piece.strip():
                members.append(piece.strip())
    filed = next((i for i, m in enumerate(members) if starts("SIGN_FILED", m, rules)), len(members))
    return tuple(m for member in members[:filed] if (m := member.strip(" ;,./:")))


def _recipients(region: Sequence[Line], head: int, name: str | None, rules: Rulebook) -> tuple[str, ...]:
    match = starts("SIGN_RECIPIENTS", region[head].text, rules)
    first = region[head].text[match.end() :] if match else ""
    texts = [first, *(line.text for line in region[head + 1 : head + _BELOW])]
    return _members([_cut(text, name, rules) for text in texts], rules)


def find(found: Sequence[Line], rules: Rulebook) -> Signature:
    """Reads the last signature of the lines before the annexes, and the recipients beside it."""
    heads = [i for i, line in enumerate(found) if starts("SIGN_RECIPIENTS", line.text, rules)]
    begin = max(0, heads[-1] - _ABOVE) if heads else max(0, len(found) - _TAIL)
    region = found[begin : heads[-1] + _BELOW if heads else len(found)]
    block = _block(region, rules)
    named = _named(region, block.offices, rules)
    name = named[0] if named else None
    recipients = _recipients(region, heads[-1] - begin, name, rules) if heads else ()
    held = block.lines + ([named[1]] if named else [])
    if not block.offices and not named:
        return Signature(recipients=recipients)
    office = next((decapitalised(o.text, rules) for o in reversed(block.offices) if not o.proxy), None)
    signer = Signer(name, office, " ".join(dict.fromkeys(block.capacities)) or None)
    span = Span(min(line.start for line in held), max(line.end for line in held))
    return Signature(signer, span, recipients, block.body)
