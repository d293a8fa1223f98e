"""The rules' own pages, from their docstrings: what `explain` prints and the catalogue holds."""

from __future__ import annotations

from pathlib import Path

from pipeline.rules import RULES, Rule, find

CATALOGUE = Path(__file__).with_name("CATALOGUE.md")

HEADINGS = {
    "What": ("查什么", "What"),
    "Why": ("为什么", "Why"),
    "Bad": ("错例", "Bad"),
    "Good": ("正例", "Good"),
    "Repair": ("修复", "Repair"),
    "Limits": ("局限", "Limits"),
}
SEVERITY_WORDS = {"error": "错误", "warning": "警告", "note": "提示"}


def explain(name: str | None, lang: str) -> str:
    """A rule's page, or without a name the catalogue's list. Raises UsageError for an unknown name."""
    return _listing(lang) if name is None else page(find(name), lang)


def _listing(lang: str) -> str:
    head = "规则一览（notice explain 名称 查看详情）" if lang == "zh" else "Rules (notice explain NAME for the page)"
    lines = [head, ""]
    for rule in sorted(RULES.values(), key=lambda r: r.code):
        severity = SEVERITY_WORDS[rule.severity] if lang == "zh" else rule.severity
        summary = rule.title if lang == "zh" else rule.summary
        lines.append(f"{rule.code}  {rule.name:<24} {severity:<8} {summary}")
    return "\n".join(lines) + "\n"


def page(rule: Rule, lang: str) -> str:
    """One rule in Markdown; the examples are the same in both languages."""
    zh = lang == "zh"
    severity = SEVERITY_WORDS[rule.severity] if zh else rule.severity
    lines = [f"# {rule.code} {rule.name} · {rule.title}", ""]
    lines += [f"{'严重度至多' if zh else 'Severity at most'}: {severity}", f"{'依据' if zh else 'Clause'}: {rule.clause}", ""]
    lines += [_paragraph(rule.page["中文"]), ""] if zh else [rule.summary, ""]
    for part in ("What", "Why", "Bad", "Good", "Repair", "Limits"):
        if zh and part not in ("Bad", "Good"):
            continue
        text = rule.page[part]
        title = f"**{part}**" + (f" {HEADINGS[part][0]}" if zh else "")
        body = ["", *(f"    {line}" for line in text.splitlines())] if part in ("Bad", "Good") else [_paragraph(text)]
        lines += [title, *body, ""]
    return "\n".join(lines).rstrip() + "\n"


def _paragraph(text: str) -> str:
    """One line of a wrapped paragraph: no space between Chinese characters."""
    joined = ""
    for line in (line.strip() for line in text.splitlines()):
        glue = "" if not joined or ord(joined[-1]) > 0x2E80 or (line and ord(line[0]) > 0x2E80) else " "
        joined += glue + line
    return joined


def catalogue() -> str:
    """All pages in both languages, as one Markdown file."""
    head = [
        "# Rules 规则目录",
        "",
        "Written by `make rules` from the rules' own docstrings. Do not edit.",
        "",
        "| code | name | severity | 名称 | checks |",
        "|---|---|---|---|---|",
    ]
    rules = sorted(RULES.values(), key=lambda r: r.code)
    head += [f"| {r.code} | `{r.name}` | {r.severity} | {r.title} | {r.summary} |" for r in rules]
    pages = [page(r, "en").replace("# ", "## ", 1) + f"\n**中文** {_paragraph(r.page['中文'])}\n" for r in rules]
    return "\n".join(head) + "\n\n" + "\n".join(pages)
