"""Reads one member of a list of agencies: where it begins and where it ends.

A member is a collective ("các sở, ban, ngành liên quan"), an office held by a person ("Chủ tịch UBND các
xã"), a name of the registry with its locality, or an unknown name by its head noun. It ends at a stop, at a
verb, or where the next member begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.extractors.agency_extent import ExtentReader
from extractor.extractors.agency_lexicon import CAPITAL, PERSONAL_NAME, SMALL, UPPER
from extractor.rulebook import Rulebook

_OF = re.compile(r"\s(?:của\s)?")
_UNKNOWN_GROUP = re.compile(rf"các\s({SMALL}(?:\s{SMALL}){{1,5}})(?=[,;.:)]|\svà\s|$)")
_INVESTED = re.compile(
    r"\s(?:hạ tầng|dự án|công trình)"
    r"(?:\s(?:kỹ thuật|cụm công nghiệp|khu công nghiệp|khu kinh tế|giao thông))?(?!\w)"
)
_STEERING = re.compile(
    r"(?:(?:Cơ quan )?[Tt]hường trực )?(?:Ban Chỉ đạo|Ban chỉ đạo|Ban Vận động|Hội đồng|Tổ công tác|BCĐ)\b"
)
_ALL_OF = re.compile(r"\scác(?=\s(?:chung cư|chợ|khu|tòa nhà|đơn vị|trường|bệnh viện|thôn|bản|ấp)\b)")
_SEVERAL_NAMED = re.compile(rf"(?:[Cc]ác|[Nn]hững)\s(?=[{UPPER}])")
_LETTERS = re.compile(rf"[{UPPER}]{{2,8}}(?![\w&/-])")
_ENDS = re.compile(r"[,;.)]|\s(?:và|\+)\s|$")
_UNIT_OF = re.compile(
    r"(?:Ban Giám hiệu|Ban Giám đốc|Ban [Ll]ãnh đạo|Công đoàn|Chi bộ|Chi đoàn|Đoàn Thanh niên|Liên đội)\b"
)
_SENT = re.compile(r"(?:Tổ công tác|Đoàn công tác|Đoàn kiểm tra|Đoàn liên ngành)\b")
_SENT_BY = re.compile(r"\scủa\s")
_PARENT = re.compile(
    r"\s(?:Trường|Bệnh viện|Học viện|Viện|Đại học|Sở|Trung tâm|Công ty|Tổng công ty|Tập đoàn|Chi cục)\s"
)
_MANAGES = re.compile(r"\s(?:quản lý|đầu mối|chủ trì)\s")
_NAME_CAPITAL = re.compile(rf"\s(?:[-–]\s(?!Cơ quan|Đơn vị))?(?:{CAPITAL}|\d{{1,3}}\b)")
_NAME_JOINED = re.compile(
    r"(?:\s(?:và|[-–&](?!\s(?:Cơ quan|Đơn vị))|thuộc|ngành|tỉnh|thành phố|xã|phường|số|huyện)|,)"
    rf"\s(?={CAPITAL}|\d)"
)
_NAME_OF_THREE = re.compile(rf"{CAPITAL}(?:\s{SMALL})?\svà\s{CAPITAL}")  # "…, Thể thao và Du lịch"
_WORD = re.compile(rf"{CAPITAL}|\d+")
_SECOND = re.compile(rf"\s{SMALL}(?=[\s,;.:)]|$)")
_NAME_AGAIN = re.compile(rf"\svà\s{CAPITAL}\s{SMALL}")
_NOT_SECOND = re.compile(r"(?:và|các|tỉnh|thành|xã|phường|huyện|số|liên|chức|thuộc)\b")
_TO_PLACE = re.compile(
    rf"(?:\s{SMALL}){{1,8}}?\s(?=(?:tỉnh|thành phố|xã|phường|huyện)\s?(?:{CAPITAL}|[,;.]|$))"
)
_LEVEL_SAID = re.compile(r"\s(?:tỉnh|thành phố|xã|phường|huyện)$")
_TO_CAPITAL = re.compile(rf"((?:\s{SMALL}){{1,5}})(?:\s{CAPITAL}){{1,4}}")
_BARE_LEVEL = re.compile(r"\s(?:tỉnh|thành phố|xã|phường|huyện|cấp|các|trung ương)\b")
_DEPARTMENT = re.compile(r"(?:phòng|ban|trạm|khoa|cơ quan|đơn vị)$", re.I)
_CABINET = re.compile(r"(?<=cơ quan ngang bộ),\scơ quan (?:trực )?thuộc Chính phủ", re.I)
_TOLD_BY = re.compile(r"\s(?:đầu mối|chủ trì)$", re.I)  # what such a body does may follow


class MemberReader(ExtentReader):
    """Reads members in one text; what was read once at a place is kept."""

    def __init__(self, text: str, rules: Rulebook, words: Sequence[tuple[int, int]] | None = None) -> None:
        super().__init__(text, rules, words)
        self._members: dict[tuple[int, bool], int] = {}

    # --- one member -----------------------------------------------------------------------------

    def member(self, at: int, bare: bool = False) -> int:
        """Where the member that begins at ``at`` ends, or ``at`` where none begins.

        ``bare``: small nouns count too ("đơn vị liên quan"), as inside a list they do.
        """
        if (at, bare) not in self._members:
            self._members[at, bare] = self._member(at, bare)
        return self._members[at, bare]

    def _member(self, at: int, bare: bool) -> int:
        end = self._fellows(at, max(self._person(at), self._group(at), self._registry(at)))
        end = end if end > at else max(self._headed(at), self._acronym(at))
        end = self._with_parent(at, end) if end > at else at
        if end <= at and (bare or self.text[at : at + 1].isupper()):
            end = self._told(at, bare)
        if end > at or not bare:
            return end
        match = self.lex.bare_group.match(self.text, at)
        named = self.known(at) if match else at  # "sở giáo dục và đào tạo"
        if match and named > match.end():
            return self._tail(named)
        return self._described(self._tail(match.end())) if match else self._unknown_group(at)

    def _fellows(self, at: int, end: int) -> int:
        """A group with the small nouns that share its "các"."""
        if end <= at or not self.text[at : at + 6].lower().startswith(("các ", "những ")):
            return end
        more = self.fellows(end)
        return self._qualified(more) if more > end else end

    def _with_parent(self, at: int, end: int) -> int:
        """A unit and the body it is part of: "Ban Giám hiệu Trường Đại học Mây Ngàn"."""
        sent = _SENT_BY.match(self.text, end) if _SENT.match(self.text, at) else None
        if sent:
            return max(end, self.member(sent.end()) if self.member(sent.end()) > sent.end() else end)
        if not _UNIT_OF.match(self.text, at) or not _PARENT.match(self.text, end):
            return end
        return max(end, self._registry(end + 1), self._headed(end + 1))

    def _acronym(self, at: int) -> int:
        """A body known by its letters ("VEC khẩn trương …", "ACV, VATM"), where a verb or a stop follows."""
        match = _LETTERS.match(self.text, at)
        if not match or match.group(0).upper() in self.names.abbreviations:
            return at
        ends = _ENDS.match(self.text, match.end()) or self.lex.verb.match(self.text, match.end() + 1)
        return match.end() if ends else at

    def _told(self, at: int, listed: bool) -> int:
        end = self.told(at, listed)
        return self._tail(end) if end > at else at

    def _unknown_group(self, at: int) -> int:
        """In a list, a group of a kind not known: "các chủ đập thủy điện", as far as the next verb."""
        match = _UNKNOWN_GROUP.match(self.text, at)
        if not match:
            return at
        return self.before_verb(match.start(1), match.end())

    def _person(self, at: int) -> int:
        """An office: "Giám đốc các sở", "Phó Chủ tịch UBND tỉnh Nguyễn Văn A"."""
        match = self.lex.person.match(self.text, at)
        if not match:
            return at
        end = self._tail(match.end())
        follow = _OF.match(self.text, match.end())
        body = self._body(follow.end()) if follow else end
        end = max(end, body if follow and body > follow.end() else end)
        department = _DEPARTMENT.search(match.group(0))
        if department:
            end = max(end, self._body(match.start() + department.start()), self._named(match.end()))
        rest = _CABINET.match(self.text, end)
        end = rest.end() if rest else end
        named = PERSONAL_NAME.match(self.text, end)
        return named.end() if named else end

    def _body(self, at: int) -> int:
        """The body behind an office; a department may be written small ("Trưởng phòng Kinh tế")."""
        end = self.member(at, bare=True)
        known = self.known(at)
        return max(end, self._tail(known) if known > at else at)

    def _group(self, at: int) -> int:
        match = self.lex.group.match(self.text, at)
        if not match:
            return at
        own = _SEVERAL_NAMED.match(self.text, at)
        named = max(self._registry(own.end()), self._headed(own.end())) if own else 0
        if named > match.end():
            return named
        told = _TOLD_BY.search(match.group(0))
        told_end = self._described(at + told.start()) if told else at
        if told_end > match.end():
            return told_end
        end = match.end()
        invested = _INVESTED.match(self.text, end) if match.group(0).lower().endswith("đầu tư") else None
        end = invested.end() if invested else end
        if match.group(0).lower().endswith("thành viên") and self.text[end : end + 1] == " ":
            end = max(end, self._body(end + 1))
        if self.lex.kind.search(match.group(0)):
            end = self._small_words(end)
        return self._up_to_verb(self._described(self._qualified(self._areas(end))))

    def _registry(self, at: int) -> int:
        if not self.text[at : at + 1].isupper() and not self.text.startswith(("các ", "những "), at):
            return at
        end = self.known(at)
        if end <= at or (self.text[at].islower() and not self.lex.group.match(self.text, at)):
            return at
        headed = self._headed(at)
        tail = self._tail(end)
        if re.search(r"\bcác\s", self.text[at:end], re.IGNORECASE):
            tail = self._described(tail) if not _MANAGES.match(self.text, tail) else tail
        if self.lex.long_named.match(self.text, at):
            tail = self._works(tail)
        if _STEERING.match(self.text, at):
            tail = self._purpose(tail)
        return max(tail, headed if self._grows(at, end, headed) else end)

    def _grows(self, at: int, end: int, headed: int) -> bool:
        """Whether a name goes on behind what the registry knows of it.

        It does with capitals or a number ("Trường Chính trị Mây Ngàn"), or, for bodies of long names, with
        the words these are made of.
        """
        if headed <= end:
            return False
        more = self.text[end:headed]
        long_named = self.lex.long_named.match(self.text, at) and self.lex.name_word.match(more, 1)
        return bool(re.match(rf"\s(?:số\s\d|(?:[-–]\s)?{CAPITAL})", more) or long_named)

    # --- names no registry has ---------------------------------------------------------------------

    def _named(self, end: int) -> int:
        """Past the words of a name, capitals and what joins them, that begin behind a head noun."""
        first = True
        while (step := self._name_part(end, first)) > end:
            end, first = step, False
        return end

    def _headed(self, at: int) -> int:
        """A name by its head noun: "Trung tâm Giống cây trồng", "Công ty Thủy nông Sông Mây"."""
        match = self.lex.head.match(self.text, at)
        if not match:
            return at
        end = self._named(match.end())
        if self.lex.long_named.match(self.text, at):
            end = self._to_capital(end)
            end = self._works(end)
        every = _ALL_OF.match(self.text, end) if end > match.end() else None
        end = self.words(every.end(), most=2) if every else end
        if end > match.end() and self.lex.inner_named.match(self.text, at):
            end = self.words(end, most=3)
        if end == match.end() and not _BARE_LEVEL.match(self.text, end):
            return at
        return self._tail(end)

    def _name_part(self, end: int, first: bool) -> int:
        """The next word (or joined words) of a name, or ``end`` where the name ends."""
        capital = _NAME_CAPITAL.match(self.text, end)
        if capital and (first or not self._opens_member(self._past_dash(capital.start()))):
            return self._second_syllable(capital.end())
        joined = _NAME_JOINED.match(self.text, end)
        if joined:
            word = _WORD.match(self.text, joined.end())
            return end if self._splits(joined) or not word else self._second_syllable(word.end())
        if _LEVEL_SAID.search(self.text[max(0, end - 12) : end]):
            return end
        small = self.lex.name_word.match(self.text, end + 1) if self.text[end : end + 1] == " " else None
        if small and self._name_goes_on(small.end()):
            return small.end()
        return self._to_place(end)

    def _past_dash(self, at: int) -> int:
        return at + len(self.text[at:]) - len(self.text[at:].lstrip(" -–"))

    def _splits(self, joined: re.Match[str]) -> bool:
        """A comma or "và" before a member with a name of its own."""
        mark = joined.group(0).strip()
        at = joined.end()
        if mark not in (",", "và"):
            return False
        if self.lex.head.match(self.text, at) or self.lex.person.match(self.text, at):
            return True
        return mark == "," and not _NAME_OF_THREE.match(self.text, at)

    def _second_syllable(self, end: int) -> int:
        """The small second syllable of a capitalised word ("Điện lực", "Bảo vệ")."""
        match = _SECOND.match(self.text, end)
        at = end + 1
        if not match or self.text[end - 1].isdigit():
            return end
        again = _NAME_AGAIN.match(self.text, match.end()) and not self.lex.ender.match(self.text, at)
        if again or (at, match.end()) in self.whole:
            return match.end() if again else end
        if self.lex.name_word.fullmatch(self.text[self.text.rfind(" ", 0, end) + 1 : match.end()].lower()):
            return match.end()
        apart = (self.lex.verb, self.lex.ender, self.lex.name_word, _NOT_SECOND)
        return end if any(p.match(self.text, at) for p in apart) else match.end()

    def _to_place(self, end: int) -> int:
        """A run of small words that ends in a place: "Hội Bảo vệ thiên nhiên và môi trường tỉnh …"."""
        match = _TO_PLACE.match(self.text, end)
        if not match or match.group(0).startswith((" và các ", " và UBND ")):
            return end
        for space in re.finditer(r"\s", match.group(0)[:-1]):
            at = match.start() + space.end()
            ends = self.lex.ender.match(self.text, at) and not self.text.startswith("và ", at)
            if ends or self.lex.verb.match(self.text, at):
                return end
        return match.end() - 1

    def _to_capital(self, end: int) -> int:
        """A company's trade and name: "Tổng công ty Đầu tư phát triển đường cao tốc Đại Việt"."""
        match = _TO_CAPITAL.match(self.text, end)
        if not match:
            return end
        words = match.group(1).strip()
        acts = self.lex.verb.match(words) and not self.lex.name_word.match(words)
        return end if acts or any(self.lex.ender.match(w) for w in words.split()) else match.end()
