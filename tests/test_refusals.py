"""Refusals of a file in Chinese: each sentence that a reader can say has its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import source
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.refusals import in_chinese, said

ROOT = Path(__file__).resolve().parents[1] / "pipeline"
READING = [ROOT / "source.py", ROOT / "limits.py", *sorted((ROOT / "readers").rglob("*.py"))]
REFUSALS = {"InputError", "UnknownType", "LimitExceeded", "MissingTool"}


def sentence(node: ast.AST, names: dict[str, str]) -> str | None:
    """A text as written, 7 for each value in it that is no constant of the module; None for what is put together elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(sentence(part, names) or "7" for part in parts)
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.Name(id=name):
            return names.get(name)
    return None


def sentences() -> Iterator[str]:
    for path in READING:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = [n for n in tree.body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)]
        names = {n.targets[0].id: str(n.value.value) for n in constants if isinstance(n.targets[0], ast.Name)}  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                yield from filter(None, (sentence(argument, names) for argument in node.args[1:3]))
        if "RESAVE" in names or "REMEDY" in names:
            yield names.get("RESAVE") or names["REMEDY"]
    for _, _, what, remedy in source._UNREAD:
        yield from (what, remedy)


def test_every_refusal_of_a_reader_has_its_chinese():
    given = sorted(set(sentences()))
    assert len(given) > 100
    assert [text for text in given if in_chinese(text) == text] == []


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("空.pdf", b"", "空.pdf：文件是空的；请重新取得该文件"),
        ("空白.txt", b" \n\n", "空白.txt：没有可以读出的内容（没有任何文字）；请换有文字的文件或清晰的扫描件"),
        ("包.rar", b"Rar!\x1a\x07\x01\x00" + bytes(99), "包.rar：是 RAR 压缩包；请解压后给出里面的文档"),
        ("照片.heic", b"\0\0\0\x18ftypheic" + bytes(99), "照片.heic：是 HEIC 图片；请另存为 JPEG 或 PNG"),
        ("长.txt", "长".encode() * 300_000, "长.txt:1：一行或一格有 300,000 个字符（上限 200,000）；请把文字分行"),
    ],
)
def test_a_refusal_is_told_in_the_language_asked_for(tmp_path, capsys, name, data, told):
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["extract", str(path), "--lang", "zh"]) == 2
    assert capsys.readouterr().err == f"notice: {told}\n"
    assert main(["extract", str(path), "--lang", "en"]) == 2
    assert "；" not in capsys.readouterr().err


def test_the_locale_says_the_language_where_nothing_else_does(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["audit", str(tmp_path / "no.pdf")]) == 2
    assert "没有这个文件；请检查路径" in capsys.readouterr().err


def test_why_nothing_could_be_read_is_told_in_chinese_too():
    error = InputError("a.ofd", "nothing in it can be read (page 1 is blank)", "give a file with text or a clear scan", "没有可以读出的内容（第 1 页是空白）")
    assert said(error, "zh") == "a.ofd：没有可以读出的内容（第 1 页是空白）；请换有文字的文件或清晰的扫描件"
