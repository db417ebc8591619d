"""Numbers, bullets, parts and tables become an outline."""

from __future__ import annotations

import pytest

from extractor import rulebook
from extractor.document import Document, Raw, RawBlock, RawCell, Source
from extractor.loaders import text as text_loader
from extractor.normalize import normalize
from extractor.segment import marker_of, section_role, segment

RULES = rulebook.load()
SOURCE = Source("x.txt", "text/plain", "0" * 64, 1, "text")


def outlined(text: str) -> Document:
    content = text_loader.read(text.encode())
    return segment(normalize(Raw(SOURCE, content.blocks, content.notices)), RULES)


def paths(text: str) -> list[tuple[str, str, str]]:
    doc = outlined(text)
    return [(n.kind, n.path, doc.text_of(n)) for n in doc.nodes]


@pytest.mark.parametrize(
    ("line", "kind", "number", "rest"),
    [
        ("Phần thứ hai: NHIỆM VỤ", "part", "Phần thứ hai", "NHIỆM VỤ"),
        ("Điều 3. Sở Y tế chịu trách nhiệm", "part", "Điều 3", "Sở Y tế chịu trách nhiệm"),
        ("CHƯƠNG II", "part", "CHƯƠNG II", ""),
        ("II. NHIỆM VỤ", "roman", "II", "NHIỆM VỤ"),
        ("III- TỔ CHỨC THỰC HIỆN", "roman", "III", "TỔ CHỨC THỰC HIỆN"),
        ("1. Rà soát", "arabic", "1", "Rà soát"),
        ("1) Rà soát", "paren", "1", "Rà soát"),
        ("5, Đối với dự án", "arabic", "5", "Đối với dự án"),
        ("2.1. Đào tạo", "arabic", "2.1", "Đào tạo"),
        ("2.1.3 Đào tạo", "arabic", "2.1.3", "Đào tạo"),
        ("đ) Thời gian", "letter", "đ", "Thời gian"),
        ("ơ) Mỗi năm", "letter", "ơ", "Mỗi năm"),
        ("- Rà soát", "dash", "", "Rà soát"),
        ("+ Rà soát", "plus", "", "Rà soát"),
        ("A. PHẦN CHUNG", "upper", "A", "PHẦN CHUNG"),
        ("V/v chuẩn bị hội nghị", "text", "", None),
        ("2026 là năm đầu", "text", "", None),
        ("30/6/2026 là hạn", "text", "", None),
        ("Mục tiêu chung", "text", "", None),
        ("Điều động cán bộ", "text", "", None),
        ("100% xã đạt chuẩn", "text", "", None),
    ],
)
def test_markers(line: str, kind: str, number: str, rest: str | None):
    found, marker, offset = marker_of(line)
    assert (found, marker) == (kind, number)
    assert line[offset:] == (line if rest is None else rest)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("MỤC ĐÍCH, YÊU CẦU", "purpose"),
        ("Mục tiêu cụ thể đến năm 2030", "targets"),
        ("NHIỆM VỤ, GIẢI PHÁP", "tasks"),
        ("TỔ CHỨC THỰC HIỆN", "assignment"),
        ("KINH PHÍ THỰC HIỆN", "funding"),
        ("ĐÁNH GIÁ CHUNG", "other"),
        ("Bảo đảm kinh phí, cơ sở vật chất", None),
        ("Sở Nội vụ", None),
    ],
)
def test_section_roles(title: str, role: str | None):
    found = section_role(title, RULES)
    assert (found[0] if found else None) == role


def test_levels_follow_the_order_of_markers():
    text = (
        "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Đào tạo\na) Nội dung\n- Mở lớp.\n+ Lớp một.\nb) Thời g"
        "ian\n2. Rà soát\nII. TỔ CHỨC THỰC HIỆN\n1. Sở A"
    )
    assert paths(text) == [
        ("text", "", "KẾ HOẠCH"),
        ("roman", "I", "NHIỆM VỤ"),
        ("arabic", "I.1", "Đào tạo"),
        ("letter", "I.1.a", "Nội dung"),
        ("dash", "I.1.a", "Mở lớp."),
        ("plus", "I.1.a", "Lớp một."),
        ("letter", "I.1.b", "Thời gian"),
        ("arabic", "I.2", "Rà soát"),
        ("roman", "II", "TỔ CHỨC THỰC HIỆN"),
        ("arabic", "II.1", "Sở A"),
    ]


def test_dotted_numbers_do_not_double_the_path():
    text = "II. NỘI DUNG\n2. Cán bộ\n2.4. Đào tạo\n- Cử cán bộ đi học."
    assert [p for _, p, _ in paths(text)] == ["II", "II.2", "II.2.4", "II.2.4"]


def test_recipients_annex_and_its_table():
    text = (
        "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Rà soát hồ sơ.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\n"
        "CHỦ TỊCH\nTrần Thị Ví Dụ\nPHỤ LỤC II\nTT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\nI\t"
        "Công tác tuyên truyền\n"
        "1\tPhát tờ rơi\tSở A\tQuý I/2026\n2\tHọp dân\tSở B\tQuý II/2026\n"
    )
    doc = outlined(text)
    roles = {doc.text_of(n): n.role for n in doc.nodes}
    assert roles["Nơi nhận:"] == roles["Trần Thị Ví Dụ"] == "recipients"
    rows = [n for n in doc.nodes if n.kind == "row"]
    assert [(n.path, doc.text_of(n)) for n in rows] == [
        ("PHỤ LỤC II.I", "Phát tờ rơi"),
        ("PHỤ LỤC II.I", "Họp dân"),
    ]
    assert [doc.text_of(s) for _, s in rows[0].fields] == ["Sở A", "Quý I/2026"]


def table(*rows: str) -> list[tuple[str, dict[str, str]]]:
    doc = outlined("PHỤ LỤC\n" + "\n".join(rows))
    return [(doc.text_of(n), {c: doc.text_of(s) for c, s in n.fields}) for n in doc.nodes if n.kind == "row"]


def test_columns_are_found_by_their_words_in_any_order():
    assert table(
        "STT\tThời gian hoàn thành\tĐơn vị thực hiện\tNội dung công việc\tSản phẩm",
        "1\tTháng 5\tSở A\tRà soát\tBáo cáo",
    ) == [("Rà soát", {"deadline": "Tháng 5", "lead": "Sở A", "deliverable": "Báo cáo"})]


def test_a_repeated_header_is_nothing_and_a_row_goes_on_after_the_page():
    rows = table(
        "TT\tNhiệm vụ\tChủ trì\tThời hạn",
        "1\tRà soát hồ sơ của các\tSở A\tTháng 5",
        "TT\tNhiệm vụ\tChủ trì\tThời hạn",
        "\txã vùng cao\t\t",
        "2\tBáo cáo\tSở B\tTháng 6",
    )
    assert [r[0] for r in rows] == ["Rà soát hồ sơ của các", "Báo cáo"]


def test_a_row_cut_short_takes_what_is_missing_from_the_row_above_in_its_group():
    header = "TT\tNhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tThời hạn\tKết quả"
    rows = table(
        header,
        "I\tHạ tầng",
        "1\tXây trạm\tSở A\tSở B\tQuý I/2026\tTrạm",
        "Lắp máy dự phòng\tSở C",
        "II\tNhân lực",
        "1\tMở lớp\tSở D\tSở B\tQuý II/2026",
    )
    assert rows[1] == (
        "Lắp máy dự phòng",
        {"lead": "Sở C", "support": "Sở B", "deadline": "Quý I/2026", "deliverable": "Trạm"},
    )
    assert "deliverable" not in rows[2][1]


def test_a_table_of_targets_holds_no_tasks():
    doc = outlined("KẾ HOẠCH\nPHỤ LỤC\nTT\tChỉ tiêu\tĐơn vị chủ trì\n1\tTỷ lệ hồ sơ đúng hạn đạt 98%\tSở A")
    assert [n.kind for n in doc.nodes] == ["text", "annex", "note", "target"]
    assert [c for c, _ in doc.nodes[-1].fields] == ["target", "lead"]


def sheet_table(*rows: list[tuple[str, int]], merged: tuple[tuple[int, int], ...] = ()) -> Document:
    """A table as a loader gives it: a row of (text, columns); ``merged``: (row, column) that repeat above."""
    blocks = []
    for number, texts in enumerate(rows):
        cells, column = [], 0
        for text, columns in texts:
            cells.append(RawCell(text, column, columns, (number, column) in merged))
            column += columns
        blocks.append(RawBlock("", "row", cells=tuple(cells), table=0))
    source = Source("a.xlsx", "", "0" * 64, 1, "xlsx")
    return segment(normalize(Raw(source, tuple(blocks))), RULES)


def numbered(*rows: tuple[str, ...]) -> list[tuple[str, str, str | None]]:
    """The path of each group and task of a table, its words, and the words of the row that it hangs on."""
    header = ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn")
    doc = sheet_table(*([(text, 1) for text in (*row, *[""] * 4)[:4]] for row in (header, *rows)))
    kinds = ("row", "roman", "arabic")
    found = [node for node in doc.nodes if node.kind in kinds]
    above = [doc.nodes[n.parent] if n.parent is not None else None for n in found]
    return [
        (n.path, doc.text_of(n), doc.text_of(a) if a is not None and a.kind == "row" else None)
        for n, a in zip(found, above, strict=True)
    ]


def test_group_rows_end_where_the_numbers_below_them_end():
    assert numbered(
        ("A", "Chung"), ("I", "Thể chế"), ("1", "Rà soát", "Sở A", "5/2026"), ("II", "Bộ máy"),
        ("2", "Kiện toàn"), ("2.1", "Sắp xếp"), ("2.1.1", "Họp", "Sở B", "6/2026"),
        ("2.2", "Báo cáo", "Sở A"), ("3", "Tổng kết", "Sở C", "7/2026"), ("B", "Riêng"), ("1", "Chi", "Sở D"),
    ) == [
        ("A", "Chung", None), ("A.I", "Thể chế", None), ("A.I", "Rà soát", None), ("A.II", "Bộ máy", None),
        ("A.II.2", "Kiện toàn", None), ("A.II.2.1", "Sắp xếp", None), ("A.II.2.1", "Họp", None),
        ("A.II.2", "Báo cáo", None), ("A.II", "Tổng kết", None), ("B", "Riêng", None), ("B", "Chi", None),
    ]  # fmt: skip


def test_a_row_with_fields_of_its_own_is_a_task_above_the_rows_below_it():
    assert numbered(
        ("KH_N01", "Thể chế"), ("KH_N01.1", "Rà soát", "Sở A"), ("KH_N02", "Kho số", "Sở A", "12/2026"),
        ("KH_N02.1", "Khảo sát", "Sở B"), ("KH_N02.1.1", "Lập phiếu", "Sở B"),
        ("KH_N02.2", "Thiết kế", "Sở C"), ("KH_N020", "Đào tạo", "Sở D"),
    ) == [
        ("KH_N01", "Thể chế", None), ("KH_N01", "Rà soát", None), ("", "Kho số", None),
        ("", "Khảo sát", "Kho số"), ("", "Lập phiếu", "Khảo sát"), ("", "Thiết kế", "Kho số"),
        ("", "Đào tạo", None),
    ]  # fmt: skip


def test_a_group_whose_rows_count_anew_holds_them_all():
    assert [path for path, _, _ in numbered(
        ("2", "Bộ máy"), ("1", "Họp", "Sở A"), ("2", "Báo cáo", "Sở A"), ("3", "Tổng kết", "Sở C"),
    )] == ["2", "2", "2", "2"]  # fmt: skip


def test_a_header_of_two_rows_names_the_columns_under_its_wide_cells():
    doc = sheet_table(
        [("TT", 1), ("Nhiệm vụ", 1), ("Phân công", 2), ("Thời gian", 2)],
        [("", 1), ("", 1), ("Chủ trì", 1), ("Phối hợp", 1), ("Bắt đầu", 1), ("Hoàn thành", 1)],
        [("1", 1), ("Rà soát", 1), ("Sở A", 1), ("Sở B", 1), ("1/2026", 1), ("5/2026", 1)],
        merged=((1, 0), (1, 1)),
    )
    fields = {column: doc.text_of(span) for column, span in doc.nodes[-1].fields}
    assert fields == {"lead": "Sở A", "support": "Sở B", "deadline": "1/2026\t5/2026"}
