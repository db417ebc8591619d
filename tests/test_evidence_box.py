"""The box of a piece of evidence surrounds all its lines on the page where it begins."""

from __future__ import annotations

from pathlib import Path

from pdf_samples import hand_made, show_lines

from extractor import Pipeline
from extractor.schema import Evidence

HEAD = [
    "ỦY BAN NHÂN DÂN TỈNH SÔNG MÂY",
    "Số: 15/KH-UBND",
    "Sông Mây, ngày 02 tháng 3 năm 2026",
    "KẾ HOẠCH",
    "Phát triển du lịch cộng đồng năm 2026",
    "II. NHIỆM VỤ",
]
TASK = [
    "1. Sở Nội vụ chủ trì, phối hợp với các cơ quan liên quan rà soát, sửa đổi,",
    "bổ sung quy chế làm việc của các đơn vị trực thuộc và tham mưu phương án",
    "sắp xếp tổ chức bộ máy, trình Ủy ban nhân dân tỉnh trước ngày 30/6/2026.",
]
LEFT, SIZE, STEP = 70, 10, 18


def evidence(path: Path, *pages: bytes) -> Evidence:
    path.write_bytes(hand_made(*pages))
    plan = Pipeline().extract(path)
    return plan.tasks[0].evidence[0]


def test_on_one_page(tmp_path: Path) -> None:
    found = evidence(tmp_path / "a.pdf", show_lines([*HEAD, *TASK], LEFT, 780, SIZE))
    assert found.page == 1
    assert found.bbox is not None
    left, top, right, bottom = found.bbox
    first = 842 - 780 + STEP * len(HEAD)
    assert first - SIZE <= top <= first
    assert first + 2 * STEP <= bottom <= first + 2 * STEP + SIZE
    assert abs(left - LEFT) < SIZE
    assert right > LEFT + 0.45 * SIZE * max(map(len, TASK))


def test_over_two_pages(tmp_path: Path) -> None:
    """Only the lines on its first page count: boxes of two pages have no union."""
    first = show_lines(HEAD, LEFT, 780, SIZE) + show_lines(TASK[:2], LEFT, 80, SIZE)
    found = evidence(tmp_path / "a.pdf", first, show_lines(TASK[2:], LEFT, 780, SIZE))
    assert found.page == 1
    assert found.bbox is not None
    assert 842 - 80 - SIZE <= found.bbox[1] <= 842 - 80
    assert 842 - 62 <= found.bbox[3] <= 842 - 62 + SIZE
