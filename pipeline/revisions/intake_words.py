"""What is said about a file that was taken in, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.revisions import diff_out
from pipeline.revisions.comparison import compare
from pipeline.revisions.identity import said
from pipeline.revisions.intake import Arrival, Place

BETTER = {
    "text-layer": ("有文字层，不必识别图像", "it has a text layer, nothing needs to be recognised"),
    "fewer-open": ("识别后遗留的错误和疑字较少", "its recognition leaves fewer errors and doubtful characters"),
    "--primary": ("按 --primary 指定", "by --primary"),
}


def lines(arrival: Arrival, place: Place, name: str | None, lang: str) -> Iterator[str]:
    """Where the file went and, for another file of a revision, what its reading changes."""
    zh = lang == "zh"
    home = f"sources/{place.slug}"
    if place.kind == "known":
        yield _known(home, name, zh)
        return
    if place.kind == "file":
        yield from _another(arrival, place, f"{home}/{name}", lang)
        return
    number = arrival.reading.notice.document_number or arrival.reading.notice.title or arrival.name
    if place.kind == "new":
        yield f"新收公文 {number} → {home}，版次 {place.revision}" if zh else f"new notice {number} -> {home}, revision {place.revision}"
    else:
        tail = f"版次 {place.revision}，替代 {place.supersedes}" if zh else f"revision {place.revision}, supersedes {place.supersedes}"
        yield f"新版次 {number} → {home}，{tail}" if zh else f"new revision {number} -> {home}, {tail}"
    if place.akin:
        yield (
            f"标题与 {place.akin} 相同；如系其新版，请再次收录并加 --supersedes {place.akin}" if zh
            else f"its title is that of {place.akin}; if it is a later revision, ingest it again with --supersedes {place.akin}"
        )  # fmt: skip


def _known(home: str, name: str | None, zh: bool) -> str:
    if name is None:
        return f"同一文件已在 {home}，未作改动" if zh else f"the same file is already in {home}; nothing was written"
    return f"同一文件已在 {home}；source.json 已按所说更新" if zh else f"the same file is already in {home}; source.json now says what you said"


def _another(arrival: Arrival, place: Place, path: str, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"版次 {place.revision} 的又一来源文件 → {path}" if zh else f"another file of revision {place.revision} -> {path}"
    if place.better:
        why = BETTER[place.better][0 if zh else 1]
        yield f"今后读此文件：{why}" if zh else f"it is the one that is read from now on: {why}"
    else:
        kept = place.card.primary.name if place.card else ""
        yield f"仍读 {kept}；要改读此文件，加 --primary" if zh else f"{kept} is still the one that is read; --primary changes that"
    if place.held is not None and said(place.held) == said(arrival.reading):
        yield "两个文件读出的文字和分值相同" if zh else "the words and points read from both are the same"
    elif place.held is not None:
        yield "两个文件读出的差别：" if zh else "what the two files read differently:"
        yield diff_out.text(compare(place.held, arrival.reading), lang).rstrip("\n")
