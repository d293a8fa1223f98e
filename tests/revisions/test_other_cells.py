"""The standard and the other cells of a criterion are part of what a sheet says: of its wording, its digest, its pages."""

from __future__ import annotations

from pipeline.auditing import audit_page
from pipeline.digest import rubric_digest
from pipeline.revisions import identity
from tests.builders import reading_of, rubric_of

TABLE = """
项目       | 序号 | 评价内容   | item | standard    | 评价分值
安全（5分） | 1    | 有预案。   | 预案 | 缺一项扣1分 | 2
            | 2    | 按期演练。 | 演练 | 少一次扣1分 | 3
总评        |      |            |      |             | 5
"""
STRICTER = TABLE.replace("少一次扣1分", "少一次扣3分")


def test_another_standard_is_another_wording_and_another_digest():
    one, two = rubric_of(TABLE), rubric_of(STRICTER)
    assert one.sections[0].criteria[1].columns["standard"] == "少一次扣1分"
    assert not identity.same_text(reading_of(one), reading_of(two))
    assert identity.same_text(reading_of(one), reading_of(rubric_of(TABLE)))
    assert rubric_digest(one) != rubric_digest(two)


def test_the_name_of_an_item_stands_before_its_text_on_the_audit_page():
    assert "演练：按期演练。" in audit_page.render(reading_of(rubric_of(TABLE)), (), None, "zh")
