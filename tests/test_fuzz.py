"""A short run of the fuzzer: seeded, so that a failure names the file that made it (`make fuzz` runs for minutes)."""

from __future__ import annotations

import pytest

from tests.support.fuzz import attempt


@pytest.mark.parametrize("seed", range(80))
def test_a_mutated_file_is_read_or_refused(seed):
    outcome, what = attempt(seed)
    assert outcome not in ("CRASH", "HANG"), what
