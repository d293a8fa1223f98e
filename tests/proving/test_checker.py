"""The independent checker: certificates hold, tampered ones do not."""

from __future__ import annotations

import copy

import pytest

from pipeline.proving.certificate import certify
from pipeline.proving.checker import verify
from pipeline.proving.proofs import solve, tie
from tests.oracle import made_up
from tests.proving.test_proofs import A1, A2, A3, puzzle

SHEETS = {
    "unique": puzzle(A1, "8 12 12 5 10 15 - 18", 100),
    "six": puzzle(A2, "15 - 10 - 25 10", 100),
    "tied": tie(puzzle(A2, "15 - 10 - 25 10", 100), ((11, 2),)),
    "sixty-eight": puzzle(A3, "15 25 10 25 25", 100),
}


def certificate(name: str) -> dict:
    return certify(SHEETS[name], solve(SHEETS[name]))


@pytest.mark.parametrize("name", SHEETS)
def test_certificates_of_the_real_sheets_hold(name) -> None:
    assert verify(certificate(name)) == []


@pytest.mark.parametrize("seed", range(120))
def test_certificates_of_made_up_sheets_hold(seed) -> None:
    sheet = made_up(seed)
    found = solve(sheet)
    assert found is None or verify(certify(sheet, found)) == []


def tamper(name: str, change) -> list[str]:
    data = copy.deepcopy(certificate(name))
    change(data)
    return verify(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["claim"].update(count=1),
        lambda d: d["claim"].update(cost=10),
        lambda d: d["claim"]["starts"][2].pop(),
        lambda d: d["claim"]["margins"].__setitem__(1, 20),
        lambda d: d["claim"]["values"].update({"20": [3]}),
        lambda d: d["points"].__setitem__(0, 4),
        lambda d: d["points"].__setitem__(20, 2),
        lambda d: d.update(total=101),
        lambda d: d["sections"][0].update(declared=[14]),
        lambda d: d["missing"].update({"20": [3]}),
        lambda d: d["walk"]["fwd"].__setitem__(2, [8]),
        lambda d: d["walk"]["bwd"].__setitem__(4, [23]),
        lambda d: d.pop("total"),
        lambda d: d["weights"].pop("slope"),
        lambda d: d["weights"].update(slope=0),
        lambda d: d["weights"].update(page=9),
        lambda d: d.update(unit=0),
        lambda d: d.update(unit=True),
        lambda d: d["claim"].update(cost=10**9),
        lambda d: d["claim"]["sturdy"].__setitem__(2, 20),
        lambda d: d["claim"]["sturdy"].append(20),
        lambda d: d["claim"].pop("sturdy"),
        lambda d: d["claim"]["starts"].append([34]),
        lambda d: d["claim"]["margins"].append(20),
        lambda d: d["claim"]["values"].update({"3": [4]}),
        lambda d: d["expected"].update({"99": 2}),
        lambda d: d["pieces"].append(0),
        lambda d: d["walk"]["fwd"][3].append(1),
        lambda d: d["walk"]["bwd"][1].append(3),
    ],
)
def test_a_tampered_certificate_is_refused(change) -> None:
    assert tamper("six", change)


def test_what_is_no_certificate_is_said_to_be_none() -> None:
    assert verify({})[0].startswith("not a certificate")


def test_the_checker_shares_no_code_with_the_solver() -> None:
    from pipeline.proving import checker

    assert not [name for name, value in vars(checker).items() if getattr(value, "__module__", "").startswith("pipeline.proving.proofs")]
