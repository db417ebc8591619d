"""What the tests share: an invented plan, and how a test asks for what a machine may lack."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest

from extractor import schema

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

TEXT = """\
ỦY BAN NHÂN DÂN TỈNH BÌNH LỤC
Số: 15/KH-UBND
Bình Lục, ngày 02 tháng 3 năm 2026
KẾ HOẠCH
Trồng cây phân tán năm 2026
Thực hiện Nghị quyết số 07/NQ-HĐND ngày 05/01/2026.
I. MỤC TIÊU
- Trồng từ 12.500 cây trở lên.
II. NHIỆM VỤ
1. Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026.
- Cơ quan chủ trì: Sở Nông nghiệp và Môi trường.
- Cơ quan phối hợp: UBND các xã, phường.
- Kết quả: Danh mục tuyến đường.
2. Chăm sóc cây đã trồng [hằng tháng].
TM. ỦY BAN NHÂN DÂN
Trần Văn Thí
"""


def require(condition: object, reason: str) -> None:
    """Skip the test (or the file) unless ``condition``; where KEHOACH_CI=1 nothing may be skipped."""
    if condition:
        return
    if os.environ.get("KEHOACH_CI") == "1":
        pytest.fail(f"needed here: {reason}", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def evidence(words: str, **place: object) -> list[schema.Evidence]:
    """Where ``words`` stand in the invented plan."""
    start = TEXT.index(words)
    end = start + len(words)
    quote = schema.Quote(exact=words, prefix=TEXT[max(0, start - 20) : start], suffix=TEXT[end : end + 20])
    return [schema.Evidence(start=start, end=end, quote=quote, **place)]


def agency(text: str, name: str, **facts: object) -> schema.Agency:
    return schema.Agency(
        text=text, name=name, evidence=evidence(text), confidence=0.9, found_by="agency.label", **facts
    )


def invented_plan() -> schema.Plan:
    """A whole plan, made by hand: two tasks, one target, one reference, one warning."""
    review = "Rà soát quỹ đất trồng cây ven đường, xong trước ngày 30/6/2026."
    care = "Chăm sóc cây đã trồng [hằng tháng]."
    return schema.Plan(
        text=TEXT,
        document=schema.DocumentInfo(
            id="d1",
            source=schema.Source(
                name="cay.txt", media_type="text/plain", sha256="0" * 64, size=700, loader="text"
            ),
            type="Kế hoạch",
            number="15/KH-UBND",
            issued="2026-03-02",
            place="Bình Lục",
            issuer=agency("ỦY BAN NHÂN DÂN TỈNH BÌNH LỤC", "Ủy ban nhân dân tỉnh Bình Lục", level="province"),
            title="Trồng cây phân tán năm 2026",
            signer=schema.Signer(name="Trần Văn Thí", capacity="TM."),
            references=[
                schema.Reference(
                    type="Nghị quyết", number="07/NQ-HĐND", date="2026-01-05", relation="implements"
                )
            ],
            evidence={"number": evidence("15/KH-UBND", page=1)},
        ),
        sections=[
            schema.Section(
                id="s1",
                label="II",
                title="NHIỆM VỤ",
                level=1,
                role="tasks",
                start=TEXT.index("II. N"),
                end=600,
            )
        ],
        tasks=[
            schema.Task(
                id="t1",
                text=review,
                section="II.1",
                lead=[agency("Sở Nông nghiệp và Môi trường", "Sở Nông nghiệp và Môi trường")],
                support=[
                    agency("UBND các xã, phường", "Ủy ban nhân dân các xã, phường", inherited_from="II.1")
                ],
                deadlines=[
                    schema.Deadline(
                        text="trước ngày 30/6/2026",
                        kind="date",
                        due="2026-06-30",
                        exclusive=True,
                        edtf="../2026-06-30",
                        evidence=evidence("trước ngày 30/6/2026"),
                        confidence=0.95,
                        found_by="deadline.before_date",
                    )
                ],
                deliverables=[
                    schema.Deliverable(text="Danh mục tuyến đường", evidence=evidence("Danh mục tuyến đường"))
                ],
                evidence=evidence(review, page=2, cell=schema.CellPlace(table=0, row=3, column=1)),
                confidence=0.8,
            ),
            schema.Task(
                id="t2",
                text=care,
                section="II.2",
                targets=["c1"],
                deadlines=[
                    schema.Deadline(
                        text="hằng tháng",
                        kind="recurring",
                        every="month",
                        rrule="FREQ=MONTHLY",
                        evidence=evidence("hằng tháng"),
                        confidence=0.9,
                        found_by="deadline.every",
                    )
                ],
                evidence=evidence(care),
                confidence=0.7,
            ),
        ],
        targets=[
            schema.Target(
                id="c1",
                text="Trồng từ 12.500 cây trở lên",
                indicator="Trồng",
                value=12500,
                unit="cây",
                comparator=">=",
                section="I",
                evidence=evidence("Trồng từ 12.500 cây trở lên"),
                confidence=0.9,
                found_by="target.at_least",
            )
        ],
        warnings=[schema.PlanWarning(code="W_RECIPIENTS", message="no recipients were found", where="p. 2")],
        run=schema.Run(
            tool="kehoach", version="0.1.0", rules="abc", started="2026-03-03T08:00:00+07:00", seconds=0.1
        ),
    )


@pytest.fixture
def plan() -> schema.Plan:
    return invented_plan()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this run's own."""
    require(postgres.programs(), postgres.MISSING)
    with postgres.server() as where:
        yield where


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kehoach.sqlite"
    return postgres.create(request.getfixturevalue("postgres_server"), f"t{uuid.uuid4().hex}")
