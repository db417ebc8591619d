"""Headers of invented offices: every layout that a loader may give."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractor import rulebook
from extractor.document import Block, Cell, Document, Source
from extractor.extractors import header
from extractor.extractors.lines import decapitalised
from extractor.extractors.signature import person
from extractor.mention import Header

DATA = Path(__file__).parent / "data" / "headers.yaml"
CASES: dict[str, dict[str, Any]] = {c["name"]: c for c in yaml.safe_load(DATA.read_text(encoding="utf-8"))}


def document(text: str) -> Document:
    """A paragraph for every line that is not empty, a row where ⇥ parts its cells (↵ ends a line in one)."""
    blocks, canonical, gap = [], "", False
    for line in text.split("\n"):
        if not line.strip():
            gap = True
            continue
        start = len(canonical)
        cells = []
        for column, part in enumerate(line.split("⇥")):
            part = part.replace("↵", "\n")
            cells.append(Cell(len(canonical), len(canonical) + len(part), column))
            canonical += f"{part}\t"
        canonical = canonical[:-1]
        row = len(cells) > 1
        kind = "row" if row else "paragraph"
        blocks.append(Block(start, len(canonical), kind, cells=tuple(cells) if row else (), gap=gap))
        canonical += "\n"
        gap = False
    return Document(canonical, tuple(blocks), Source("x.txt", "text/plain", "", len(canonical), "text"))


def read(text: str) -> Header:
    return header.find(document(text), rulebook.load())


def facts(found: Header) -> dict[str, Any]:
    return {
        "type": found.type,
        "number": found.number,
        "issued": found.issued,
        "place": found.place,
        "issuer": found.issuer.text if found.issuer else None,
        "title": found.title,
        "signer": [found.signer.name, found.signer.title, found.signer.capacity] if found.signer else None,
    }


@pytest.mark.parametrize("name", CASES)
def test_header(name: str) -> None:
    expected = CASES[name]["header"]
    found = facts(read(CASES[name]["text"]))
    assert {key: found[key] for key in expected} == expected


def test_empty_document() -> None:
    assert read("") == Header()


def test_issuer_takes_the_locality_from_the_annex_line() -> None:
    found = read(
        "Số: 4/KH-UBND\nKẾ HOẠCH\nTrồng cây\n\nThực hiện Nghị quyết, UBND tỉnh ban hành Kế hoạch như sau:\n"
        "I. MỤC ĐÍCH\nPHỤ LỤC\n(Kèm theo Kế hoạch số 4 /KH-UBND ngày 3/4/2026 của UBND tỉnh Mây Ngàn)\n"
    )
    assert found.issuer is not None
    assert (found.issuer.text, found.issuer.name) == ("UBND tỉnh", "Ủy ban nhân dân tỉnh Mây Ngàn")


def test_issuer_takes_the_locality_from_the_place_only_where_the_text_names_it() -> None:
    start = "Mây Ngàn, ngày 3 tháng 4 năm 2026\nKẾ HOẠCH\nTrồng cây\n\nNay, UBND tỉnh ban hành Kế hoạch:\n"
    with_name, without = read(start + "Trên địa bàn tỉnh Mây Ngàn có 5 suối."), read(start + "Có 5 suối.")
    assert with_name.issuer is not None
    assert without.issuer is not None
    assert with_name.issuer.name == "Ủy ban nhân dân tỉnh Mây Ngàn"
    assert without.issuer.name == "Ủy ban nhân dân tỉnh"


def test_misread_locality_is_spelt_as_the_place() -> None:
    found = read(CASES["scanner's slips"]["text"]).issuer
    assert found is not None
    assert found.name == "Ủy ban nhân dân tỉnh Mây Ngàn"


def test_recipients() -> None:
    found = read(CASES["interleaved signature"]["text"])
    assert found.recipients == (
        "Thường trực Tỉnh ủy (báo cáo)",
        "Các sở: Kế hoạch, Xây dựng, Tư pháp, Nội vụ, Y tế, Công Thương",
    )
    assert read(CASES["decision that issues a plan"]["text"]).recipients == ("Như Điều 3", "Sở Tài chính")
    assert read(CASES["drawn table, blank number and day"]["text"]).recipients == (
        "Ban Dân vận",
        "Các hội: Hội Làm vườn tỉnh, Hội Nuôi ong tỉnh",
    )
    assert read(CASES["party committee"]["text"]).recipients == ("Các huyện ủy",)


def test_spans_point_at_their_words() -> None:
    text = CASES["two columns run together"]["text"]
    canonical = document(text).text
    spans = {key: canonical[span.start : span.end] for key, span in read(text).spans}
    assert spans["number"] == "12/KH-UBND"
    assert spans["place"] == "Mây Ngàn"
    assert spans["issued"] == "ngày 3 tháng 4 năm 2026"
    assert spans["type"] == "KẾ HOẠCH"
    assert spans["title"] == "Trồng cây"
    assert spans["signer"] == "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Thị Ví Dụ"


@pytest.mark.parametrize(
    ("capitals", "written"),
    [
        ("UBND TỈNH MÂY NGÀN", "UBND tỉnh Mây Ngàn"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch"),
        ("ĐẢNG ỦY XÃ SUỐI CAO", "Đảng ủy xã Suối Cao"),
        ("PHÓ CHÁNH VĂN PHÒNG", "Phó Chánh Văn phòng"),
        ("TỈNH ỦY BÀ RỊ - VŨNG MÂY", "Tỉnh ủy Bà Rị - Vũng Mây"),
    ],
)
def test_decapitalised(capitals: str, written: str) -> None:
    assert decapitalised(capitals, rulebook.load()) == written


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trần Thị Ví Dụ", "Trần Thị Ví Dụ"),
        ("Thượng tá Lò Văn Mẫu", "Lò Văn Mẫu"),
        ("ThS. BSCKII. Lê Thử (đã ký)", "Lê Thử"),
        ("H'Yim Niê", "H'Yim Niê"),
        ("Sở Nội vụ", None),
        ("Lưu: VT", None),
        ("VT, NC", None),
        ("CHỦ TỊCH", None),
        ("Trần", None),
    ],
)
def test_person(text: str, name: str | None) -> None:
    assert person(text, rulebook.load()) == name


def test_no_rule_takes_long_over_noise() -> None:
    noise = " ".join("Số ngày KT. TM. của UBND/-… " * 400)
    began = time.perf_counter()
    read(noise)
    assert time.perf_counter() - began < 2
