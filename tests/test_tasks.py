"""The annotation guidelines, sentence by sentence: what is a task, who leads, who supports, by when."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.pipeline import Pipeline
from extractor.schema import Plan

PIPELINE = Pipeline()
HEAD = "KẾ HOẠCH\nChăm sóc cây xanh năm 2026\n\n"


@pytest.fixture
def read(tmp_path: Path):
    def run(body: str) -> Plan:
        file = tmp_path / "plan.txt"
        file.write_text(HEAD + body, encoding="utf-8")
        return PIPELINE.extract(file)

    return run


def tasks(plan: Plan) -> list[str]:
    return [t.text for t in plan.tasks]


def roles(plan: Plan, number: int = 0) -> tuple[list[str], list[str]]:
    task = plan.tasks[number]
    return [a.text for a in task.lead], [a.text for a in task.support]


def dates(plan: Plan, number: int = 0) -> list[tuple[str, str | None]]:
    return [(d.kind, d.due) for d in plan.tasks[number].deadlines]


# --- tasks -------------------------------------------------------------------------------------------


def test_bullets_under_a_group_heading_are_the_tasks(read):
    plan = read("II. NHIỆM VỤ\n1. Rà soát cây xanh\n- Kiểm kê cây cổ thụ. Lập bản đồ.\n- Cắt tỉa cành khô.\n")
    assert tasks(plan) == ["Kiểm kê cây cổ thụ. Lập bản đồ.", "Cắt tỉa cành khô."]
    assert [t.section for t in plan.tasks] == ["II.1", "II.1"]


def test_an_item_with_nothing_but_labels_is_the_task(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Kiểm kê cây cổ thụ trên các tuyến phố.\n- Đơn vị chủ trì: Sở Xây dựng.\n"
        "- Đơn vị phối hợp: UBND các xã, phường; Sở Tài chính.\n- Thời gian: Quý II/2026.\n"
        "- Sản phẩm: Danh mục; bản đồ.\n"
    )
    assert tasks(plan) == ["Kiểm kê cây cổ thụ trên các tuyến phố."]
    assert roles(plan) == (["Sở Xây dựng"], ["UBND các xã, phường", "Sở Tài chính"])
    assert dates(plan) == [("date", "2026-06-30")]
    assert [d.text for d in plan.tasks[0].deliverables] == ["Danh mục", "bản đồ"]
    assert plan.tasks[0].lead[0].inherited_from == "II.1"


def test_bullets_of_a_support_label_are_fields_and_no_tasks(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Trồng mới 500 cây bóng mát.\n- Đơn vị chủ trì: Sở Xây dựng tham mưu kế hoạch.\n"
        "- Đơn vị phối hợp thực hiện:\n+ UBND các xã, phường đề xuất vị trí trồng;\n+ Sở Tà"
        "i chính bố trí kinh phí.\n"
    )
    assert len(plan.tasks) == 1
    assert roles(plan) == (["Sở Xây dựng"], ["UBND các xã, phường", "Sở Tài chính"])


def test_labels_at_the_end_of_a_group_hold_for_all_of_it(read):
    plan = read(
        "III. NHIỆM VỤ\n1. Chăm sóc cây\na) Mục tiêu\nCây xanh tốt quanh năm.\nb) Nội dung thực hiện\n"
        "Tưới nước cho cây mới trồng.\nBón phân cho cây lâu năm.\nc) Cơ quan thực hiện: Sở Xây dựng.\n"
        "d) Thời gian thực hiện\n- Lập lịch tưới: Hoàn thành trong tháng 5 năm 2026.\n- Các"
        " nội dung khác: Thường xuyên.\n"
    )
    assert tasks(plan) == ["Tưới nước cho cây mới trồng.", "Bón phân cho cây lâu năm."]
    for number in (0, 1):
        assert roles(plan, number) == (["Sở Xây dựng"], [])
        assert dates(plan, number) == [("date", "2026-05-31"), ("continuous", None)]
    assert plan.tasks[0].deadlines[0].label == "Lập lịch tưới"


def test_labels_gathered_under_a_heading_hold_for_the_group_beside_it(read):
    plan = read(
        "I. CHĂM SÓC CÂY\n1. Nội dung\na) Kiểm kê cây cổ thụ.\nb) Cắt tỉa cành khô.\n"
        "2. Cơ quan chủ trì, phối hợp\na) Cơ quan chủ trì\n- Sở Xây dựng.\n"
        "b) Cơ quan phối hợp\n- Sở Y tế; Hội Nông dân tỉnh.\n- UBND các xã.\n"
    )
    supporting = ["Sở Y tế", "Hội Nông dân tỉnh", "UBND các xã"]
    assert [roles(plan, n) for n in range(len(plan.tasks))] == [(["Sở Xây dựng"], supporting)] * 2


@pytest.mark.parametrize(
    ("body", "sections"),
    [
        (
            "B. NHIỆM VỤ\nMục I. TRỒNG CÂY\n1. Tưới cây hằng ngày.\nMục II. CẮT TỈA\n1. Tỉa cành khô.\n"
            "C. TỔ CHỨC THỰC HIỆN\n1. Sở Xây dựng\n- Kiểm kê cây.\n",
            ["B.Mục I.1", "B.Mục II.1", "C.1"],
        ),
        (
            "I. NHIỆM VỤ\nA. TRỒNG CÂY\n1. Tưới cây hằng ngày.\nB. CẮT TỈA\n1. Tỉa cành khô.\n"
            "II. TỔ CHỨC THỰC HIỆN\n1. Sở Xây dựng\n- Kiểm kê cây.\n",
            ["I.A.1", "I.B.1", "II.1"],
        ),
        (
            "Phần I\nĐÁNH GIÁ TÌNH HÌNH\n1. Đã trồng 300 cây.\nPhần II\nNHIỆM VỤ\nA. TRỒNG CÂY\nI. TƯỚI\n"
            "1. Tưới cây hằng ngày.\nB. CẮT TỈA\nI. TỈA\n1. Tỉa cành khô.\n",
            ["Phần II.A.I.1", "Phần II.B.I.1"],
        ),
        (
            "Chương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi điều chỉnh\nCây xanh đô thị.\n"
            "Chương II\nTRÁCH NHIỆM CÁC CƠ QUAN\nĐiều 2. Trách nhiệm của Sở Xây dựng\n1. Kiểm kê cây.\n",
            ["Chương II.Điều 2.1"],
        ),
    ],
)
def test_parts_nest_as_the_plan_nests_them(read, body: str, sections: list[str]):
    assert [t.section for t in read(body).tasks] == sections


def test_an_unnumbered_time_label_behind_a_bullet_is_that_bullets(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Chăm sóc cây\n- Tưới nước cho cây.\n\n- Bón phân cho cây.\n\nThời"
        " gian thực hiện: Hằng năm.\n"
    )
    assert dates(plan, 0) == []
    assert [(d.kind, d.every) for d in plan.tasks[1].deadlines] == [("recurring", "year")]


def test_a_heading_that_states_the_duty_opens_the_task_of_its_one_paragraph(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Đẩy mạnh kiểm tra cây xanh\nKiểm tra định kỳ các tuyến phố, xử lý cây sâu mục.\n"
    )
    assert tasks(plan) == ["Đẩy mạnh kiểm tra cây xanh Kiểm tra định kỳ các tuyến phố, xử lý cây sâu mục."]


def test_under_an_agency_heading_each_paragraph_is_a_task_of_it(read):
    plan = read(
        "III. TỔ CHỨC THỰC HIỆN\n1. Sở Xây dựng\nChủ trì, phối hợp với Sở Tài chính lập dự toán.\n"
        "Hướng dẫn các xã trồng cây.\n2. UBND các xã, phường: Rà soát quỹ đất trồng cây.\n"
    )
    assert [roles(plan, n) for n in range(3)] == [
        (["Sở Xây dựng"], ["Sở Tài chính"]),
        (["Sở Xây dựng"], []),
        (["UBND các xã, phường"], []),
    ]
    assert {t.origin for t in plan.tasks} == {"assignment"}


def test_an_unnumbered_heading_over_bullets_names_their_bearer(read):
    plan = read(
        "III. TỔ CHỨC THỰC HIỆN\nSở Xây dựng:\n- Lập dự toán trồng cây.\nSở Tài chính:\n- Bố trí kinh phí.\n"
    )
    assert [roles(plan, n)[0] for n in range(2)] == [["Sở Xây dựng"], ["Sở Tài chính"]]


def test_a_milestone_is_named_by_its_part_and_not_by_the_label_above_it(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Trồng cây\n- Kiểm kê cây cổ thụ.\n"
        "a) Thời gian thực hiện: Hoàn thành trong năm 2027.\n2. Cắt tỉa\n- Cắt tỉa cành.\n"
        "a) Thời gian thực hiện:\n- Khảo sát: Trước ngày 31/8/2026.\n"
    )
    assert [[d.label for d in t.deadlines] for t in plan.tasks] == [[None], ["Khảo sát"]]


def test_a_heading_about_a_document_dates_nothing(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Về trồng cây theo Nghị quyết số 12-NQ/TW của Bộ Chính trị:\n- Kiểm kê cây cổ thụ.\n"
    )
    assert [t.deadlines for t in plan.tasks] == [[]]


def test_a_time_heading_dates_what_stands_under_it(read):
    plan = read("II. NHIỆM VỤ\nTháng 3:\n- Kiểm kê cây cổ thụ.\nQuý III:\n- Trồng bổ sung cây.\n")
    assert [dates(plan, n) for n in range(2)] == [[("date", "2026-03-31")], [("date", "2026-09-30")]]


@pytest.mark.parametrize(
    "body",
    [
        "I. MỤC ĐÍCH, YÊU CẦU\n- Nâng cao nhận thức về cây xanh.\n",
        "II. MỤC TIÊU\n1. Mục tiêu chung\nXây dựng đô thị xanh.\n",
        "II. MỤC TIÊU\n- Tỷ lệ cây sống đạt 95%.\n",
        "IV. KINH PHÍ THỰC HIỆN\nKinh phí được bố trí từ ngân sách tỉnh.\n",
        "I. ĐÁNH GIÁ CHUNG\n1. Kết quả\n- Đã trồng được 300 cây.\n",
        "III. TỔ CHỨC THỰC HIỆN\nTrong quá trình thực hiện, nếu có vướng mắc, các đơn vị bá"
        "o cáo Sở Xây dựng.\n",
        "III. TỔ CHỨC THỰC HIỆN\nUBND tỉnh yêu cầu các cơ quan nghiêm túc tổ chức thực hiện"
        " các nội dung trên.\n",
        "III. TỔ CHỨC THỰC HIỆN\nCác nhiệm vụ được quy định tại Phụ lục kèm theo.\n",
        "II. NHIỆM VỤ\nĐể bảo đảm tiến độ, các đơn vị tập trung thực hiện các nhiệm vụ sau:\n",
        "II. NHIỆM VỤ\n1. Thành lập Tổ công tác cây xanh gồm các thành viên sau:\na) Ông Lê"
        " Văn Ví Dụ, Tổ trưởng;\n",
    ],
)
def test_what_is_no_task(read, body: str):
    plan = read(body)
    assert plan.tasks == []
    assert "W_NO_TASKS" in {w.code for w in plan.warnings}


def test_a_dated_deed_among_targets_is_a_task_and_a_quantity_a_target(read):
    plan = read(
        "II. MỤC TIÊU\n- Đến ngày 30/6/2026: hoàn thành kiểm kê cây cổ thụ.\n"
        "- Phấn đấu đến hết năm 2026, 100% xã có vườn ươm.\n"
        "- Đến tháng 9 năm 2026: hoàn thành vườn ươm mẫu. Phấn đấu tỷ lệ cây sống đạt từ 95% trở lên.\n"
    )
    assert [t[:20] for t in tasks(plan)] == ["Đến ngày 30/6/2026: ", "Đến tháng 9 năm 2026"]
    assert [(t.value, t.comparator) for t in plan.targets] == [(100, "="), (95, ">=")]
    assert plan.targets[0].due == "2026-12-31"
    assert plan.tasks[1].targets == [plan.targets[1].id]


def test_a_period_heading_dates_its_targets(read):
    plan = read("II. MỤC TIÊU\n1. Mục tiêu cụ thể đến năm 2030\na) 100% trường học có vườn cây.\n")
    assert [(t.value, t.unit, t.due) for t in plan.targets] == [(100, "%", "2030-12-31")]


# --- roles -------------------------------------------------------------------------------------------

UNDER_A = "III. TỔ CHỨC THỰC HIỆN\n1. Sở Xây dựng\n- {}\n"


@pytest.mark.parametrize(
    ("sentence", "lead", "support"),
    [
        ("Phối hợp với Sở Nội vụ lập danh sách.", ["Sở Nội vụ"], ["Sở Xây dựng"]),
        ("Căn cứ kế hoạch đã duyệt, phối hợp với Sở Nội vụ lập danh sách.", ["Sở Nội vụ"], ["Sở Xây dựng"]),
        ("Phối hợp với các đơn vị liên quan lập danh sách.", ["Sở Xây dựng"], ["các đơn vị liên quan"]),
        (
            "Phối hợp với Sở Nội vụ và các cơ quan liên quan lập danh sách.",
            ["Sở Nội vụ"],
            ["Sở Xây dựng", "các cơ quan liên quan"],
        ),
        ("Phối hợp tuyên truyền đến người dân.", [], ["Sở Xây dựng"]),
        ("Phối hợp với Sở Nội vụ lập danh sách. Kiểm tra cây sâu mục.", ["Sở Xây dựng"], ["Sở Nội vụ"]),
        ("Rà soát cây sâu mục; phối hợp với Công an tỉnh xử lý.", ["Sở Xây dựng"], ["Công an tỉnh"]),
        ("Chủ trì, phối hợp kiểm tra các vườn ươm.", ["Sở Xây dựng"], []),
        (
            "Chỉ đạo các phòng chuyên môn trực thuộc rà soát.",
            ["Sở Xây dựng"],
            ["các phòng chuyên môn trực thuộc"],
        ),
        ("Tham mưu UBND tỉnh, báo cáo Sở Nội vụ kết quả.", ["Sở Xây dựng"], []),
        ("Đôn đốc các chủ đầu tư phối hợp với chính quyền địa phương trồng cây.", ["Sở Xây dựng"], []),
    ],
)
def test_roles_under_an_agency_heading(read, sentence: str, lead: list[str], support: list[str]):
    assert roles(read(UNDER_A.format(sentence))) == (lead, support)


@pytest.mark.parametrize(
    ("sentence", "lead", "support"),
    [
        (
            "Sở Xây dựng chủ trì, phối hợp với Sở Tài chính, Sở Nội vụ trồng cây.",
            ["Sở Xây dựng"],
            ["Sở Tài chính", "Sở Nội vụ"],
        ),
        ("Sở Xây dựng chủ trì phối hợp với Sở Tài chính trồng cây.", ["Sở Xây dựng"], ["Sở Tài chính"]),
        ("Giao các Sở: Xây dựng, Tài chính lập dự toán.", ["Sở Xây dựng", "Sở Tài chính"], []),
        ("Yêu cầu Chủ tịch UBND các xã tổ chức ra quân.", ["Chủ tịch UBND các xã"], []),
        ("UBND tỉnh giao Sở Xây dựng theo dõi.", ["Sở Xây dựng"], []),
        ("Căn cứ kết quả kiểm kê, các đơn vị lập kế hoạch chăm sóc.", ["các đơn vị"], []),
        (
            "Hằng năm, Sở Xây dựng và UBND các xã, phường lập dự toán.",
            ["Sở Xây dựng", "UBND các xã, phường"],
            [],
        ),
        ("UBND tỉnh chỉ đạo Sở Xây dựng rà soát.", ["UBND tỉnh"], ["Sở Xây dựng"]),
        (
            "UBND tỉnh chỉ đạo Sở Xây dựng chủ trì, phối hợp với các xã trồng cây.",
            ["UBND tỉnh"],
            ["Sở Xây dựng", "các xã"],
        ),
        ("Công an tỉnh nắm tình hình, chỉ đạo các trạm rà soát.", ["Công an tỉnh"], ["các trạm"]),
        (
            "Sở Xây dựng chỉ đạo các nhà thầu phối hợp với các xã trồng cây.",
            ["Sở Xây dựng"],
            ["các nhà thầu", "các xã"],
        ),
        ("Sở Xây dựng trồng cây; UBND xã Mộ Sen phối hợp dọn đất.", ["Sở Xây dựng"], ["UBND xã Mộ Sen"]),
        ("Sở Xây dựng báo cáo UBND tỉnh xem xét, chỉ đạo các xã.", ["Sở Xây dựng"], []),
        ("Báo cáo kịp thời số cây chết (Sở Xây dựng chịu trách nhiệm tổng hợp).", ["Sở Xây dựng"], []),
        ("Trồng cây theo hướng dẫn của Sở Xây dựng.", [], []),
        ("Theo đề nghị của Sở Tài chính, Sở Xây dựng điều chỉnh kế hoạch.", ["Sở Xây dựng"], []),
        ("Tổng hợp hồ sơ để đề nghị Sở Nội vụ xem xét.", [], []),
        # several bodies are given several things in one sentence
        (
            "Giao UBND xã Mộ Sen kiểm kê cây; giao UBND xã Đồi Gió chủ trì, phối hợp với Sở Y tế lo vốn.",
            ["UBND xã Mộ Sen", "UBND xã Đồi Gió"],
            ["Sở Y tế"],
        ),
        ("Sở Xây dựng báo cáo UBND tỉnh; Sở Nội vụ theo dõi.", ["Sở Xây dựng", "Sở Nội vụ"], []),
        (
            "Sở Xây dựng làm việc với chủ đầu tư; UBND xã Mộ Sen vận động người dân.",
            ["Sở Xây dựng", "UBND xã Mộ Sen"],
            [],
        ),
        ("Sở Xây dựng chủ trì, Sở Tài chính phối hợp kiểm tra.", ["Sở Xây dựng"], ["Sở Tài chính"]),
        ("Kiểm kê cây cổ thụ (Trung tâm Cây xanh thực hiện).", ["Trung tâm Cây xanh"], []),
        ("Sở Xây dựng ban hành kế hoạch; chỉ đạo các xã trồng cây.", ["Sở Xây dựng"], ["các xã"]),
        ("Đảng ủy Sở Xây dựng lãnh đạo Công đoàn trồng cây.", ["Đảng ủy Sở Xây dựng"], ["Công đoàn"]),
        (
            "Hạt Kiểm lâm cùng với Ban Quản lý rừng Mộ Sen cắm mốc.",
            ["Hạt Kiểm lâm"],
            ["Ban Quản lý rừng Mộ Sen"],
        ),
        ("Tiếp tục giao Công ty Cây xanh Mây Ngàn tưới cây.", ["Công ty Cây xanh Mây Ngàn"], []),
        ("Sở Xây dựng phối hợp với cán bộ lâm nghiệp xã đo cây.", ["Sở Xây dựng"], ["cán bộ lâm nghiệp xã"]),
    ],
)
def test_roles_in_a_sentence(read, sentence: str, lead: list[str], support: list[str]):
    assert roles(read(f"II. NHIỆM VỤ\n1. Trồng cây\n- {sentence}\n")) == (lead, support)


SCHOOL = "III. TỔ CHỨC THỰC HIỆN\n1. Ban Giám hiệu\n- Lập kế hoạch.\n2. Tổ Văn phòng\n- Mua cây.\n{}"


@pytest.mark.parametrize(
    ("heading", "lead"),
    [
        ("3. Giáo viên chủ nhiệm\n- Phân công học sinh.\n", ["Giáo viên chủ nhiệm"]),
        ("3. Đội tình nguyện xanh: Tưới cây hằng tuần.\n", ["Đội tình nguyện xanh"]),
        ("3. Nghệ nhân làng hoa, Tổ Bảo vệ\n- Uốn cây.\n", ["Nghệ nhân làng hoa", "Tổ Bảo vệ"]),
        ("3. Công tác chăm sóc cây\n- Tưới cây.\n", []),
        ("3. Đẩy mạnh trồng cây\n- Tưới cây.\n", []),
    ],
)
def test_a_heading_among_bearers_names_one_that_no_list_has(read, heading: str, lead: list[str]):
    assert roles(read(SCHOOL.format(heading)), 2) == (lead, [])


def test_starred_headings_stand_above_dashes(read):
    plan = read(
        "Phân công như sau:\n* Trạm Y tế:\n- Bố trí bác sĩ trực.\n* Công an xã:\n- Bảo đảm trật tự.\n"
        "- Phối hợp với Phòng Kinh tế phân luồng.\nCác đơn vị được phân công nghiêm túc thực hiện./.\n"
    )
    assert [roles(plan, n) for n in range(len(plan.tasks))] == [
        (["Trạm Y tế"], []),
        (["Công an xã"], []),
        (["Phòng Kinh tế"], ["Công an xã"]),
    ]


def test_an_unnumbered_heading_over_paragraphs_names_their_bearer(read):
    plan = read(
        "III. TỔ CHỨC THỰC HIỆN\nSở Xây dựng\nLập dự toán trồng cây.\nBáo cáo UBND tỉnh hằng quý.\n"
        "Sở Tài chính\nBố trí kinh phí.\nUBND các xã: Vận động người dân trồng cây.\n"
    )
    assert [roles(plan, n)[0] for n in range(len(plan.tasks))] == [
        ["Sở Xây dựng"],
        ["Sở Xây dựng"],
        ["Sở Tài chính"],
        ["UBND các xã"],
    ]


def test_a_bearer_before_a_colon_is_the_heading_of_its_duty(read):
    plan = read(
        "III. TỔ CHỨC THỰC HIỆN\n1. Công an xã: Phối hợp với Phòng Kinh tế tuần tra vườn cây.\n"
        "2. Trách nhiệm của Sở Tài chính: Bố trí kinh phí; hướng dẫn các xã.\n"
    )
    assert roles(plan, 0) == (["Phòng Kinh tế"], ["Công an xã"])
    assert roles(plan, 1) == (["Sở Tài chính"], [])
    assert plan.tasks[1].lead[0].inherited_from is None


def test_how_it_stands_with_a_body_is_no_duty(read):
    plan = read("1. Hội Làm vườn: Không có khả năng kiện toàn.\n2. Hội Sinh vật cảnh: Quá nhiệm kỳ.\n")
    assert tasks(plan) == []


def test_an_approval_is_no_duty_unless_what_follows_lays_one(read):
    plan = read(
        "1. Đồng ý đề xuất của Sở Xây dựng về trồng cây.\n"
        "2. Đồng ý đề xuất của Sở Xây dựng. Sở Xây dựng chịu trách nhiệm về số liệu.\n"
    )
    assert [roles(plan, n) for n in range(len(plan.tasks))] == [(["Sở Xây dựng"], [])]


def test_lines_that_are_paragraphs_are_not_joined(read):
    long = "Kiểm kê, đánh số và lập bản đồ toàn bộ cây cổ thụ trên các tuyến phố chính của phường."
    plan = read(
        f"III. TỔ CHỨC THỰC HIỆN\n1. Sở Xây dựng\n- {long}\n- {long}\n- {long}\n"
        "2. Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh, Hội Liên hiệp Phụ nữ tỉnh, Hội Nông dân tỉnh\n"
        "Vận động hội viên trồng cây.\n"
    )
    assert tasks(plan)[-1] == "Vận động hội viên trồng cây."
    assert len(roles(plan, 3)[0]) == 3


def test_a_title_with_a_stop_over_duties_is_none(read):
    plan = read(
        'II. NHIỆM VỤ\n1. Nhiệm vụ 1: Phong trào "Nhà nhà trồng cây".\n- Phát cây giống.\n- Tưới cây.\n'
    )
    assert tasks(plan) == ["Phát cây giống.", "Tưới cây."]


def test_labels_in_brackets_and_behind_bullets_are_read(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Trồng cây ven hồ.\n(Đơn vị thực hiện: Sở Xây dựng; phối hợp: Hội Nông dân tỉnh)\n"
        "2. Cắt tỉa cây cổ thụ.\n* Đơn vị chủ trì: Tỉnh đoàn; * Đơn vị phối hợp: Sở Y tế.\n"
    )
    assert roles(plan, 0) == (["Sở Xây dựng"], ["Hội Nông dân tỉnh"])
    assert roles(plan, 1) == (["Tỉnh đoàn"], ["Sở Y tế"])


def test_a_column_may_say_roles_in_brackets(read):
    plan = read(
        "PHỤ LỤC\nTT\tNhiệm vụ\tPhân công thực hiện\tThời hạn\n"
        "1\tTrồng cây\tSở Xây dựng (chủ trì); Sở Tài chính (phối hợp)\tTháng 5\n"
    )
    assert roles(plan) == (["Sở Xây dựng"], ["Sở Tài chính"])


def test_an_introduction_hands_down_who_leads_and_supports(read):
    plan = read(
        "1. Sở Xây dựng chủ trì, phối hợp với Sở Tài chính:\n- Lập dự toán.\n- Trồng cây ven đường.\n"
    )
    assert roles(plan, 0) == roles(plan, 1) == (["Sở Xây dựng"], ["Sở Tài chính"])


def test_columns_decide_alone(read):
    plan = read(
        "PHỤ LỤC\nTT\tNhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tThời hạn\tKết quả\n"
        "1\tUBND các xã phối hợp Sở Y tế trồng cây trước ngày 01/5/2026\tSở Xây dựng\tSở Tà"
        "i chính hướng dẫn\tQuý II/2026\tVườn cây.\n"
    )
    assert roles(plan) == (["Sở Xây dựng"], ["Sở Tài chính"])
    assert dates(plan) == [("date", "2026-06-30")]
    task = plan.tasks[0]
    assert (task.origin, task.section, [d.text for d in task.deliverables]) == (
        "table",
        "PHỤ LỤC",
        ["Vườn cây"],
    )
    assert task.lead[0].evidence[0].cell.column == 2


def test_a_column_may_hold_both_roles(read):
    plan = read(
        "PHỤ LỤC\nTT\tNhiệm vụ\tCơ quan thực hiện\tThời hạn\n"
        "1\tTrồng cây\tChủ trì: Sở Xây dựng; Phối hợp: Sở Tài chính, UBND các xã\tTháng 5\n"
    )
    assert roles(plan) == (["Sở Xây dựng"], ["Sở Tài chính", "UBND các xã"])


def test_who_supervises_is_no_lead(read):
    plan = read(
        "II. NHIỆM VỤ\n1. Trồng cây ven hồ.\n- Lãnh đạo phụ trách: Phó Giám đốc Sở.\n- Đơn "
        "vị chủ trì: Phòng Kỹ thuật.\n"
    )
    assert roles(plan)[0] == ["Phòng Kỹ thuật"]


def test_a_span_is_counted_from_the_documents_day(tmp_path: Path):
    file = tmp_path / "plan.txt"
    file.write_text(
        "Số: 9/KH-UBND\nĐồi Gió, ngày 14 tháng 7 năm 2026\n\nKẾ HOẠCH\nTrồng cây\n\nII. NHIỆM VỤ\n"
        "1. Trồng cây\n- Hoàn thành vườn ươm trong 100 ngày kể từ ngày ban hành Kế hoạch.\n",
        encoding="utf-8",
    )
    assert dates(PIPELINE.extract(file)) == [("date", "2026-10-22")]


def test_what_a_plan_leaves_unsaid_is_absent_and_said_to_be(read):
    plan = read("II. NHIỆM VỤ\n1. Trồng cây\n- Tưới nước cho cây.\n")
    assert plan.document.number is None
    assert plan.tasks[0].lead == [] == plan.tasks[0].deadlines
    assert {"W_NO_NUMBER", "W_NO_DATE", "W_NO_LEAD", "W_NO_DEADLINE"} <= {w.code for w in plan.warnings}


def test_a_bearer_before_a_colon_bears_what_stands_behind_it(read):
    plan = read(
        "- Sở Y tế: phần 1, xong trước 30/6/2026\n- Sở Nội vụ: phần việc 2\n- Sở Tài chính: phần việc 3\n"
    )
    assert tasks(plan) == [
        "Sở Y tế: phần 1, xong trước 30/6/2026",
        "Sở Nội vụ: phần việc 2",
        "Sở Tài chính: phần việc 3",
    ]
    assert [roles(plan, number) for number in range(3)] == [
        (["Sở Y tế"], []),
        (["Sở Nội vụ"], []),
        (["Sở Tài chính"], []),
    ]
    assert dates(plan) == [("date", "2026-06-30")]
