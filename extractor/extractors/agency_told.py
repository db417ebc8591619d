"""Names that no registry has, told by small words: "Tổ tư vấn tâm lý", "cán bộ thú y xã", "các chủ hồ".

Such a name runs from its noun to the first verb, to a word that opens a clause, or to a stop; where none of
these comes soon it is no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.extractors.agency_lexicon import SMALL, lexicon
from extractor.extractors.agency_names import names
from extractor.rulebook import Rulebook

_STEP = re.compile(r"(?:\s[-–])?\s[\w&]+(?:[-–/][\w&]+)*")
_FOLLOWS = re.compile(r"[,;.:()\n\t/]|\s[-–(]|$")
_MOST_WORDS = 8
_SEVERAL = re.compile(r"(?:các|những|mọi)\s", re.IGNORECASE)
_COMMA = re.compile(rf",\s(?=(?:{SMALL}|THCS|THPT|CNTT|HTX|TTYT)\b)")


class ToldReader:
    """Reads names told by small words in one text; ``words`` are its segmented words, if it was segmented."""

    def __init__(self, text: str, rules: Rulebook, words: Sequence[tuple[int, int]] | None = None) -> None:
        self.text = text
        self.lex = lexicon(rules)
        self.names = names(rules)
        self.whole = set(words or ())
        self._known: dict[int, int] = {}

    def known(self, at: int) -> int:
        """Where the longest registered name that begins here ends, or ``at``."""
        if at not in self._known:
            self._known[at] = self.names.longest(self.text, at)
        return self._known[at]

    def told(self, at: int, listed: bool = False) -> int:
        """Where a worker or a team told by small words ends ("giáo viên bộ môn"), or ``at``.

        ``listed``: it stands in a list of agencies; there all at large are one too ("cán bộ, đảng viên").
        """
        start, peers = at, self._peers(at)
        if peers > at:
            return peers if listed else at
        several = _SEVERAL.match(self.text, at)
        at = several.end() if several else at
        worker = self.lex.worker.match(self.text, at)
        noun = worker or self.lex.team.match(self.text, at)
        if not noun:
            return start
        end = self.words(noun.end() if worker else self._work(noun.end()))
        end = self.fellows(end) if several else end
        return end if worker or end > noun.end() else start

    def cued(self, at: int) -> int:
        """Where a name ends that stands where only a name can ("phối hợp với chủ hồ xả lũ"), or ``at``."""
        first = _STEP.match(f" {self.text[at : at + 40]}")
        if not first or self.lex.not_cued.match(self.text, at) or self.lex.verb.match(self.text, at):
            return at
        end = at + first.end() - 1
        return self.words(end)

    def words(self, start: int, most: int = _MOST_WORDS) -> int:
        """Past the small words of a name; ``start`` where no verb, clause or stop ends them soon."""
        end = start
        for _ in range(most):
            step = _STEP.match(self.text, end)
            if not step or self._ends_name(step.end() - len(step.group(0).lstrip(" -–"))):
                return end
            end = step.end()
        step = _STEP.match(self.text, end)
        ended = step and self._ends_name(step.end() - len(step.group(0).lstrip(" -–")))
        return end if ended or _FOLLOWS.match(self.text, end) else start

    def _ends_name(self, at: int) -> bool:
        acts = self.lex.verb.match(self.text, at) and not self.lex.name_word.match(self.text, at)
        return bool(
            acts or self.lex.ender.match(self.text, at) or self.lex.qualifier.match(self.text, at - 1)
        )

    def acts(self, at: int) -> bool:
        """Whether a verb stands here that is not a longer noun's beginning ("tổ chức", not "tổ chức hội")."""
        verb, noun = self.lex.verb.match(self.text, at), self.lex.bare_group.match(self.text, at)
        return bool(verb and (not noun or noun.end() <= verb.end()))

    def _work(self, end: int) -> int:
        """What a team is for, where a verb says it: "Tổ bảo vệ an ninh", "Ban đại diện cha mẹ học sinh"."""
        match = self.lex.work.match(self.text, end + 1) if self.text[end : end + 1] == " " else None
        acts = match and self.lex.start.match(self.text, match.end() + 1)  # "chủ đầu tư tham mưu UBND tỉnh"
        return match.end() if match and not acts else end

    def fellows(self, end: int) -> int:
        """Past the small nouns that share a group's "các": "các doanh nghiệp, nhà hảo tâm trên địa bàn"."""
        while comma := _COMMA.match(self.text, end):
            at = comma.end()
            if self.lex.not_peer.match(self.text, at) or self._ends_name(at):
                return end
            past = self.words(comma.end() - 1, most=4)
            if past < at:
                return end
            end = past
        return end

    def _peers(self, at: int) -> int:
        """Workers told in one breath: "cán bộ, công chức, viên chức, người lao động"."""
        match = self.lex.peers.match(self.text, at)
        return match.end() if match else at

    def says_deed(self, start: int, end: int) -> bool:
        """Whether a verb stands in a stretch that is not one that bodies are named for."""
        words = (start + m.start() for m in re.finditer(r"[\w&]+", self.text[start:end]))
        return any(
            self.lex.verb.match(self.text, w)
            and not self.lex.name_word.match(self.text, w)
            and not self.lex.work.match(self.text, w)
            for w in words
        )

    def before_verb(self, start: int, limit: int) -> int:
        """Where the first verb between two places begins (its space before), else ``limit``."""
        for space in re.finditer(r"\s", self.text[start:limit]):
            at = start + space.end()
            if self.lex.verb.match(self.text, at) and not self.lex.name_word.match(self.text, at):
                return at - 1
        return limit
