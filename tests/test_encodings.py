"""Bytes of any encoding become the same Vietnamese text, and plain text is never damaged."""

from __future__ import annotations

import contextlib
import unicodedata

import pytest
from conftest import TEXT
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import UnreadableError
from extractor.extractors.impossible import find
from extractor.loaders import text as text_loader
from extractor.loaders.encodings import decode
from extractor.loaders.legacy import from_tcvn3, from_viqr, from_vni
from extractor.normalize import clean

NFC = TEXT.replace("[hằng tháng]", "hằng tháng")


def one_by_one(table: str) -> dict[int, str]:
    """For tests: from a letter to what an old encoding writes for it, given as "letter=code" pairs."""
    return {ord(pair[0]): pair[2:] for pair in table.split()}


# Written out from the published charts, so that the package's own tables are not their own witness.
TCVN3 = one_by_one(
    "à=µ ả=¶ ã=· á=¸ ạ=¹ ă=¨ ằ=» ẳ=¼ ẵ=½ ắ=¾ ặ=Æ â=© ầ=Ç ẩ=È ẫ=É ấ=Ê ậ=Ë đ=® è=Ì ẻ=Î ẽ=Ï é=Ð ẹ=Ñ ê=ª ề=Ò ể=Ó "
    "ễ=Ô ế=Õ ệ=Ö ì=× ỉ=Ø ĩ=Ü í=Ý ị=Þ ò=ß ỏ=á õ=â ó=ã ọ=ä ô=« ồ=å ổ=æ ỗ=ç ố=è ộ=é ơ=¬ ờ=ê ở=ë ỡ=ì ớ=í ợ=î "
    "ù=ï ủ=ñ ũ=ò ú=ó ụ=ô ừ=õ ử=ö ữ=÷ ứ=ø ự=ù ỳ=ú ỷ=û ỹ=ü ý=ý ỵ=þ Ă=¡ Â=¢ Ê=£ Ô=¤ Ơ=¥ Đ=§"
) | {ord("ư"): "\xad", ord("Ư"): "¦"}
VIQR_MARKS = {0x300: "`", 0x301: "'", 0x302: "^", 0x303: "~", 0x306: "(", 0x309: "?", 0x31B: "+", 0x323: "."}
VNI_TONES = {"": "", "\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_HATS = dict(zip(("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), "âáàåãä", strict=True))
VNI_BREVES = dict(zip(("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), "êéèúüë", strict=True))


def in_vni(text: str) -> str:
    alone = {"ỉ": "æ", "í": "í", "ì": "ì", "ĩ": "ó", "ị": "ò", "đ": "ñ", "ỵ": "î"}
    out = []
    for char in text:
        small = char.lower()
        first, *marks = unicodedata.normalize("NFD", small)
        shape = next((m for m in marks if m in "\u0302\u0306\u031b"), "")
        tone = next((m for m in marks if m not in "\u0302\u0306\u031b"), "")
        if small in alone:
            stored = alone[small]
        elif shape == "\u031b":
            stored = {"o": "ô", "u": "ö"}[first] + VNI_TONES[tone]
        elif shape:
            stored = first + (VNI_HATS if shape == "\u0302" else VNI_BREVES)[tone]
        else:
            stored = first + VNI_TONES[tone] if marks else small
        out.append(stored.upper() if char.isupper() else stored)
    return "".join(out)


def in_viqr(text: str) -> str:
    plain = text.replace("đ", "dd").replace("Đ", "DD")
    return unicodedata.normalize("NFD", plain).translate(VIQR_MARKS)


def in_cp1258(text: str) -> bytes:
    """Letters with their shape, tones apart, as Windows writes them."""
    out = []
    for char in text:
        tones = [m for m in unicodedata.normalize("NFD", char)[1:] if m not in "\u0302\u0306\u031b"]
        bare = unicodedata.normalize("NFD", char)
        for tone in tones:
            bare = bare.replace(tone, "")
        out.append(unicodedata.normalize("NFC", bare) + "".join(tones))
    return "".join(out).encode("cp1258")


LOWER = NFC.lower()  # TCVN3 has no accented capitals
SAMPLES = [
    (NFC.encode(), None, NFC),
    (b"\xef\xbb\xbf" + NFC.encode(), None, NFC),
    (NFC.encode("utf-16"), None, NFC),
    (b"\xfe\xff" + NFC.encode("utf-16-be"), None, NFC),
    (NFC.encode("utf-32"), None, NFC),
    (NFC.encode("utf-16-le"), "W_ENCODING_GUESSED", NFC),
    (NFC.encode("utf-16-be"), "W_ENCODING_GUESSED", NFC),
    (NFC.encode("utf-32-le"), "W_ENCODING_GUESSED", NFC),
    (unicodedata.normalize("NFD", NFC).encode(), None, NFC),
    (in_cp1258(NFC), "W_ENCODING_GUESSED", NFC),
    (LOWER.translate(TCVN3).encode("latin-1"), "W_LEGACY_ENCODING", LOWER),
    (LOWER.translate(TCVN3).encode(), "W_LEGACY_ENCODING", LOWER),
    (in_vni(NFC).encode("latin-1"), "W_LEGACY_ENCODING", NFC),
    (in_vni(NFC).encode(), "W_LEGACY_ENCODING", NFC),
    (in_viqr(NFC).encode(), "W_LEGACY_ENCODING", NFC),
    (NFC.encode().decode("latin-1").encode(), "W_MOJIBAKE", NFC),
]


@pytest.mark.parametrize(("data", "code", "meant"), SAMPLES)
def test_the_same_text_from_every_encoding(data: bytes, code: str | None, meant: str):
    text, notices = decode(data)
    assert [clean(line) for line in text.split("\n")] == [clean(line) for line in meant.split("\n")]
    assert [n.code for n in notices] == ([code] if code else [])


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("Uû ban nh©n d©n", "Uỷ ban nhân dân"),
        ("UÛy ban nhaân daân", "Ủy ban nhân dân"),
        (
            "Ủy ban nhân dân xã\nUû ban nh©n d©n x· giao nhiÖm vô\ncó công bán",
            "Ủy ban nhân dân xã\nUỷ ban nhân dân xã giao nhiệm vụ\ncó công bán",
        ),
    ],
)
def test_words_copied_from_old_fonts(stored: str, meant: str):
    text, notices = decode(stored.encode())
    assert (text, [n.code for n in notices]) == (meant, ["W_LEGACY_ENCODING"])


@pytest.mark.parametrize(
    "text",
    [
        "có công bán là",
        "TOÀN XÃ” và “HÃ…” là TÃ”\nXÃ” XÃ” XÃ”",
        "© 2026 Sông Mây. Résumé, café, naïve, Ð, ñ, ø.",
        "What is it? I'm going. Who are you? The address (add data).",
        "Ke hoach chuyen doi so. Uy ban nhan dan giao so, nganh (dau moi). Co the? Khong.",
        "Diện tích 5 m², 100 µg, ±3%, ½ số hộ, §2, «mẫu», 5°C",
        "",
        "x",
    ],
)
def test_plain_text_is_left_alone(text: str):
    assert decode(text.encode()) == (text, ())


@pytest.mark.parametrize(
    ("data", "meant"),
    [
        ("Kế hoạch rà soát kỹ".encode()[:-1], "Kế hoạch rà soát k"),
        (
            "Kế hoạch rà soát, ".encode() + b"\xff\x92" + "tổng hợp".encode(),
            "Kế hoạch rà soát, \ufffd\ufffdtổng hợp",
        ),
        ("Kế hoạch".encode("utf-16") + b"\x41", "Kế hoạch"),
    ],
)
def test_damaged_bytes_spare_the_rest(data: bytes, meant: str):
    text, notices = decode(data)
    assert (text, [n.code for n in notices]) == (meant, ["W_BAD_BYTES"])


def test_tables_of_old_encodings():
    assert from_tcvn3("CéNG HßA X· HéI, Së T­ ph¸p") == "CỘNG HÒA XÃ HỘI, Sở Tư pháp"
    assert from_vni("COÄNG HOØA XAÕ HOÄI, Sôû Tö phaùp") == "CỘNG HÒA XÃ HỘI, Sở Tư pháp"
    assert from_viqr("So+? Tu+ pha'p, bo^., kho?e. a\\.b, DDo^`ng") == "Sở Tư pháp, bộ, khỏe. a.b, Đồng"


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data: bytes):
    decode(data)
    with contextlib.suppress(UnreadableError):
        text_loader.read(data)


def test_binary_data_is_refused():
    with pytest.raises(UnreadableError, match="not a document"):
        text_loader.read(bytes(range(256)) * 20)


def test_text_without_vietnamese_letters_is_said_to_be_so():
    plain = "Ke hoach ra soat ho so dat dai cua cac xa phuong " * 6
    assert [n.code for n in text_loader.read(plain.encode()).notices] == ["W_LOW_TEXT_QUALITY"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("trước ngày 31/02/2026", ["31/02/2026"]),
        ("ngày 30 tháng 6 năm 20266", ["ngày 30 tháng 6 năm 20266"]),
        ("năm 99999.", ["năm 99999"]),
        ("quý II/99999, tháng 13/2026, quý V/2026", ["quý II/99999", "tháng 13/2026", "quý V/2026"]),
        ("ngày 32/5", ["ngày 32/5"]),
        ("29/02/2028, ngày 30/6, quý 4/2026, năm 1886", []),
        ("Luật số 45/13/2026/QH15, mỗi năm 12000 cây, lương tháng 13, mục 1.2.3, 192.168.1.2026", []),
    ],
)
def test_dates_that_no_calendar_has(text: str, named: list[str]):
    assert find(text) == named
