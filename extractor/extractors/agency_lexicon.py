"""The vocabulary of agencies (``rules/agencies.yaml``, ``rules/names.yaml``) as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from extractor.rulebook import Rulebook

UPPER = "A-ZĐÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
CAPITAL = rf"[{UPPER}]\w{{0,24}}(?:[-–&]\w{{1,24}}){{0,4}}"
SMALL = rf"[^\W{UPPER}\d_]+"
UNITS = r"tỉnh|thành phố|Thành phố|TP\.?|xã|phường|đặc khu|huyện|thị xã|thị trấn|thôn|khu vực|Khu vực"
PLACE = rf"(?:(?:{UNITS})\s|TP\.)(?:{CAPITAL}|\d+)(?:\s(?:{CAPITAL}|\d+)){{0,4}}"
_AREA = (
    "khu vực|tỉnh|xã|phường|đặc khu|huyện|thị xã|thành phố|thị trấn|địa phương|quận|thôn|bản|tổ dân phố"
    "|khu công nghiệp|cụm công nghiệp|khu kinh tế|khu dân cư|khu phố|ấp|xóm|trường học"
)
AREAS = re.compile(
    rf"\s(?:cấp (?:xã|huyện|tỉnh|cơ sở)|(?:các|những)\s(?:{_AREA}|cấp xã|cấp huyện)"
    r"|(?:xã|phường|đặc khu|huyện)(?=,))"
    rf"(?:(?:,\s?|\svà\s|\s?-\s?)(?:các\s)?(?:{_AREA})(?!\s?[{UPPER}])(?!\w))*"
)
_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Lò|Vàng|Giàng|Ma|Hà"
    "|Cao|Đoàn|Lương|Tống|Mai"
)
PERSONAL_NAME = re.compile(rf"\s(?:-\s)?(?=(?:{_FAMILIES})\s){CAPITAL}(?:\s{CAPITAL}){{1,4}}")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns of one rulebook's vocabulary. ``start``: where a member may begin in running text."""

    start: re.Pattern[str]
    head: re.Pattern[str]
    person: re.Pattern[str]
    group: re.Pattern[str]
    bare_group: re.Pattern[str]
    qualifier: re.Pattern[str]
    verb: re.Pattern[str]
    name_word: re.Pattern[str]
    sector: re.Pattern[str]
    kind: re.Pattern[str]
    long_named: re.Pattern[str]
    inner_named: re.Pattern[str]
    inner_head: re.Pattern[str]
    ender: re.Pattern[str]
    note_verb: re.Pattern[str]
    not_peer: re.Pattern[str]
    worker: re.Pattern[str]
    team: re.Pattern[str]
    work: re.Pattern[str]
    peers: re.Pattern[str]
    not_cued: re.Pattern[str]
    not_bearer: re.Pattern[str]


def alternatives(words: Iterable[str]) -> str:
    """An alternation of plain words, the longest first."""
    return "|".join(re.escape(w).replace(r"\ ", r"\s") for w in sorted(words, key=len, reverse=True))


def _capitalised(words: Iterable[str]) -> list[str]:
    return [w[:1].upper() + w[1:] for w in words]


Head = str | Mapping[str, object]


def _word(head: Head) -> str:
    return head if isinstance(head, str) else str(head["word"])


def _head_pattern(head: Head, upper: bool = False) -> str:
    """A head noun, unless a word stands behind it that makes it another ("Ban hành", "Sở hữu")."""
    word = re.escape(_word(head).upper() if upper else _word(head))
    stops = cast(list[str], head.get("not") or []) if isinstance(head, Mapping) else []
    return rf"{word}(?!,?\s(?i:{alternatives(stops)})(?!\w))" if stops else word


def _groups(nouns: str, not_groups: str) -> tuple[str, str]:
    """Collectives with "các", and without."""
    noun = rf"(?!(?:{not_groups})(?!\w))(?:{nouns})(?!\w)"
    generic = (
        r"(?:(?:Bộ|Sở|Ban|Ngành|Phòng|Đoàn thể|Đơn vị|Địa phương)(?=[,;]|\s(?:và|cấp|tỉnh|liên)|$)"
        r"|(?:Tập đoàn|Tổng công ty|Chủ đầu tư|Nhà thầu)(?!\w))"
    )
    more = rf"(?:(?:,\s?(?=(?-i:[^{UPPER}]|{generic}))|\s(?=(?:ban|ngành)(?!\w)))(?:{noun}))*"
    every = rf"các\scấp,\scác\sngành(?:,\scác\s(?:{noun}))*"
    return rf"(?:{every}|(?:các|những|mọi|mỗi|toàn thể|toàn bộ)\s(?:{noun})){more}", rf"(?:{noun}){more}"


@cache
def lexicon(rules: Rulebook) -> Lexicon:
    """The patterns of a rulebook, compiled once."""
    data, parts = rules.data("agencies"), rules.data("names")
    heads = sorted(data["heads"], key=lambda h: len(_word(h)), reverse=True)
    head = "|".join([*map(_head_pattern, heads), *(_head_pattern(h, upper=True) for h in heads)])
    nouns, persons = alternatives(data["group_nouns"]), alternatives(data["persons"])
    named = rf"(?:[ÔôBb](?:ng|à)|[Đđ]ồng chí|[Đđ]/c)\s(?!{persons}){CAPITAL}(?:\s{CAPITAL}){{1,4}}"
    office = rf"(?:(?:[Đđ]ồng chí|[Đđ]/c)\s)?(?:{persons})"
    leaders = rf"Lãnh đạo(?=\s[{UPPER}]|\s(?:các|phòng|đơn vị|cơ quan|xã|phường|trường|khoa)\b)"
    small = (
        r"(?:thủ trưởng|giám đốc|chủ tịch|hiệu trưởng|bí thư)(?=\s(?:các|UBND|Ủy ban|cơ quan|đơn vị|Sở)\b)"
    )
    led = (
        r"(?:(?<=yêu cầu\s)|(?<=Yêu cầu\s)|(?<=giao\s)|(?<=Giao\s)|(?<=đề nghị\s)|(?<=Đề nghị\s))lãnh đạo"
        r"(?=\s(?:các|UBND|Ủy ban|Sở|Ban|Công an|cơ quan|đơn vị)\b)"
    )
    heads_of = r"(?:[Đđ]ồng chí\s|[Đđ]/c\s)?Trưởng(?=\s(?:các|phòng|Phòng)\s)"
    person = rf"(?:{named}|{office}|{small}|{heads_of}|{leaders}|{led})"
    group, bare = _groups(nouns, alternatives(parts["not_groups"]))
    start = (
        rf"(?<![\w])(?<![{UPPER}]\s)(?:(?:{head})(?!\w)|{person}(?!\w)|(?i:các|những|mọi|mỗi|toàn thể)\s"
        rf"|(?:Sở|SỞ|UBND|Cấp ủy|Chính quyền|Lực lượng|Nhà thầu|Nhà đầu tư|Đồng chí|đồng chí)(?!\w)"
        rf"|(?<=với\s)(?:{nouns})(?!\w))"
    )
    workers, peers = alternatives(parts["workers"]), alternatives(parts["peers"])
    capital = alternatives(_capitalised(parts["workers"]))
    letters = rf"(?:^|(?<=[.;:]\s)|(?<=\bgiao\s)|(?<=\bGiao\s))[{UPPER}]{{2,8}}(?=\s|,)"
    start = rf"(?:{start}|(?<![\w])(?:{capital})(?!\w)|{letters})"
    return Lexicon(
        start=re.compile(start),
        head=re.compile(rf"(?:{head})(?!\w)"),
        person=re.compile(rf"(?:{person}|(?i:các\s(?:đồng chí|{persons})))(?!\w)"),
        group=re.compile(group, re.IGNORECASE),
        bare_group=re.compile(bare, re.IGNORECASE),
        qualifier=re.compile(rf"\s(?:{PLACE}|(?:{alternatives(data['qualifiers'])}))(?!\w)"),
        verb=re.compile(rf"(?:{alternatives(data['verbs'])})(?!\w)", re.IGNORECASE),
        name_word=re.compile(rf"(?:{alternatives(parts['name_words'])}|số \d+)(?!\w)"),
        sector=re.compile(rf"(?:{alternatives(parts['sectors'])})$"),
        kind=re.compile(rf"(?:{alternatives(parts['kinds'])})$", re.IGNORECASE),
        long_named=re.compile(rf"(?:{alternatives(parts['long_named'])})\b"),
        inner_named=re.compile(rf"(?:{alternatives(parts['inner_named'])})\b"),
        inner_head=re.compile(rf"(?:{alternatives(parts['inner_heads'])})(?!\w)"),
        ender=re.compile(rf"(?:{alternatives(parts['enders'])})\b"),
        note_verb=re.compile(rf"(?:{alternatives(parts['note_verbs'])})(?!\w)", re.IGNORECASE),
        not_peer=re.compile(rf"(?:{alternatives(parts['not_peers'])})(?!\w)", re.IGNORECASE),
        worker=re.compile(rf"(?:(?:các|những|mọi)\s)?(?:{workers})(?!\w)", re.IGNORECASE),
        team=re.compile(
            rf"(?!(?i:{alternatives(parts['not_teams'])})(?!\w))"
            rf"(?:(?={alternatives(_capitalised(parts['teams']))})(?:{head})|(?:{alternatives(parts['teams'])}))(?!\w)"
        ),
        work=re.compile(rf"(?:{alternatives(parts['team_work'])})(?!\w)", re.IGNORECASE),
        peers=re.compile(
            rf"(?:(?:các|những|mọi|toàn thể)\s)?(?:{peers})(?:(?:,\s?|\s(?=người))(?:{peers}))+(?!\w)",
            re.IGNORECASE,
        ),
        not_bearer=re.compile(rf"(?:{alternatives(parts['not_bearers'])})(?!\w)", re.IGNORECASE),
        not_cued=re.compile(rf"(?:{alternatives(parts['not_cued'])})(?!\w)", re.IGNORECASE),
    )
