"""Reads a list of agencies member by member: what parts them, and what they share.

A head said once holds for the names behind it ("các Sở: Tài chính, Nội vụ" is two departments), as the body
said once holds for several places ("UBND các xã: A, B").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.extractors.agency_lexicon import CAPITAL, UNITS
from extractor.extractors.agency_reader import MemberReader
from extractor.rulebook import Rulebook

Member = tuple[int, int, str]  # where a member stands, and its text (with its head, where that is shared)

_SEPARATOR = re.compile(
    r"\s*(?:\([^()]{0,200}\)\s*)?"
    r"(?:;\s*(?:và\s)?|,\s*(?:và\s)?|\s(?:và|cùng với|cùng|hoặc)\s|\s?/\s?"
    r"|\s+\+\s+(?![Cc]ơ quan|[Đđ]ơn vị))(?:với\s)?"
)
_ADJACENT = re.compile(r"\s+(?=(?:Các|Sở|UBND|Ủy ban|Ban|Công an|Phòng|Văn phòng|Trung tâm)\s)")
_SHARED_HEAD = re.compile(
    rf"(?:các\s)?(sở|bộ|ban|hội|phòng|cục|chi cục)(?:,?\s(?:ban,\s?)?ngành)?\s?(:)?\s?(?={CAPITAL})", re.I
)
_APPOSITION = re.compile(
    r"\s[-–]\s(?:[Cc]ơ quan|[Đđ]ơn vị)\s(?:thường trực|chủ trì|đầu mối|giúp việc|tham mưu|chủ quản)(?!\w)"
)
_NAMED = re.compile(rf"(?:[Ôô]ng|[Bb]à|[Đđ]ồng chí|[Đđ]/c)\s{CAPITAL}\s{CAPITAL}")
_TOGETHER = re.compile(r"\s(?:cùng với|cùng)\s")  # in a sentence it names a partner, in a list a member
_DASH = re.compile(r"\s+[-–]\s+(?![Cc]ơ quan|[Đđ]ơn vị)")
_UNIT = re.compile(
    r"(?:Trung tâm|Chi cục|Phòng|Cục|Viện|Khoa|Văn phòng|Cảnh sát|Ngân hàng|Chi nhánh|Quỹ|Tổ|Đội|Trạm)\s"
)
_OFFICE_END = re.compile(r",|;|\svà\s|\strực tiếp\s|$")
_LISTED_REST = re.compile(r"\s[^,;:()\n\t/.]{1,60}?(?=\s?[,;(\n\t/.]|\svà\s|$)")
_NOTE = re.compile(
    r"\s(?:[-–+]|theo|để|về|khi|căn cứ|và|cùng|hoặc|với|của)\b|\s[-–+]\s|\s(?:Các|Sở|UBND|Ủy ban)\s"
)
_SHARED_AREAS = re.compile(
    r"((?:(?:[Ll]ãnh đạo\s)?(?:UBND|Ủy ban nhân dân)|HĐND|Hội đồng nhân dân|Công an|Đảng ủy"
    r"|Sở [A-ZĐ](?:(?!\svà\s(?:UBND|Ủy|Sở|Công an|Đảng))[\w ]){2,40}?|Chủ tịch UBND"
    r"|Chủ tịch Ủy ban nhân dân|Tỉnh ủy|Thành ủy)\s)?"
    rf"(?:[Cc]ác\s)?({UNITS}|địa phương)(?:(?:,|\svà)\s(?:{UNITS}))*(?:\s(?:bao\s)?gồm(?=:))?"
    rf"\s?(:\s?|\s)(?={CAPITAL})"
)
_CITY = re.compile(r"(?:TP\.?|[Tt]hành phố)\s?")
_CITIES = ("Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh")
_PROPER = re.compile(
    rf"(?:(?:{UNITS})\s|TP\.)?{CAPITAL}(?:\s{CAPITAL}){{0,3}}(?:\s[-–]\s{CAPITAL}(?:\s{CAPITAL}){{0,2}})?"
)
_BODY_OF_PLACE = re.compile(rf"(?:Chủ tịch\s)?(?:UBND|Ủy ban nhân dân)\s(?=(?:{UNITS})\s{CAPITAL})")
_BARE_PLACE = re.compile(rf"(?:{UNITS})\s{CAPITAL}")
_SHARED_OFFICE = re.compile(r"(?:Bộ trưởng|Giám đốc|Thủ trưởng|Chủ tịch|Chánh Thanh tra|Trưởng)\s(?=các\s)")
_SHARED_COMMA = re.compile(r"\s*(?:\([^()]{0,60}\)\s?)?(?:,|;|\svà)\s")
_SHARING = ("sở", "bộ", "phòng", "ban", "hội")


class ListReader(MemberReader):
    """Reads the lists of one text.

    ``listed``: the text is a list of names and nothing else (a label's value, a cell).
    """

    def __init__(
        self,
        text: str,
        rules: Rulebook,
        words: Sequence[tuple[int, int]] | None = None,
        listed: bool = False,
    ) -> None:
        super().__init__(text, rules, words)
        self.listed = listed
        self.past = 0  # the end of the last office read behind a person's name

    def run(self, at: int, bare: bool = False) -> list[Member]:
        """The members of the list that begins at ``at``."""
        out: list[Member] = []
        while True:
            shared = self._shared_head(at)
            end = self.member(at, bare=bare or bool(out)) if not shared else at
            if not shared and end <= at:
                return out
            end = self._up_to_separator(at, end) if self.listed and not shared else end
            shared = self._under(out[-1][2], shared) if out else shared
            out += shared or [(at, end, self.text[at:end])]
            at = self._next(out)
            if at < 0:
                return out

    def run_cued(self, at: int) -> list[Member]:
        """The list that begins with a name known only by where it stands."""
        end = self.cued(at)
        end = self._tail(end) if end > at else at
        if end <= at:
            return []
        first = (at, end, self.text[at:end])
        following = self._next([first])
        return [first, *(self.run(following, bare=True) if following >= 0 else [])]

    def _next(self, out: list[Member]) -> int:
        """Where the member behind the last one begins, or -1; names that share its head are taken in."""
        end = out[-1][1]
        while True:
            end = max(end, out[-1][1])
            said = _APPOSITION.match(self.text, end)
            if said:
                end = self.past = max(said.end(), self.member(said.end() + 1))
            dash = _DASH.match(self.text, end)
            if dash and _UNIT.match(out[-1][2]) and self.member(dash.end()) > dash.end():
                out[-1] = (out[-1][0], end := self.member(dash.end()), self.text[out[-1][0] : end])
            separator = _SEPARATOR.match(self.text, end) or _DASH.match(self.text, end)
            if separator and not self.listed and _TOGETHER.match(separator.group(0)):
                return -1
            if not separator or separator.end() >= len(self.text):
                adjacent = _ADJACENT.match(self.text, end)
                return adjacent.end() if adjacent and self.member(adjacent.end()) > adjacent.end() else -1
            at = separator.end()
            office = self._office(out[-1][2], at)
            if office > at:
                end = self.past = office
                continue
            if self.member(at, bare=True) > at or self._shared_head(at):
                return at
            sharing = self._same_head(out[-1][2], at)
            if not sharing:
                return -1
            out.append(sharing)

    def _office(self, last: str, at: int) -> int:
        """Where the office behind a named person ends: "đồng chí A, Phó Chủ tịch phụ trách khối văn xã"."""
        office = self.lex.person.match(self.text, at) if _NAMED.match(last) else None
        if not office or _NAMED.match(self.text, at):
            return at
        stop = _OFFICE_END.search(self.text, max(office.end(), self.member(at)))
        return stop.start() if stop and stop.start() - at < 120 else office.end()

    def _shared_head(self, at: int) -> list[Member]:
        """Names behind one head: "các Sở: Tài chính, Nội vụ"; empty where it is no such list."""
        areas = _SHARED_AREAS.match(self.text, at)
        if areas:
            return self._placed(areas)
        office = _SHARED_OFFICE.match(self.text, at)
        match = _SHARED_HEAD.match(self.text, office.end() if office else at)
        if not match or (not match.group(2) and not match.group(0).lower().startswith("các")):
            return []
        head = match.group(1)[:1].upper() + match.group(1)[1:].lower()
        held = office.group(0) if office else ""
        out: list[Member] = []
        place = match.end()
        while named := self._with_head(head, place):
            out.append((named[0], named[1], held + named[2]))
            comma = _SHARED_COMMA.match(self.text, named[1])
            if not comma:
                break
            place = comma.end()
        return out if len(out) > 1 or (out and match.group(2)) else []

    def _placed(self, areas: re.Match[str]) -> list[Member]:
        """Bodies of several places: "UBND các xã: A, B" is "UBND xã A" and "UBND xã B"."""
        head, unit = areas.group(1) or "", areas.group(2)
        out: list[Member] = []
        place = areas.end()
        while name := _PROPER.match(self.text, place):
            city = _CITY.match(name.group(0))
            others = () if city else (self.lex.head, self.lex.person)
            other = any(p.match(self.text, place) for p in others)
            other |= " " not in name.group(0) and bool(self.lex.verb.match(self.text, place))
            if other or (self.known(place) > place and not city):
                break
            first = out[0][2] if out else ""
            out.append((place, name.end(), f"{head}{self._unit(unit, name.group(0), first)}{name.group(0)}"))
            comma = _SHARED_COMMA.match(self.text, name.end())
            if not comma:
                break
            place = comma.end()
        several = re.match(r"(?:\S+\s){0,8}?[Cc]ác\s", areas.group(0)) or ":" in areas.group(3)
        return out if len(out) > 1 and (several or head) else []

    @staticmethod
    def _unit(unit: str, name: str, first: str) -> str:
        """The unit before a place's name, unless the name brings its own; provinces stand behind a city."""
        if re.match(rf"(?:(?:{UNITS})\s|TP\.)", name, re.IGNORECASE) or unit == "địa phương":
            return ""
        if name in _CITIES and unit == "tỉnh":
            return "thành phố "
        behind_city = unit == "thành phố" and first.endswith(_CITIES) and name not in _CITIES
        return "tỉnh " if behind_city else f"{unit} "

    @staticmethod
    def _under(last: str, places: list[Member]) -> list[Member]:
        """Bare places behind a place's body: "UBND thành phố A và các tỉnh B, C" is three committees."""
        body = _BODY_OF_PLACE.match(last)
        bare = body and all(_BARE_PLACE.match(text) for _, _, text in places)
        return [(s, e, f"{body.group(0)}{text}") for s, e, text in places] if body and bare else places

    def _same_head(self, last: str, at: int) -> Member | None:
        """A name that goes with the head of the one before: "Sở Nội vụ, Tài chính"."""
        head = last.split(" ", 1)[0]
        return self._with_head(head, at) if head.lower() in _SHARING else None

    def _with_head(self, head: str, at: int) -> Member | None:
        probe = f"{head} {self.text[at : at + 120]}"
        end = self.names.longest(probe, 0)
        return (at, at + end - len(head) - 1, probe[:end]) if end > len(head) + 1 else None

    def _up_to_separator(self, at: int, end: int) -> int:
        """In a list, a name runs to the next separator unless a verb or a note stands before it."""
        match = _LISTED_REST.match(self.text, end)
        if not match or _NOTE.match(self.text, end):
            return end
        words = [end + 1, *(end + 1 + m.end() for m in re.finditer(r"\s", match.group(0)[1:]))]
        group = re.search(r"(?:^|\s)các\s", self.text[at:end], re.IGNORECASE)
        verb = self.lex.note_verb if group else self.lex.verb
        names = self.lex.name_word
        acts = any(verb.match(self.text, w) and not names.match(self.text, w) for w in words)
        return end if acts else match.end()
