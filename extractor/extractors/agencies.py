"""Finds agencies in running text, and splits the lists that labels, columns and headings hold.

One member of a list is read at a time: a collective ("các sở, ban, ngành liên quan"), an office held by a
person ("Chủ tịch UBND các xã"), a name of the registry with its locality, or an unknown name by its head
noun; it ends at a stop, at a verb, or where the next member begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractor.extractors.agency_names import canonical, names
from extractor.mention import Mention
from extractor.rulebook import Rulebook

_UPPER = "A-ZĐÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_LOWER_WORD = rf"[^\W{_UPPER}\d_]+"
_CAP_WORD = rf"[{_UPPER}][\w]*(?:[-–][\w]+)*"
_SEPARATOR = re.compile(
    r"\s*(?:\([^()]{0,200}\)\s*)?(?:;\s*(?:và\s)?|,\s*(?:và\s)?|\s(?:và|cùng|hoặc|cùng với)\s|\s?/\s?|\s+[-–+]\s+)(?:với\s)?"
)
_BRACKET = re.compile(r"\s*\([^()]{0,300}\)")
_PLACE = (
    rf"(?:tỉnh|thành phố|TP\.?|xã|phường|đặc khu|huyện|thị xã|thị trấn|thôn|khu vực)(?:\s(?:{_CAP_WORD}|\d+)"
    rf"(?:\s(?:{_CAP_WORD}|\d+)){{0,4}})?"
)
_AREA_LIST = r"(?:các\s)?(?:khu vực|xã|phường|đặc khu|huyện|thị xã|thành phố|thị trấn|địa phương|cấp xã|cấp huyện|cấp tỉnh|quận)"
_OF_AREAS = re.compile(
    rf"\s(?:cấp (?:xã|huyện|tỉnh|cơ sở)|(?:các|những)\s{_AREA_LIST}|(?:xã|phường|đặc khu|huyện)(?=,))"
    rf"(?:(?:,\s?|\svà\s|\s?-\s?)(?:các\s)?(?:xã|phường|đặc khu|huyện|thị xã|thành phố|thị trấn|địa phương|quận)(?!\s?[{_UPPER}]))*"
)
_OWN_NAME = re.compile(
    rf"(?:\s{_CAP_WORD}){{1,5}}(?:\svà (?:các\s)?(?:KCN|KKT|CCN|khu công nghiệp|khu kinh tế)(?:\s{_CAP_WORD}){{0,4}})?"
)
_KINDS = re.compile(
    r"(?:đầu tư|hợp tác xã|công ty|rừng|quản lý|trường|trung tâm|cơ sở|trạm|bệnh viện|chi cục|chủ dự án)$",
    re.I,
)
_SECTOR = re.compile(
    r"(?:nông nghiệp|lâm nghiệp|thủy sản|công nghiệp|thương mại|du lịch|giáo dục|y tế|đại học|cao đẳng)$",
    re.I,
)
_LONG_NAMED = re.compile(r"(?:Ban [Qq]uản lý|BQL|Trung tâm|Công ty|Chi cục|Viện|Hợp tác xã|Hạt|Trạm|Đội)\b")
_NAME_END = re.compile(
    r"(?:của|về|với|để|theo|có|được|đã|sẽ|đang|chưa|là|do|khi|nếu|bằng|trên|đối|nhằm|từ|đến|cho|thì|phải|cần|không|tại|"
    r"trong|giao|yêu cầu|đề nghị|hoặc|nêu|này|khác|như|sau|trước|ngày|bị|vào|qua|ra|xem|quyết|gửi|nhận|bàn)\b"
)
_NAME_WORDS = re.compile(
    r"(?:quản lý|dự án|đầu tư|xây dựng|công trình|giao thông|dân dụng|công nghiệp|nông nghiệp|khu kinh tế|khu vực|chuyên ngành|"
    r"khu công nghiệp|phát triển|quỹ đất|bồi thường|giải phóng mặt bằng|và (?:phát triển|môi trường|dịch vụ|quản lý)|tỉnh|thành phố|xã|phường|khu công nghiệp|nông thôn|môi trường|"
    r"số \d+|cổ phần|trách nhiệm hữu hạn|một thành viên|thương mại|dịch vụ(?: tổng hợp)?|sản xuất|chế biến|hành chính công|phục vụ|rừng|"
    r"phòng hộ|đặc dụng|kiểm lâm|thủy lợi|thú y|bảo vệ thực vật|trồng trọt|chăn nuôi|chuyên môn|kỹ thuật|chế xuất|"
    r"văn hóa|thể thao|du lịch|xã hội|giáo dục|thường xuyên|nghề nghiệp|đại học|cao đẳng|trung cấp|mầm non|tiểu học|trung học|"
    r"cơ sở|phổ thông|dân tộc|nội trú|miền núi|khu|trung tâm|thành viên|hạ tầng|cụm công nghiệp|đô thị|lâm nghiệp|thủy sản|thủ công|kỹ thuật|cấp xã|cấp tỉnh|cấp huyện|"
    r"đa khoa|y tế|khu dân cư|thông tin|truyền thông|điện tử|thống kê|khuyến nông|khuyến công|xúc tiến|hợp tác|nhân dân|chỉ đạo|liên ngành)(?!\w)"
)
_HEADING_LEAD = re.compile(
    r"^(?:[-–+*•]\s?)?(?:kính\s)?(?:(?:đề nghị|giao(?:\s(?:nhiệm vụ|trách nhiệm))?(?:\scho)?|yêu cầu|phân công|trách nhiệm(?:\scủa)?|nhiệm vụ của|đối với|về phía)\s?:?\s)?(?:của\s|cho\s)?",
    re.IGNORECASE,
)
_HEADING_TAIL = re.compile(
    r"^\W{0,3}(?:\([^()]{0,120}\))?\W{0,3}(?:(?:theo|căn cứ)\s(?:chức năng|thẩm quyền|nhiệm vụ)[\w\s,]{0,80}|(?:có|chịu)\strách nhiệm(?:\s(?:thực hiện|chủ trì|tổ chức|triển khai))?|thực hiện|chỉ đạo|có nhiệm vụ)?\s?[.:]?\W{0,2}$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:căn cứ|trên cơ sở|theo|sau khi|khi|để|đối với|ngoài)\b", re.IGNORECASE)
_SHARED_HEAD = re.compile(
    r"(?:các\s)?(sở|bộ|ban|hội|phòng|cục|chi cục)(?:,?\s(?:ban,\s?)?ngành)?\s?(:)?\s?(?=[A-ZĐÀ-Ỵ])",
    re.IGNORECASE,
)


_Member = tuple[int, int, str]  # where a member stands, and its text (with its head, where that is shared)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The vocabulary of a rulebook as compiled patterns."""

    start: re.Pattern[str]
    head: re.Pattern[str]
    person: re.Pattern[str]
    group: re.Pattern[str]
    bare_group: re.Pattern[str]
    qualifier: re.Pattern[str]
    verb: re.Pattern[str]


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s") for w in sorted(words, key=len, reverse=True))


def _head_pattern(entry: Any) -> str:
    if isinstance(entry, str):
        return re.escape(entry)
    stops = _alternatives(entry.get("not") or ["\ue000"])
    return rf"{re.escape(entry['word'])}(?!,?\s(?i:{stops})(?!\w))"


@cache
def _lexicon(rules: Rulebook) -> _Lexicon:
    data = rules.data("agencies")
    heads = sorted(data["heads"], key=lambda h: len(h if isinstance(h, str) else h["word"]), reverse=True)
    head = "|".join(map(_head_pattern, heads))
    upper = "|".join(
        _head_pattern(h).replace(w := (h if isinstance(h, str) else h["word"]), w.upper(), 1) for h in heads
    )
    nouns = _alternatives(data["group_nouns"])
    noun = rf"(?:{nouns})(?!\w)"
    qualifiers = _alternatives(data["qualifiers"])
    persons = _alternatives(data["persons"])
    group = rf"(?:các\scấp,\scác\sngành(?:,\scác\s(?:{noun}))*|(?:(?:các|những|mọi|toàn thể|toàn bộ)\s)(?:{noun}))(?:(?:,\s?|\s(?=(?:ban|ngành)(?!\w)))(?:{noun}))*"
    bare = rf"(?:{noun})(?:(?:,\s?|\s(?=(?:ban|ngành)(?!\w)))(?:{noun}))*"
    return _Lexicon(
        start=re.compile(
            rf"(?<!\w)(?:(?:{head}|{upper})(?!\w)|(?:{persons})(?!\w)|Trưởng\s(?=các\s)|(?i:các|những|mọi|toàn thể)\s|(?:Sở|SỞ|UBND|Cấp ủy|Đồng chí|đồng chí)(?!\w)|(?<=với\s)(?:{nouns}))"
        ),
        head=re.compile(rf"(?:{head}|{upper})(?!\w)"),
        person=re.compile(rf"(?:(?:{persons})|Trưởng(?=\scác\s)|(?i:các\s(?:đồng chí|{persons})))(?!\w)"),
        group=re.compile(group, re.IGNORECASE),
        bare_group=re.compile(bare, re.IGNORECASE),
        qualifier=re.compile(rf"\s(?:{qualifiers}|{_PLACE})(?!\w)"),
        verb=re.compile(rf"(?:{_alternatives(data['verbs'])})(?!\w)", re.IGNORECASE),
    )


class _Reader:
    """Reads members of lists in one text."""

    def __init__(self, text: str, rules: Rulebook, words: Sequence[tuple[int, int]] | None = None) -> None:
        self.text = text
        self.rules = rules
        self.lex = _lexicon(rules)
        self.names = names(rules)
        self.inside = {end: start for start, end in words or ()}
        self.word_ends = set(self.inside)

    # --- one member -----------------------------------------------------------------------------

    def member(self, at: int, bare: bool = False) -> int:
        """Where the member that begins at ``at`` ends, or ``at`` where none begins.

        ``bare``: small nouns count too ("đơn vị liên quan"), as inside a list they do.
        """
        end = max(self._person(at), self._group(at), self._registry(at)) or at
        end = end if end > at else self._headed(at)
        if end > at:
            return end
        if bare:
            match = self.lex.bare_group.match(self.text, at)
            if match:
                return self._described(self._qualified(self._areas(match.end())))
        return at

    def _person(self, at: int) -> int:
        match = self.lex.person.match(self.text, at)
        if not match:
            return at
        end = match.end()
        follow = re.compile(r"\s(?:của\s)?").match(self.text, end)
        if follow:
            inner = self.member(follow.end(), bare=True)
            if inner > follow.end():
                return self._person_name(inner)
        return self._person_name(end)

    def _person_name(self, end: int) -> int:
        """A personal name behind an office: "Phó Chủ tịch UBND tỉnh Nguyễn Văn A"."""
        match = re.compile(
            rf"\s(?:-\s)?(?=(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Lò|Vàng|Giàng|Ma|Hà|Cao|Đoàn|Lương|Tống|Mai)\s)(?:{_CAP_WORD}\s?){{2,5}}"
        ).match(self.text, end)
        return end + len(match.group(0).rstrip()) if match else end

    def _group(self, at: int) -> int:
        match = self.lex.group.match(self.text, at)
        if not match:
            return at
        end = match.end()
        if _KINDS.search(match.group(0)):
            end = self._small_words(end)
        return self._described(self._qualified(self._areas(end)))

    def _small_words(self, end: int) -> int:
        """What kind of bodies a group is of: "các hợp tác xã nông nghiệp", "các Ban quản lý rừng đặc dụng"."""
        while True:
            step = re.compile(r",?\s(?=\S)").match(self.text, end)
            word = _NAME_WORDS.match(self.text, step.end()) if step else None
            if not word or (step and "," in step.group(0) and not word.group(0).startswith("rừng")):
                return end
            if not (_SECTOR.match(word.group(0)) or self._before_more_name(word.end())):
                return end
            end = word.end()

    def _registry(self, at: int) -> int:
        if self._stopped_head(at):
            return at
        end = self.names.longest(self.text, at)
        if end <= at:
            return at
        headed = self._headed(at)
        return max(self._tail(end), headed if self._covers(headed, end) else end)

    def _covers(self, headed: int, end: int) -> bool:
        """Whether the longer reading by head noun goes on with capitals ("Trường Chính trị Mây Ngàn"),
        or with the words that long names are made of ("Ban Quản lý dự án … công trình giao thông tỉnh").
        """
        more = self.text[end:headed]
        start = self.text.rfind(" ", 0, max(0, end - 1))
        named = any(
            _LONG_NAMED.match(self.text, s) for s in range(max(0, start - 60), end)
        ) and _NAME_WORDS.match(more[1:])
        return headed > end and bool(re.match(rf"\s(?:số\s\d|{_CAP_WORD})", more) or named)

    def _stopped_head(self, at: int) -> bool:
        first = self.text[at : at + 1]
        return not first.isupper() and not self.text.startswith(("các ", "những "), at)

    def _tail(self, end: int) -> int:
        """What belongs to a name behind it: its own capitals, its areas, its place, its qualifiers."""
        own = _OWN_NAME.match(self.text, end)
        if (
            own
            and not self.lex.head.match(self.text, own.start() + 1)
            and not self._new_member(own.start(), end)
        ):
            end = own.end()
        grown = self._areas(end)
        return self._described(self._qualified(grown)) if grown > end else self._qualified(end)

    def _areas(self, end: int) -> int:
        match = _OF_AREAS.match(self.text, end)
        return match.end() if match else end

    def _qualified(self, end: int) -> int:
        for _ in range(4):
            match = self.lex.qualifier.match(self.text, end)
            if not match or match.end() == end:
                break
            end = match.end()
        return end

    def _described(self, end: int) -> int:
        """What tells one collective from another: "… có cụm công nghiệp", "… đầu mối giao kế hoạch"."""
        match = re.compile(
            r"\s(?:có|thuộc|đầu mối|quản lý|được giao|nơi có|chủ trì(?=\squản lý|\s[A-ZĐ]))\s"
        ).match(self.text, end)
        if not match or self.text[end - 1 : end] == ")":
            return end
        stop = re.compile(r"[,;.:()\n\t]|\svà\s|$").search(self.text, match.end())
        limit = stop.start() if stop else len(self.text)
        if match.group(0).strip() in ("đầu mối", "chủ trì") and self.text[limit : limit + 1] == ",":
            return self._trim_description(end, limit, match)
        for word in re.finditer(r"\s", self.text[match.end() : limit]):
            at = match.end() + word.end()
            if self.lex.verb.match(self.text, at) and not _NAME_WORDS.match(self.text, at):
                return self._trim_description(end, at - 1, match)
        return self._trim_description(end, limit, match)

    def _trim_description(self, end: int, stop: int, match: re.Match[str]) -> int:
        words = self.text[match.end() : stop].split()
        short = 0 < len(words) <= 8 and not self.text.startswith(
            ("có trách nhiệm", "có nhiệm vụ", "có ý kiến"), end + 1
        )
        plain = match.group(0).strip() != "có" or not re.match(
            r"(?:trách|thể|kế|biện|giải|hướng|văn)", words[0] if words else ""
        )
        return stop if short and plain else end

    # --- names no registry has ---------------------------------------------------------------------

    def _headed(self, at: int) -> int:
        match = self.lex.head.match(self.text, at)
        if not match:
            return at
        end = self._name_words(match.end())
        if end == match.end() and not re.match(
            r"\s(?:tỉnh|thành phố|xã|phường|huyện|cấp|các|trung ương)\b", self.text[end : end + 14]
        ):
            return at
        return self._tail(end)

    def _name_words(self, end: int) -> int:
        """Capitalised words and what joins them; ends at a verb, a stop, or a word that opens a clause."""
        first = True
        while True:
            step = self._next_name_part(end, first)
            if step == end:
                return end
            end, first = step, False

    def _next_name_part(self, end: int, first: bool) -> int:
        text = self.text
        cap = re.compile(rf"\s(?:[-–]\s)?(?:{_CAP_WORD}|\d{{1,3}}\b)").match(text, end)
        if cap and (first or not self._new_member(cap.start(), end)):
            return self._second_syllable(cap.end())
        joined = re.compile(
            rf"(?:\s(?:và|[-–&]|thuộc|tỉnh|thành phố|xã|phường|số|huyện)|,)\s(?={_CAP_WORD}|\d)"
        ).match(text, end)
        if joined and self._splits(joined, end):
            return end
        if joined:
            return self._second_syllable(re.compile(rf"{_CAP_WORD}|\d+").match(text, joined.end()).end())  # type: ignore[union-attr]
        lower = _NAME_WORDS.match(text, end + 1) if text[end : end + 1] == " " else None
        if lower and self._before_more_name(lower.end()):
            return lower.end()
        return self._to_place(end)

    def _before_more_name(self, at: int) -> bool:
        """A small word belongs to a name only where the name goes on or ends behind it."""
        rest = self.text[at : at + 1]
        if rest in ("", ",", ";", ".", ")", "(", ":"):
            return True
        nxt = at + 1
        return bool(
            _NAME_WORDS.match(self.text, nxt)
            or self.lex.verb.match(self.text, nxt)
            or self.text[nxt : nxt + 1].isupper()
            or _NAME_END.match(self.text, nxt)
            or self.text.startswith(("liên quan", "tỉnh", "số "), nxt)
        )

    def _new_member(self, start: int, end: int) -> bool:
        """Whether a capital opens a new member rather than going on with this name."""
        at = start + len(self.text[start:]) - len(self.text[start:].lstrip(" -–"))
        return self.names.longest(self.text, at) > at and end > 0 and not self._inner_head(at)

    def _inner_head(self, at: int) -> bool:
        """Heads that stand inside other names ("Ban Tổ chức Tỉnh ủy", "Văn phòng UBND tỉnh")."""
        return bool(
            re.match(
                r"(?:Tỉnh|Thành|Đảng|Huyện|UBND|Ủy ban|HĐND|Hội đồng|Đoàn|Trung ương|Chính phủ|Quốc hội|Khu|Bộ |Việt Nam|Công an|Mặt trận)",
                self.text[at : at + 12],
            )
        )

    def _splits(self, joined: re.Match[str], end: int) -> bool:
        """A comma or "và" before a member with a name of its own."""
        mark = joined.group(0).strip()
        if mark not in (",", "và"):
            return False
        if self.lex.head.match(self.text, joined.end()) or self.lex.person.match(self.text, joined.end()):
            return True
        return mark == "," and self._is_known(end)

    def _is_known(self, end: int) -> bool:
        return any(
            self.names.longest(self.text, s) == end
            for s in range(max(0, end - 60), end)
            if self.text[s : s + 1].isupper()
        )

    def _second_syllable(self, end: int) -> int:
        """The small second syllable of a capitalised word ("Điện lực", "Bảo vệ")."""
        match = re.compile(rf"\s{_LOWER_WORD}(?=[\s,;.:)]|$)").match(self.text, end)
        if not match or self.text[end - 1].isdigit():
            return end
        at = end + 1
        if (
            self.lex.verb.match(self.text, at)
            or _NAME_END.match(self.text, at)
            or re.match(r"(?:và|các|tỉnh|thành|xã|phường|huyện|số|liên|chức|thuộc)\b", self.text[at : at + 8])
        ):
            return end
        if self.word_ends and match.end() in self.inside and self.inside[match.end()] == at:
            return end
        return match.end()

    def _to_place(self, end: int) -> int:
        """A run of small words that ends in a place: "Hội Bảo vệ thiên nhiên và môi trường tỉnh …"."""
        match = re.compile(
            rf"(?:\s{_LOWER_WORD}){{1,8}}?\s(?=(?:tỉnh|thành phố|xã|phường|huyện)\s?(?:{_CAP_WORD}|[,;.]|$))"
        ).match(self.text, end)
        if not match:
            return end
        for word in re.finditer(r"\s", match.group(0)[:-1]):
            at = match.start() + word.end()
            if self.lex.verb.match(self.text, at) or _NAME_END.match(self.text, at):
                return end
        return match.end() - 1

    # --- lists ---------------------------------------------------------------------------------

    def shared_head(self, at: int) -> list[_Member]:
        """ "các Sở: Tài chính, Nội vụ": each name with the head before it; empty where it is no such list."""
        match = _SHARED_HEAD.match(self.text, at)
        if not match or (not match.group(2) and not match.group(0).lower().startswith("các")):
            return []
        head = match.group(1)[:1].upper() + match.group(1)[1:].lower()
        out: list[_Member] = []
        place = match.end()
        while True:
            probe = f"{head} {self.text[place : place + 120]}"
            end = self.names.longest(probe, 0) - len(head) - 1
            if end <= 0:
                break
            out.append((place, place + end, probe[: end + len(head) + 1]))
            comma = re.compile(r"\s*(?:\([^()]{0,60}\)\s?)?(?:,|;|\svà)\s").match(self.text, place + end)
            if not comma:
                break
            place = comma.end()
        return out if len(out) > 1 or (out and match.group(2)) else []

    def run(self, at: int, bare: bool = False) -> list[_Member]:
        """The members of the list that begins at ``at``: (start, end, text)."""
        out: list[_Member] = []
        while True:
            shared = self.shared_head(at)
            if shared:
                out.extend(shared)
            else:
                end = self.member(at, bare=bare or bool(out))
                if end <= at:
                    break
                out.append((at, end, self.text[at:end]))
            at, more = self._next(out[-1][1], out)
            if not more:
                break
        return out

    def _next(self, end: int, out: list[_Member]) -> tuple[int, bool]:
        separator = _SEPARATOR.match(self.text, end)
        if separator and separator.end() < len(self.text):
            at = separator.end()
            if self.member(at, bare=True) > at or self.shared_head(at):
                return at, True
            tail = self._same_head(out[-1][2], at)
            if tail:
                out.append(tail)
                return self._next(tail[1], out)
            return end, False
        adjacent = re.compile(r"\s+(?=(?:Các|Sở|UBND|Ủy ban|Ban|Công an|Phòng|Văn phòng|Trung tâm)\s)").match(
            self.text, end
        )
        if adjacent and self.member(adjacent.end()) > adjacent.end():
            return adjacent.end(), True
        return end, False

    def _same_head(self, last: str, at: int) -> _Member | None:
        """ "Sở Nội vụ, Tài chính": a name that goes with the head of the one before."""
        head = last.split(" ", 1)[0]
        if head.lower() not in ("sở", "bộ", "phòng", "ban", "hội"):
            return None
        probe = f"{head} {self.text[at : at + 120]}"
        end = self.names.longest(probe, 0) - len(head) - 1
        return (at, at + end, probe[: end + len(head) + 1]) if end > 0 else None


def _mentions(members: Sequence[_Member], rules: Rulebook, offset: int, found_by: str) -> list[Mention]:
    out = []
    for start, end, text in members:
        value = canonical(text, rules)
        by = f"{found_by}.{'registry' if value.id else 'head'}"
        out.append(Mention("AGENCY", offset + start, offset + end, value, by, 1.0 if value.id else 0.9))
    return out


def runs(
    text: str, rules: Rulebook, words: Sequence[tuple[int, int]] | None = None
) -> Iterator[tuple[int, list[_Member]]]:
    """The lists of agencies in a running text, in order: where each begins, and its members."""
    reader = _Reader(text, rules, words)
    at = 0
    while True:
        match = reader.lex.start.search(text, at)
        if not match:
            return
        members = reader.run(match.start(), bare=text[max(0, match.start() - 4) : match.start()] == "với ")
        if members:
            yield match.start(), members
            at = members[-1][1]
        else:
            at = match.start() + 1


def find(
    text: str, rules: Rulebook, offset: int = 0, words: Sequence[tuple[int, int]] | None = None
) -> list[Mention]:
    """Every agency in a running text, one mention a member, in order; ``offset`` is added to the places."""
    return [
        m for _, members in runs(text, rules, words) for m in _mentions(members, rules, offset, "agencies")
    ]


def signed(
    text: str, rules: Rulebook, offset: int = 0, words: Sequence[tuple[int, int]] | None = None
) -> tuple[str, list[list[Mention]]]:
    """``text`` with each list of agencies replaced by one sign (U+E000 + its index), and the lists."""
    parts: list[str] = []
    lists: list[list[Mention]] = []
    last = 0
    for start, members in runs(text, rules, words):
        for at, group in _apart(text, start, members):
            parts += [text[last:at], chr(0xE000 + min(len(lists), 0x18FE))]
            lists.append(_mentions(group, rules, offset, "agencies"))
            last = group[-1][1]
    return "".join([*parts, text[last:]]), lists


def _apart(text: str, start: int, members: list[_Member]) -> list[tuple[int, list[_Member]]]:
    """A list inside an opening phrase, and the subject behind its comma ("Theo đề nghị của A, B rà soát")."""
    clause = text[max(text.rfind(". ", 0, start), text.rfind("; ", 0, start), -1) + 1 : start].lstrip()
    inside = (
        len(members) > 1
        and _OPENING.match(clause)
        and clause.endswith(("của ", "với ", "do ", "tại ", "cho "))
    )
    if inside and text[members[-2][1] : members[-1][0]].strip() == ",":
        return [(start, members[:-1]), (members[-1][0], members[-1:])]
    return [(start, members)]


def parse_list(text: str, rules: Rulebook, offset: int = 0) -> list[Mention]:
    """The members of a label's value, a column's cell or a heading; notes behind names are dropped."""
    out: list[Mention] = []
    for piece in re.finditer(r"[^;\n]+", text):
        lead = _HEADING_LEAD.match(piece.group(0))
        start = piece.start() + (lead.end() if lead else 0)
        start += len(text[start : piece.end()]) - len(text[start : piece.end()].lstrip(" -–+*•,."))
        body = text[: piece.end()]
        members = _Reader(body, rules).run(start, bare=True)
        if not members:
            members = _as_written(body, start, rules)
        out += _mentions(members, rules, offset, "agencies.list")
    return out


def _as_written(text: str, start: int, rules: Rulebook) -> list[_Member]:
    """An unknown name, as far as the next comma, verb or bracket."""
    lex = _lexicon(rules)
    stop = re.compile(r"[,(:]|\.$|$").search(text, start)
    end = stop.start() if stop else len(text)
    for space in re.finditer(r"\s", text[start:end]):
        if lex.verb.match(text, start + space.end()):
            end = start + space.start()
            break
    name = text[start:end].rstrip(" .,;")
    if not name[:1].isupper() or lex.verb.match(name) or len(name) > 120:
        return []
    return [(start, start + len(name), name)]


def is_agency_heading(text: str, rules: Rulebook) -> list[Mention]:
    """The bearers that a heading names, where it names nothing else; else an empty list."""
    if len(text) > 400:
        return []
    lead = _HEADING_LEAD.match(text)
    start = lead.end() if lead else 0
    reader = _Reader(text, rules)
    members = reader.run(start)
    if not members:
        return []
    if not _HEADING_TAIL.match(text[members[-1][1] :]):
        return []
    return _mentions(members, rules, 0, "agencies.heading")


__all__ = ["canonical", "find", "is_agency_heading", "parse_list", "runs", "signed"]
