"""A plan without its personal data: identity numbers, telephone numbers and e-mail addresses masked.

Masked (Decree 13/2023/NĐ-CP, Article 2): citizen identity numbers (CCCD, 12 digits) and the older identity
cards (CMND, 9 digits), Vietnamese and other telephone numbers, e-mail addresses. Kept: numbers of
documents ("123456789/QĐ-UBND"), sums of money, days, tax codes named as such. Where a bare number of 9 or
12 digits may be either, it is masked. Names of persons are kept.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from extractor.schema import Plan

MASK = "•"
"""Stands for one character, so that every offset into the text stays right."""

_GAP = r"[^\S\t]?[.\-\u2010-\u2015]?[^\S\t]?"
_END = r"(?!\w|[.,]\d|[/-][^\W\d])"  # no decimals follow, and no letters as in a document's number
_IDENTITY = r"(?:CCCD|CMND|CMT|căn\s+cước|chứng\s+minh|định\s+danh|hộ\s+chiếu)"
_LABELLED = re.compile(
    rf"\b{_IDENTITY}[^\d\n]{{0,40}}"
    rf"(?P<number>\d(?:{_GAP}\d){{11}}|\d(?:{_GAP}\d){{8}}|[A-Z]\d{{7,8}})(?!\d)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w.,/-])(?P<number>\d{{12}}|\d{{9}}|0\d\d(?:{_GAP}\d{{3}}){{3}}|0\d\d(?:{_GAP}\d{{3}}){{2}}){_END}"
)
_PHONE = re.compile(
    rf"(?<![\w.,])(?P<number>(?:\(?(?:\+|00)?84\)?{_GAP}(?:\(0\))?|\(?0)"
    rf"[2-9]\d{{0,4}}\)?(?:{_GAP}(?!0[2-9]\d{{8}})\d{{2,8}}){{0,4}}){_END}"
)
_FOREIGN = re.compile(rf"(?<![\w.,/])(?P<number>\+\d{{1,3}}(?:{_GAP}\d{{2,4}}){{2,4}}){_END}")
_EMAIL = re.compile(r"(?<![\w.+-])(?P<number>[\w.+-]++(?:[@＠]|\s?[(\[]at[)\]]\s?)\w[\w-]*+(?:\.\w[\w-]*+)+)")
_PATTERNS = (_EMAIL, _LABELLED, _PHONE, _FOREIGN, _BARE)

_DAY = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-](?:19|20)\d\d(?!\d)")
_SUM = re.compile(r"\s*(?:đồng|đ\b|VN[DĐ]|USD|triệu|tỷ|tỉ|nghìn|ngàn|€|\$|₫)", re.IGNORECASE)
_TAX_CODE = re.compile(r"(?:mã\s+số\s+thuế|MST|mã\s+số\s+doanh\s+nghiệp)\W{0,3}$", re.IGNORECASE)

# Fields that hold no words of the document: identifiers, values of closed vocabularies, digests.
_KEPT = frozenset(
    {"schema_version", "id", "parent", "sha256", "media_type", "loader", "section", "inherited_from"}
    | {"found_by", "run", "role", "level", "origin", "kind", "every", "edtf", "rrule", "start", "due"}
    | {"issued", "date", "relation", "comparator", "per", "change", "code"}
)


def redact(text: str) -> str:
    """``text`` with personal data masked, character by character; as long as before."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    masked = plain
    for pattern in _PATTERNS:
        masked = pattern.sub(_masked, masked)
    if masked == plain:
        return text
    return "".join(new if new == MASK else old for old, new in zip(text, masked, strict=True))


def redacted(plan: Plan) -> Plan:
    """The plan with personal data masked in every text of it; offsets and identifiers stay as they are."""
    text = redact(plan.text)
    fields = plan.model_dump(exclude={"text"})
    return Plan.model_validate({**_clean(fields, text), "text": text})


def _masked(match: re.Match[str]) -> str:
    number = match["number"]
    if match.re in (_PHONE, _FOREIGN, _BARE) and not _is_personal(match):
        return match[0]
    offset = match.start("number") - match.start()
    rest = match[0][offset + len(number) :]
    return match[0][:offset] + "".join(c if c.isspace() else MASK for c in number) + rest


def _is_personal(match: re.Match[str]) -> bool:
    digits = sum(c.isdigit() for c in match["number"])
    if match.re is _PHONE and not 9 <= digits <= 13:
        return False
    before, after = match.string[max(0, match.start() - 40) : match.start()], match.string[match.end() :][:12]
    return not (_SUM.match(after) or _DAY.match(match["number"]) or _TAX_CODE.search(before))


def _clean(value: Any, text: str) -> Any:  # noqa: ANN401
    """``value`` of a dumped plan, its strings masked; quotes are taken from the masked ``text`` anew."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [_clean(each, text) for each in value]
    if isinstance(value, dict):
        fields = {k: v if _is_kept(k, v) else _clean(v, text) for k, v in value.items()}
        return {**fields, "quote": _quote(value, text)} if "quote" in value else fields
    return value


def _is_kept(key: str, value: Any) -> bool:  # noqa: ANN401
    """A task's ``targets`` are identifiers, a plan's are targets."""
    return key in _KEPT or (key == "targets" and bool(value) and isinstance(value[0], str))


def _quote(evidence: dict[str, Any], text: str) -> dict[str, str]:
    """The quote at the same place: a number cut by the quote's edge is known only in the whole text."""
    start, end, quote = evidence["start"], evidence["end"], evidence["quote"]
    if end > len(text):
        return {part: redact(words) for part, words in quote.items()}
    before, after = len(quote["prefix"]), len(quote["suffix"])
    prefix = text[max(0, start - before) : start]
    return {"exact": text[start:end], "prefix": prefix, "suffix": text[end : end + after]}
