"""Order, fingerprints, waivers."""

from msgspec.structs import replace

from pipeline.auditing.audit import audit, ids_in
from pipeline.model import Decision
from tests.builders import bands, found, notice_of, reading_of, rubric_of

TABLE = """
    项目        | 序号 | 评价内容   | 评价分值
    管理（6分） | {0}  | 证照齐全。 | 3
                | {1}  | 报表及时。 | 2
    运营（5分） | {2}  | 巡检到位。 | 5
    总评        |      |            | 10
"""


def of(*numbers, **more):
    return reading_of(rubric_of(TABLE.format(*numbers)), notice=notice_of(grade_bands=bands("优秀 [90,)", "合格 [70,89]")), **more)


def test_findings_stand_in_document_order_and_the_same_each_time():
    one, two = audit(of(1, 2, 4)), audit(of(1, 2, 4))
    assert one == two
    assert found(one) == [
        ("band-gap", "notice/bands/2~notice/bands/1"),
        ("scoring-policy-open", "notice/bands"),
        ("form-field-absent", "annex-1"),
        ("section-sum-mismatch", "annex-1/s1"),
        ("serial-gap", "annex-1/c2..annex-1/c4"),
    ]


def test_a_clean_notice_has_no_error_and_no_warning():
    clean = reading_of(rubric_of(TABLE.format(1, 2, 3).replace("管理（6分）", "管理（5分）")), notice=notice_of())
    assert [f for f in audit(clean) if f.severity != "note"] == []


def test_fingerprints_survive_renumbering_and_differ_by_value():
    prints = {f.rule: f.fingerprint for f in audit(of(1, 2, 4))}
    renumbered = {f.rule: f.fingerprint for f in audit(of(5, 6, 8))}
    assert prints["section-sum-mismatch"] == renumbered["section-sum-mismatch"]
    assert prints["serial-gap"] == renumbered["serial-gap"]
    other = reading_of(rubric_of(TABLE.format(1, 2, 3).replace("管理（6分）", "管理（7分）")))
    assert prints["section-sum-mismatch"] != {f.rule: f.fingerprint for f in audit(other)}["section-sum-mismatch"]


def test_fingerprints_are_unique():
    prints = [f.fingerprint for f in audit(of(1, 2, 4))]
    assert len(set(prints)) == len(prints)


def waive(fingerprint, status="valid"):
    return Decision("d1", "waive", fingerprint, None, None, "王某", "2023-05-06", "已核对原件", "0" * 64, status)


def test_a_waiver_is_kept_with_its_reason():
    reading = of(1, 2, 4)
    target = next(f for f in audit(reading) if f.rule == "serial-gap").fingerprint
    waived = {f.rule: f.waiver for f in audit(replace(reading, decisions=(waive(target),)))}
    assert (waived["serial-gap"].by, waived["serial-gap"].reason) == ("王某", "已核对原件")
    assert waived["section-sum-mismatch"] is None
    assert all(f.waiver is None for f in audit(replace(reading, decisions=(waive(target, "stale"),))))


def test_ids_of_a_where():
    assert ids_in("annex-1/c3~2..annex-1/c4") == ("annex-1/c3~2", "annex-1/c4")
    assert ids_in("annex-1/c3~annex-2/c4") == ("annex-1/c3", "annex-2/c4")
    assert ids_in("annex-1/c3~2") == ("annex-1/c3~2",)
