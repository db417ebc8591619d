"""How far a name reaches behind its noun: its own capitals, its areas, its place, what describes it."""

from __future__ import annotations

import re

from extractor.extractors.agency_lexicon import AREAS, CAPITAL, SMALL, UPPER
from extractor.extractors.agency_told import ToldReader

_OWN_NAME = re.compile(
    rf"(?:(?<=vực|khu)\s(?:\d{{1,2}}|[IVX]{{1,4}})\b|(?:(?<=dự án)|(?<=QLDA))\s\d{{1,3}}\b"
    rf"|(?:(?<=TP)\.)?(?:\s{CAPITAL}){{1,5}})"
    rf"(?:\svà (?:các\s)?(?:KCN|KKT|CCN|khu công nghiệp|khu kinh tế)(?:\s{CAPITAL}){{0,4}})?"
)
_DESCRIBED = re.compile(
    r"\s(có|thuộc|đầu mối|quản lý|nơi có|vùng|chưa(?=\s(?:có|được|đạt|hoàn))|chủ trì(?=\squản lý|\s[A-ZĐ])"
    r"|là(?=\s(?:cơ quan chủ quản|cơ quan có thẩm quyền|chủ đầu tư|thành viên)\b)"
    r"|(?:trong|tại)(?=\s(?:các\s)?(?:[Kk]hu|[Cc]ụm)\s))\s"
)
_RANGE = re.compile(
    rf"\s(?:ven biển\s)?từ\s(?:(?:tỉnh|thành phố)\s)?{CAPITAL}(?:\s{CAPITAL}){{0,3}}"
    rf"\s(?:đến|tới|trở (?:ra|vào))(?:\s(?:tỉnh|thành phố))?(?:\s{CAPITAL}){{0,4}}"
)  # "các tỉnh, thành phố từ A đến B"
_RANGED = re.compile(r"(?:tỉnh|thành phố|địa phương|xã|phường|ven biển)$")
_REGION = r"(?:Bắc|Bắc Trung|Trung|Nam Trung|Nam|Đông Nam|Tây Nam|Tây|Đông Bắc) (?:Bộ|bộ)|Tây Nguyên"
_REGIONS = re.compile(rf"(?:(?:,|\s[-–])?\s(?:và\s)?(?:(?:các )?(?:khu vực|vùng)\s)?(?:{_REGION})(?!\w))+")
_IN_REGION = re.compile(rf"(?:khu vực|vùng)\s(?:{_REGION})$")
_RATED = re.compile(
    r"\scó\s(?:tỷ lệ|tỉ lệ|kết quả|tiến độ|số|mức)(?:\s\w+){1,7}?"
    r"\s(?:thấp|cao|chậm|lớn|nhiều|kém)(?=[\s,;.(]|$)"
)  # "… có tỷ lệ giải ngân thấp": the verb inside tells what is rated
_LISTED_ON = re.compile(rf",\s(?:(?:các|những)\s|[{UPPER}])")
_ABOUT = re.compile(
    r"(?:\s(?:quốc gia|Quốc gia|Trung ương|tỉnh|thành phố|xã|phường))?\svề"
    r"(?:\s(?:phòng,\s)?(?:phòng\s)?chống(?:\s\w+){2}|\s\w+\s\w+)"
)  # what a committee is about: "Ban Chỉ đạo quốc gia về chống khai thác …"
_NUMBER_OF = re.compile(r"\s\d{1,3}(?=\s|[,;.:)]|$)")
_BODY_OF = re.compile(
    rf"(?:(?:\s|,\s){SMALL}){{1,9}}?(?<!của)(?<!cho)(?<!trên)(?<!tại)(?<!trình)(?<!cáo)"
    r"\s(?:tỉnh|thành phố|xã|phường|huyện|quốc gia|Trung ương|cấp tỉnh|cấp xã)(?=\s|[,;.:)]|$)"
)
_WORKS = re.compile(
    r"\scác\s(?:công trình|dự án)"
    r"(?:\s(?:giao thông|dân dụng|nông nghiệp|thủy lợi|trọng điểm|và|công nghiệp))*"
)
_NOT_DESCRIPTION = re.compile(r"\scó (?:trách|nhiệm vụ|ý kiến|thể|kế|biện|giải|hướng|văn|chức)")
_DESCRIPTION_END = re.compile(r"[,;.:()\n\t]|\svà\s|$")
_FEW_WORDS = re.compile(rf"(?:\s{SMALL}){{2,5}}")
_SMALL_RUN = re.compile(rf"(?:\s{SMALL}){{2,9}}")
_BRAND = re.compile(r"(?:VNPT|Viettel|EVN|Agribank|Vietcombank|VietinBank|BIDV)\b")


class ExtentReader(ToldReader):
    """Reads what belongs to a name behind it."""

    def _up_to_verb(self, end: int) -> int:
        """A group told by small words, where a verb follows them: "các doanh nghiệp phân phối bảo đảm …"."""
        told = self._told_apart(end)
        if told > end:
            return told
        match = _SMALL_RUN.match(self.text, end)
        if not match or (
            self.lex.ender.match(self.text, end + 1) and not self.text.startswith(" đang có ", end)
        ):
            return end
        stop = self._first_deed(end + 1, match.end())
        plain = stop < match.end() and not self.lex.verb.match(self.text, end + 1)
        inside = re.finditer(r"\s", self.text[end + 1 : stop])
        later = (end + 1 + m.end() for m in inside)
        clear = plain and not any(
            self.lex.ender.match(self.text, w) for w in later if self.text[w : w + 3] != "có "
        )
        return stop if clear and len(self.text[end:stop].split()) <= 5 else end

    def _first_deed(self, start: int, limit: int) -> int:
        """As :meth:`before_verb`; behind two words a verb counts though names are made of it ("xây dựng")."""
        for number, space in enumerate(re.finditer(r"\s", self.text[start:limit]), 1):
            at = start + space.end()
            named = self.lex.name_word.match(self.text, at) and number < 2
            if self.lex.verb.match(self.text, at) and not named:
                return at - 1
        return limit

    def _told_apart(self, end: int) -> int:
        """Small words with a place or the like behind them: "các cơ sở y tế tư nhân trên địa bàn tỉnh"."""
        match = _FEW_WORDS.match(self.text, end)
        for space in re.finditer(r"\s", match.group(0)) if match else ():
            at = end + space.start()
            if at > end and self.lex.qualifier.match(self.text, at):
                return self._qualified(at)
            if self.lex.verb.match(self.text, at + 1) or self.lex.ender.match(self.text, at + 1):
                break
        return end

    def _small_words(self, end: int) -> int:
        """What a group's bodies do: "các hợp tác xã nông nghiệp", "các Ban quản lý rừng đặc dụng"."""
        while True:
            comma = self.text.startswith(", rừng", end)
            word = (
                self.lex.name_word.match(self.text, end + 1 + comma)
                if self.text[end : end + 1] in " ,"
                else None
            )
            if not word or (self.text[end] == "," and not comma):
                return end
            if not (self.lex.sector.match(word.group(0)) or self._name_goes_on(word.end())):
                return end
            end = word.end()

    def _purpose(self, end: int) -> int:
        """What a committee is for, up to its level: "Ban Chỉ đạo phòng, chống dịch tỉnh"."""
        about = _ABOUT.match(self.text, end)
        if about and (far := self.words(about.end())) >= about.end() and self._closes(far):
            return far
        number = _NUMBER_OF.match(self.text, end)
        if number:
            return self._tail(number.end())
        match = _BODY_OF.match(self.text, end)
        if not match:
            return end
        return match.end() if self._closes(match.end()) else end

    def _closes(self, end: int) -> bool:
        """Whether a name can end here: at a stop, or before a verb or a word that opens a clause."""
        after = end + 1
        ends = self.lex.verb.match(self.text, after) or self.lex.ender.match(self.text, after)
        return bool(ends) or self.text[end:after] in ("", ",", ";", ".", ":", ")")

    def _works(self, end: int) -> int:
        """What a project board builds: "… các công trình giao thông"."""
        match = _WORKS.match(self.text, end)
        return self._tail(match.end()) if match else end

    def _tail(self, end: int) -> int:
        """A name's own capitals, its areas ("các xã, phường"), its place, its qualifiers."""
        own = _OWN_NAME.match(self.text, end)
        if own and not self.lex.head.match(self.text, end + 1) and not self._opens_member(end + 1):
            end = own.end()
        grown = self._areas(end)
        if grown == end:
            return self._qualified(end)
        return self._up_to_verb(self._described(self._qualified(grown)))

    def _areas(self, end: int) -> int:
        match = AREAS.match(self.text, end)
        return match.end() if match else end

    def _qualified(self, end: int) -> int:
        for _ in range(4):
            match = self.lex.qualifier.match(self.text, end)
            if not match:
                break
            end = match.end()
        return self._ranged(end)

    def _ranged(self, end: int) -> int:
        """Places told by a range or by regions: "… từ A đến B", "… khu vực Bắc Bộ và Bắc Trung Bộ"."""
        before = self.text[max(0, end - 40) : end]
        more = _RANGE.match(self.text, end) if _RANGED.search(before) else None
        more = _REGIONS.match(self.text, end) if not more and _IN_REGION.search(before) else more
        return more.end() if more else end

    def _described(self, end: int) -> int:
        """What tells one collective from another: "… có cụm công nghiệp", "… đầu mối giao kế hoạch"."""
        if rated := _RATED.match(self.text, end):
            return rated.end()
        match = _DESCRIBED.match(self.text, end)
        stop = _DESCRIPTION_END.search(self.text, match.end()) if match else None
        if not match or not stop or _NOT_DESCRIPTION.match(self.text, end):
            return end
        limit = stop.start()
        if match.group(1) not in ("đầu mối", "chủ trì") or not _LISTED_ON.match(self.text, limit):
            if match.group(1) == "đầu mối" and self.lex.verb.match(self.text, match.end()):
                return end
            limit = self.before_verb(match.end(), limit)
        return limit if 0 < len(self.text[match.end() : limit].split()) <= 8 else end

    def _name_goes_on(self, at: int) -> bool:
        """A small word belongs to a name only where the name ends or goes on behind it."""
        if self.text[at : at + 1] in ("", ",", ";", ".", ")", "(", ":"):
            return True
        following = (self.lex.name_word, self.lex.verb, self.lex.ender, self.lex.qualifier)
        nxt = at + 1
        return self.text[nxt : nxt + 1].isupper() or any(
            p.match(self.text, at if p is self.lex.qualifier else nxt) for p in following
        )

    def _opens_member(self, at: int) -> bool:
        """Whether a capital opens a new member rather than going on with this name."""
        inside = self.lex.inner_head.match(self.text, at) or _BRAND.match(self.text, at)
        return self.known(at) > at and not inside
