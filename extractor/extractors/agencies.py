"""Finds agencies in running text, and splits the lists that labels, columns and headings hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby, pairwise

from extractor.extractors.agency_lexicon import SMALL, UPPER, lexicon
from extractor.extractors.agency_lists import ListReader, Member
from extractor.extractors.agency_names import canonical
from extractor.mention import Mention
from extractor.rulebook import Rulebook

_LEAD = re.compile(
    r"^(?:[-–+*•]\s?)?(?:kính\s)?"
    r"(?:(?:đề nghị|giao(?:\s(?:nhiệm vụ|trách nhiệm))?(?:\scho)?|yêu cầu|phân công|trách nhiệm(?:\scủa)?"
    r"|nhiệm vụ của|đối với|về phía)\s?:?\s)?(?:của\s|cho\s)?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^\W{0,3}(?:\([^()]{0,120}\))?\W{0,3}"
    r"(?:(?:theo|căn cứ)\s(?:chức năng|thẩm quyền|nhiệm vụ)[\w\s,]{0,80}"
    r"|(?:có|chịu)\strách nhiệm(?:\s(?:thực hiện|chủ trì|tổ chức|triển khai))?"
    r"|thực hiện|chỉ đạo|có nhiệm vụ)?\s?[.:]?\W{0,2}$",
    re.IGNORECASE,
)
_GROUP_HEADING = re.compile(rf"[Cc]ác\s{SMALL}(?:,?\s{SMALL}){{1,14}}$")
_OPENING = re.compile(r"(?:căn cứ|trên cơ sở|theo|sau khi|khi|để|đối với|ngoài)\b", re.IGNORECASE)
BESIDE = re.compile(r"\s?\([^()]{0,40}\bphối hợp\b", re.IGNORECASE)  # "Sở A (chủ trì); Sở B (phối hợp)"
_OBJECT = re.compile(
    r"\b(?:báo cáo|trình|đề xuất|tham mưu(?:\scho)?|gửi|của|cho|kiến nghị|ý kiến|tại|về|qua|đến|trước|giúp"
    r"|làm việc với)\s$"
)
_OF = ("của ", "với ", "do ", "tại ", "cho ")
_PIECE = re.compile(r"[^;\n]+")
_MORE = re.compile(rf"\s*(?:\([^()]{{0,200}}\)\s*)?(?:[,;]|\svà|\s\+)\s+(?=[{UPPER}]|các\s)")
_COLON = re.compile(r":\s*[-+]?\s*")
_GATHERS = re.compile(
    r"(?:các\s)?(?:cơ quan|đơn vị|phòng|ban|ngành|đoàn thể|bộ phận|,\s|\s)+$", re.IGNORECASE
)
_NO_NAME = re.compile(r"(?:như|theo|nêu|tại|xem|cùng|từ|đến|trong|các mục)\b", re.IGNORECASE)
_UNKNOWN_END = re.compile(r"[,(:]|\.$|$")
_CUE = re.compile(
    r"\bph[ốôồ]i\sh[ợơờ]p\s(?:(?:chặt chẽ|thường xuyên|đồng bộ|tốt|hiệu quả|tích cực)\s)?"
    r"((?:cùng\s)?(?:với|cùng)\s)?"
    r"|(?<!hợp\s)(?:\bvới|\bchỉ đạo|\bgiao|\byêu cầu|\bđề nghị|\bphân công)\s(?:cho\s)?()"
    r"|;\s(?=(?:chủ đầu tư|nhà thầu|nhà đầu tư|đơn vị|cơ quan|địa phương|doanh nghiệp|chính quyền|cấp ủy"
    r"|tư vấn)\b)()",
    re.IGNORECASE,
)  # behind these a small noun is an agency; behind the first, whatever it is
_BETWEEN_NAMES = re.compile(
    r"(?:[^;,]|,(?!\s(?:Phòng|Ban|Tổ|Khoa|Đội|Bộ phận|Trung tâm|Trạm|Hội|Công ty|Trưởng)\s))+"
)
_CLAUSE = 600  # the longest opening phrase looked back for
_SIGNS = 0x18FE  # signs of the private use area

Words = Sequence[tuple[int, int]]


def _mentions(members: Sequence[Member], rules: Rulebook, offset: int, found_by: str) -> list[Mention]:
    out = []
    for start, end, text in members:
        value = canonical(text, rules)
        by = f"{found_by}.{'registry' if value.id else 'head'}"
        out.append(Mention("AGENCY", offset + start, offset + end, value, by, 1.0 if value.id else 0.9))
    return out


def runs(text: str, rules: Rulebook, words: Words | None = None) -> Iterator[tuple[int, list[Member]]]:
    """The lists of agencies in a running text, in order: where each begins, and its members."""
    reader = ListReader(text, rules, words)
    cued = {m.end(): bool(m.group(1)) for m in _CUE.finditer(text) if m.group(1) or not reader.acts(m.end())}
    at = 0
    for start in _starts(reader, list(cued)):
        if start < at:
            continue
        members = reader.run(start, bare=start in cued)
        if not members and cued.get(start):
            members = reader.run_cued(start)
        if members:
            yield start, members
            at = max(members[-1][1], reader.past)


def _starts(reader: ListReader, cued: Sequence[int]) -> Iterator[int]:
    """Where lists of agencies may begin, in order: where a name may, and where a cue ends."""
    found = (m.start() for m in reader.lex.start.finditer(reader.text))
    yield from (place for place, _ in groupby(merge(found, cued)))


def find(text: str, rules: Rulebook, offset: int = 0, words: Words | None = None) -> list[Mention]:
    """Every agency in a running text, one mention a member, in order; ``offset`` is added to the places."""
    return [
        m for _, members in runs(text, rules, words) for m in _mentions(members, rules, offset, "agencies")
    ]


def signed(
    text: str, rules: Rulebook, offset: int = 0, words: Words | None = None
) -> tuple[str, list[list[Mention]]]:
    """``text`` with each list of agencies replaced by one sign (U+E000 + its index), and the lists."""
    parts: list[str] = []
    lists: list[list[Mention]] = []
    last = 0
    for start, members in runs(text, rules, words):
        for at, group in _apart(text, start, members):
            parts += [text[last:at], chr(0xE000 + min(len(lists), _SIGNS))]
            lists.append(_mentions(group, rules, offset, "agencies"))
            last = group[-1][1]
    return "".join([*parts, text[last:]]), lists


def _apart(text: str, start: int, members: list[Member]) -> list[tuple[int, list[Member]]]:
    """A list inside an opening phrase, and the subject behind its comma ("Theo đề nghị của A, B rà soát");
    one to whom something is sent, and the subject of the clause behind it ("… báo cáo A; B theo dõi").
    """
    for i, (_, end, _) in enumerate(members[1:], 1):
        if BESIDE.match(text, end):
            return [(start, members[:i]), *_apart(text, members[i][0], members[i:])]
    if _OBJECT.search(text[max(0, start - 20) : start]):
        for i, (one, two) in enumerate(pairwise(members), 1):
            if ";" in text[one[1] : two[0]]:
                return [(start, members[:i]), *_apart(text, two[0], members[i:])]
    near = max(0, start - _CLAUSE)
    clause = text[
        max(text.rfind(". ", near, start), text.rfind("; ", near, start), near - 1) + 1 : start
    ].lstrip()
    inside = len(members) > 1 and _OPENING.match(clause) and clause.endswith(_OF)
    if inside and text[members[-2][1] : members[-1][0]].strip() == ",":
        return [(start, members[:-1]), (members[-1][0], members[-1:])]
    return [(start, members)]


def parse_list(text: str, rules: Rulebook, offset: int = 0) -> list[Mention]:
    """The members of a label's value, a column's cell or a heading; notes behind names are dropped."""
    out: list[Mention] = []
    for piece in _PIECE.finditer(text):
        lead = _LEAD.match(piece.group(0))
        start = piece.start() + (lead.end() if lead else 0)
        start = piece.end() - len(text[start : piece.end()].lstrip(" -–+*•,."))
        body = text[: piece.end()]
        out += _mentions(_listed(body, start, rules), rules, offset, "agencies.list")
    return out


def _listed(text: str, start: int, rules: Rulebook) -> list[Member]:
    """The members of a list from ``start`` on, names that no list has among them."""
    out: list[Member] = []
    while start < len(text):
        reader = ListReader(text, rules, listed=True)
        members = reader.run(start, bare=True) or _as_written(text, start, rules)
        if not members:
            break
        end = max(members[-1][1], reader.past)
        gathers = text.startswith(":", end) and _GATHERS.match(members[-1][2])
        out += members[:-1] if gathers else members
        following = (_COLON if gathers else _MORE).match(text, end)
        if not following:
            break
        start = following.end()
    return out


def _as_written(text: str, start: int, rules: Rulebook) -> list[Member]:
    """An unknown name, as far as the next comma, bracket or verb."""
    verb = lexicon(rules).verb
    stop = _UNKNOWN_END.search(text, start)
    end = stop.start() if stop else len(text)
    for space in re.finditer(r"\s", text[start:end]):
        if verb.match(text, start + space.end()):
            end = start + space.start()
            break
    name = text[start:end].rstrip(" .,;")
    if not name[:1].isupper() or verb.match(name) or _NO_NAME.match(name) or len(name) > 120:
        return []
    return [(start, start + len(name), name)]


def is_agency_heading(text: str, rules: Rulebook, offset: int = 0) -> list[Mention]:
    """The bearers that a heading names, where it names nothing else; else an empty list."""
    lead = _LEAD.match(text) if len(text) <= 400 else None
    if not lead:
        return []
    reader = ListReader(text, rules)
    members = reader.run(lead.end())
    if members and not _TAIL.match(text[max(members[-1][1], reader.past) :]):
        members = _whole_group(text, members, rules)
    return _mentions(members, rules, offset, "agencies.heading")


def runs_past(text: str, at: int, rules: Rulebook) -> bool:
    """Whether the list that opens a text goes on behind a place in it ("các Sở: Tài chính, Nội vụ …")."""
    lead = _LEAD.match(text)
    members = ListReader(text, rules).run(lead.end() if lead else 0)
    return bool(members) and members[-1][1] > at


def opens_with_agency(text: str, rules: Rulebook) -> bool:
    """Whether a heading or a block opens with the name of a body or an office."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    return ListReader(text[:200], rules).member(start) > start


def as_written(text: str, rules: Rulebook, offset: int = 0) -> list[Mention]:
    """The bearers that a heading must name, though no list has them; none where it opens with other words."""
    lead = _LEAD.match(text)
    body = text.rstrip(" .:")
    start = lead.end() if lead else 0
    words = lexicon(rules)
    if (
        words.verb.match(text, start)
        or words.not_bearer.match(text, start)
        or not (text[start : start + 1].isupper() or text.startswith("các ", start))
    ):
        return []
    out: list[Member] = []
    members = ListReader(body, rules, listed=True).run(start, bare=True)
    if members and _TAIL.match(body[members[-1][1] :]):
        return _mentions(members, rules, offset, "agencies.heading")
    for piece in re.finditer(_BETWEEN_NAMES, body[start:]):
        end = start + piece.end()
        at = end - len(piece.group(0).lstrip(" -–+,"))
        out += _piece(body[:end], at, rules)
    return _mentions(out, rules, offset, "agencies.heading")


def _piece(text: str, start: int, rules: Rulebook) -> list[Member]:
    """The one name that a text ends with, as it is written; none where a verb makes it a sentence."""
    name = re.sub(r"\s?\([^()]*\)", "", text[start:]).rstrip(" ,.")
    deed = ListReader(text, rules).says_deed(start, start + len(name))
    return [(start, start + len(name), name)] if name and not deed else []


def _whole_group(text: str, members: list[Member], rules: Rulebook) -> list[Member]:
    """A heading that is one group told by its work: "Các đơn vị thu gom, vận chuyển chất thải"."""
    whole = _GROUP_HEADING.match(text, members[-1][0])
    if not whole or not lexicon(rules).group.match(text, members[-1][0]):
        return []
    return [*members[:-1], (members[-1][0], whole.end(), whole.group(0))]
