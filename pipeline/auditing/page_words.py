"""The words of the audit page, in Chinese and English."""

from __future__ import annotations

from typing import Any

ORIGINS = {
    "zh": {
        "source": "公文本身的问题",
        "reading": "转录、识别或版面还原的问题，不是公文的错",
        "open": "是印错还是转录错，须对照原件",
    },
    "en": {
        "source": "a fault of the notice itself",
        "reading": "a fault of transcription, recognition or layout, not of the notice",
        "open": "misprinted or mistranscribed: the original must be looked at",
    },
}

_SOURCE = frozenset(
    {
        "band-gap", "band-overlap", "veto-without-outcome", "round-weights-open", "scoring-policy-open", "annex-title-mismatch",
        "annex-list-form", "section-not-in-body", "section-order-differs", "twin-points-differ", "wording-drift", "unit-style",
        "name-varies", "usual-misspelling", "jurisdiction-differs", "validity-missing", "document-number-form", "title-form",
        "date-form", "personal-data", "duplicate-criterion",
    }
)  # fmt: skip
_READING = frozenset(
    {
        "foreign-text", "markup-residue", "section-label-displaced", "low-confidence", "unplaced-text", "value-without-place",
        "no-rubric",
    }
)  # fmt: skip


def origin_of(rule: str) -> str:
    """Whose fault a rule's findings are: source, reading, or open (only the page tells)."""
    return "source" if rule in _SOURCE else "reading" if rule in _READING else "open"


WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "report": "公文评价表审校报告",
        "title": "标题", "document_number": "发文字号", "issuer": "发文机关", "addressees": "主送机关",
        "signature": "署名", "issue_date": "成文日期", "absent": "（文中未见）",
        "source_file": "来源文件", "reader": "读取方式", "digest": "文件指纹",
        "summary_head": "结论",
        "summary": "共发现 {all} 处：错误 {error}、警告 {warning}、提示 {note}。",
        "only_notes": "没有错误和警告，有 {note} 处提示。",
        "nothing": "没有发现问题。",
        "open_sentence": "其中 {undecidable} 处无法判定原因，已列出同样成立的解释和应当核对之处；未改动任何数字。",
        "severities": {"error": "错误", "warning": "警告", "note": "提示"},
        "statuses": {"proved": "已证明", "conditional": "有条件成立", "supported": "有依据，待确认", "undecidable": "无法判定"},
        "status_help": {
            "proved": "由文中所印直接得出", "conditional": "在所列数字读印无误的前提下唯一成立",
            "supported": "有所列依据支持，须人工确认", "undecidable": "有多种解释同样成立，不作选择",
        },
        "sheet": "附件", "body": "正文与全文", "criteria": "条目", "sum": "各条合计", "stated": "印出总分", "verdict": "核对结果",
        "none_printed": "未印", "clean": "未发现错误", "verdict_open": "有不符，原因无法判定", "verdict_errors": "有错误", "verdict_warnings": "有疑点",
        "untitled": "（无标题）", "label": "项目", "number": "序号", "text": "评价内容", "points": "分值", "beside": "发现",
        "lost_label": "（名称缺失）", "undivided": "（不分项目）", "pages": "{} 页", "inferred": "推定", "text_open": "（原文缺失，未拟补）",
        "declared": "标 {0}", "summed": "合 {0}", "total_row": "总评",
        "evidence": {"order": "次序", "sums": "合计", "page": "同页", "printed": "版面", "alignment": "与其他附件比对", "merged": "合并单元格"},
        "rests": "依据{0}", "and": "、",
        "details": "逐条说明", "places": "原文所在", "arithmetic": "算式", "assumes": "前提", "rivals": "同样成立的解释（共 {0} 种）",
        "times": "{0} 种", "decide_by": "看一处即可判定", "repair": "建议（须人工确认后生效）", "donors": "参照", "picture": "第 {0} 页，红框为所指之处",
        "waived": "已豁免", "page_n": "第 {0} 页", "line_n": "第 {0} 行", "annex_n": "附件 {0}", "body_short": "正文",
        "filter": "筛选", "severity": "程度", "annex": "位置", "status": "把握", "rule": "规则", "all": "全部", "shown": "显示 {0} 处",
        "remarks": "读取说明", "decisions": "已作的决定", "actions": {"accept": "采纳", "reject": "不采纳", "set": "改定", "waive": "豁免"},
        "unplaced": "表中未归类的文字", "legend": "怎样读这份报告",
        "legend_text": "左边是读到的表格原样，右边是对该行的发现；点击编号可看算式和原文出处。带“推定”字样、虚线框的内容不是原文所印，"
        "只是依据其他数字或其他附件推出的建议，未经人工确认不会当作原文使用。",
        "foot": "本报告由程序离线生成，相同来源得到相同结果；不含时间戳。个人信息一律不引用。", "id": "标识",
    },
    "en": {
        "report": "Audit of the notice's scoring sheets",
        "title": "Title", "document_number": "Document number", "issuer": "Issuer", "addressees": "Addressees",
        "signature": "Signed", "issue_date": "Date of issue", "absent": "(not found)",
        "source_file": "Source", "reader": "Reader", "digest": "Digest",
        "summary_head": "Result",
        "summary": "{all} findings: {error} errors, {warning} warnings, {note} notes.",
        "only_notes": "No errors and no warnings; {note} notes.",
        "nothing": "Nothing found.",
        "open_sentence": " The cause of {undecidable} cannot be decided: the explanations that fit equally well are listed with the cells that would settle them. No number was changed.",
        "severities": {"error": "error", "warning": "warning", "note": "note"},
        "statuses": {"proved": "proved", "conditional": "conditional", "supported": "supported", "undecidable": "undecidable"},
        "status_help": {
            "proved": "follows from what is printed", "conditional": "unique, if the named digits were read right",
            "supported": "rests on named evidence; needs confirmation", "undecidable": "several explanations fit equally well; none is chosen",
        },
        "sheet": "Annex", "body": "Body and whole document", "criteria": "Criteria", "sum": "Sum", "stated": "Stated total", "verdict": "Check",
        "none_printed": "none", "clean": "nothing wrong found", "verdict_open": "does not agree; cause undecidable", "verdict_errors": "errors", "verdict_warnings": "doubts",
        "untitled": "(untitled)", "label": "Section", "number": "No.", "text": "Criterion", "points": "Points", "beside": "Findings",
        "lost_label": "(label lost)", "undivided": "(no sections)", "pages": "{} p.", "inferred": "inferred", "text_open": "(text lost, not supplied)",
        "declared": "declared {0}", "summed": "sum {0}", "total_row": "Total",
        "evidence": {"order": "order", "sums": "sums", "page": "page", "printed": "layout", "alignment": "sister annexes", "merged": "merged cell"},
        "rests": "rests on {0}", "and": ", ",
        "details": "Each finding", "places": "Where it stands", "arithmetic": "Arithmetic", "assumes": "Assumes", "rivals": "Explanations that fit equally well ({0})",
        "times": "{0}", "decide_by": "One look would settle it", "repair": "Suggestion (takes effect only when a person accepts it)", "donors": "after", "picture": "page {0}, the place boxed",
        "waived": "waived", "page_n": "page {0}", "line_n": "line {0}", "annex_n": "annex {0}", "body_short": "body",
        "filter": "Filter", "severity": "Severity", "annex": "Place", "status": "Status", "rule": "Rule", "all": "all", "shown": "{0} shown",
        "remarks": "Remarks of the reader", "decisions": "Decisions", "actions": {"accept": "accepted", "reject": "rejected", "set": "set", "waive": "waived"},
        "unplaced": "Text of the table without a place", "legend": "How to read this",
        "legend_text": "On the left the table as read, on the right what was found about each row; follow a number to its arithmetic and its place. "
        "What is marked “inferred” and set in a dashed frame is not printed in the source: it is a suggestion and is never used as the original until a person confirms it.",
        "foot": "Made offline by a program; the same source gives the same report. No personal data are quoted.", "id": "id",
    },
}  # fmt: skip
