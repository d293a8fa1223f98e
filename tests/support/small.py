"""A small made-up notice as text, for tests that need many: one annex, each criterion with its own words."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

RULES = (
    "建立健全安全生产责任制度并逐级签订责任书", "作业人员经培训考核合格后持证上岗", "按规定配备消防器材并定期检验", "每月至少开展1次隐患排查并留存记录",
    "设置24小时服务电话并保证畅通", "用户投诉应在5个工作日内处置并答复", "公示收费项目和收费标准", "入户安全检查率不低于85%",
    "编制应急救援预案并报主管部门备案", "每半年组织1次应急演练并总结",
)  # fmt: skip
SECTIONS = (("安全管理", 4), ("用户服务", 4), ("应急处置", 2))


def notice_text(
    rules: tuple[str, ...] = RULES, points: tuple[int, ...] = (10,) * 10, number: str = "某建字〔2021〕7号", title: str = "供热企业服务评价办法"
) -> str:
    """The notice; with fewer or more rules than ten the last section is shorter or longer."""
    lines = [number, "", f"关于印发{title}的通知", "", "各有关单位：", "", f"现将《{title}》印发给你们，请认真执行。", "", "一、评价目标"]
    lines += ["促进企业提高服务水平。", "", "某市住房和城乡建设局", "2021年3月5日", "", "附件1", "供热企业服务质量评价表", ""]
    lines.append("\t".join(("项目", "序号", "评价内容", "评价分值")))
    starts, at = {}, 0
    for n, (label, count) in enumerate(SECTIONS):
        end = at + count if n < len(SECTIONS) - 1 else len(rules)
        starts[at] = f"{label} ({sum(points[at:end])}分)"
        at = end
    for n, (rule, value) in enumerate(zip(rules, points, strict=True)):
        lines.append("\t".join((starts.get(n, ""), str(n + 1), f"{rule}。", str(value))))
    lines.append("\t".join(("总评", "", "", str(sum(points)))))
    return "\n".join(lines) + "\n"


def put_source(sources: Path, slug: str, text: str, revision: str = "2021", supersedes: str | None = None) -> Path:
    """A notice under `sources` with its card; returns its folder."""
    folder = sources / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notice.txt").write_text(text, encoding="utf-8")
    entry = {"file": "notice.txt", "sha256": sha256(text.encode()).hexdigest(), "media_type": "text/plain", "role": "received"}
    card = {"slug": slug, "revision": revision, "supersedes": supersedes, "primary": "notice.txt", "files": [entry]}
    (folder / "source.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
    return folder
