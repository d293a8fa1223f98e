"""Patterns that are compiled late: each is sound, and what is kept of them is found again or passed over."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import pipeline.rx as rx
from pipeline import extract, patterns

NOTICE = Path(__file__).parents[1] / "sources" / "zaozhuang-gas-2021-42" / "notice.pdf"


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Nothing stored, nothing compiled yet; the store in a folder of its own."""
    monkeypatch.setattr(rx, "STORE", tmp_path / "made" / "patterns")
    forget()
    yield
    forget()


def forget() -> None:
    rx._stored.cache_clear()
    rx._compiled.cache_clear()


def test_every_pattern_written_down_is_sound_and_kept(fresh, monkeypatch):
    rx.store()
    assert [p.name for p in rx.STORE.parent.iterdir()] == ["patterns"]
    monkeypatch.setattr(rx.regex, "compile", lambda *_: pytest.fail("compiled again"))
    assert rx.compile(patterns.SERIAL.pattern).fullmatch("3.")
    assert rx.compile(patterns.LABEL_POINTS.pattern, patterns.LABEL_POINTS.flags).match("安全\n（8 Points）")["points"] == "8"


@pytest.mark.parametrize("content", [b"", b"\x80\x05", pickle.dumps(["another thing"]), None])
def test_a_store_that_is_damaged_or_absent_is_passed_over(fresh, content):
    if content is not None:
        rx.STORE.parent.mkdir()
        rx.STORE.write_bytes(content)
    assert rx.compile("[0-9]+").findall("1a22") == ["1", "22"]


def test_flags_tell_patterns_apart():
    assert [bool(rx.search("a", "A", flags)) for flags in (rx.I, 0)] == [True, False]
    assert [bool(rx.compile("a", flags).match("A")) for flags in (rx.I, 0)] == [True, False]
    assert rx.sub("a", "b", "Aa", flags=rx.I) == "bb"


def test_patterns_that_stand_in_calls_are_kept(fresh, monkeypatch):
    source = b'x = regex.search(r"[0-9]+\\s", text)\ny = regex.sub("a(?=b)", "", text)\nz = other.search("c", text)\nregex.split(VAR, text)'
    assert list(rx._in_calls(source)) == [r"[0-9]+\s", "a(?=b)"]
    rx.store()
    monkeypatch.setattr(rx.regex, "compile", lambda *_: pytest.fail("compiled again"))
    assert rx.split(r"\s{2,}|\t|[\s_＿](?=\p{Han}{2,10}[:：])", "评价人：  日期：") == ["评价人：", "日期："]  # in patterns.field_names


def test_reading_our_notice_compiles_nothing_anew(fresh, monkeypatch):
    rx.store()
    monkeypatch.setattr(rx.regex, "compile", lambda pattern, *_: pytest.fail(f"compiled again: {pattern}"))
    assert extract(NOTICE).rubrics


def test_a_pattern_that_is_damaged_in_the_store_is_compiled(fresh):
    rx.STORE.parent.mkdir()
    rx.STORE.write_bytes(pickle.dumps({("[0-9]+", 0): b"\x80\x05", ("[a-z]", 0): pickle.dumps("another thing")}))
    assert rx.compile("[0-9]+").findall("1a22") == ["1", "22"]
    assert rx.search("[a-z]", "1a22")
