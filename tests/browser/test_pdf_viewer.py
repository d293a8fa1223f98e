"""The fillable PDF in Chromium's own viewer: refused while typing, totals and grade live, Chinese typed, saved and read back."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path

import pikepdf
import pytest

from pipeline.assessment import Policy
from pipeline.formats import pdf
from pipeline.returns import collecting
from tests.browser.chromium import Browser, Page
from tests.browser.small import (
    CASES,
    CHOSEN_OR_CAPPED,
    UNWORTH,
    nameless_sheet,
    small_reading,
    small_sheet,
    unworth_sheet,
)

PIXELS = 96 / 72
VIEWER = "document.querySelector('pdf-viewer').pluginController_"


class Viewer:
    """A PDF opened in a tab at 100 percent."""

    def __init__(self, browser: Browser, page: Page, path: Path) -> None:
        self.browser, self.page = browser, page
        page.resize(1000, 1200)
        page.call("Page.navigate", url=f"{path.as_uri()}#toolbar=0&zoom=100")
        with pikepdf.open(path) as document:
            self.height = float(document.pages[0].mediabox[3])
            self.left = (1000 - float(document.pages[0].mediabox[2]) * PIXELS) / 2
            self.boxes = {str(f.T): [float(v) for v in f.Rect] for f in document.Root.AcroForm.Fields}
        self.session = self._attach(path)

    def _attach(self, path: Path) -> str:
        for _ in range(60):
            time.sleep(0.1)
            infos = self.browser.call("Target.getTargets")["targetInfos"]
            mine = [t for t in infos if t["url"].startswith("chrome-extension") and not t["attached"]]
            if mine:
                session = str(self.browser.call("Target.attachToTarget", targetId=mine[0]["targetId"], flatten=True)["sessionId"])
                for _ in range(60):
                    if self.js(f"{VIEWER} && document.querySelector('pdf-viewer').loadState_ === 'success'", session):
                        time.sleep(0.3)
                        return session
                    time.sleep(0.1)
        pytest.skip("this Chromium opens no PDF viewer")

    def js(self, code: str, session: str | None = None) -> object:
        done = self.browser.call("Runtime.evaluate", session or self.session, expression=code, returnByValue=True, awaitPromise=True)
        return done["result"].get("value")

    def click(self, key: str) -> None:
        x0, y0, x1, y1 = self.boxes[key]
        self.page.click(self.left + (x0 + x1) / 2 * PIXELS, 3 + (self.height - (y0 + y1) / 2) * PIXELS)
        time.sleep(0.05)

    def type(self, key: str, text: str) -> None:
        self.click(key)
        for char in text:
            self.page.call("Input.dispatchKeyEvent", type="char", text=char, key=char)
        time.sleep(0.03 * len(text))

    def leave(self) -> None:
        self.page.key("Tab", 9)
        time.sleep(0.2)

    def saved(self) -> bytes:
        """What the viewer's save button writes."""
        pack = "new Promise(d => { const f = new FileReader(); f.onload = () => d(f.result); f.readAsDataURL(new Blob([r.dataToSave])); })"
        url = str(self.js(f"{VIEWER}.save('EDITED').then(r => {pack})"))
        return base64.b64decode(url.split(",", 1)[1])


@pytest.fixture
def viewer(browser: Browser, page: Page, tmp_path: Path) -> Viewer:
    (tmp_path / "form.pdf").write_bytes(pdf.render(small_sheet()))
    return Viewer(browser, page, tmp_path / "form.pdf")


def values_of(data: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(data)) as document:
        return {str(f.T): str(f.get("/V", "")) for f in document.Root.AcroForm.Fields}


def fill(viewer: Viewer, scores: tuple[str, ...]) -> None:
    for number, score in enumerate(scores, start=1):
        if score:
            viewer.type(f"annex_1_c{number}", score)
    viewer.leave()


@pytest.mark.parametrize(("scores", "total", "grade"), CASES)
def test_total_and_grade_are_live(viewer, scores, total, grade):
    fill(viewer, scores)
    values = values_of(viewer.saved())
    assert (values["annex_1_total"], values["annex_1_grade"]) == (total, grade)


@pytest.mark.parametrize(("sheet", "scores", "total", "grade"), CHOSEN_OR_CAPPED)
def test_of_several_the_best_counts_or_no_more_than_a_cap(browser, page, tmp_path, sheet, scores, total, grade):
    (tmp_path / "form.pdf").write_bytes(pdf.render(sheet()))
    viewer = Viewer(browser, page, tmp_path / "form.pdf")
    fill(viewer, scores)
    values = values_of(viewer.saved())
    assert (values["annex_1_total"], values["annex_1_grade"]) == (total, grade)


def test_a_score_has_the_places_that_the_policy_allows(browser, page, tmp_path):
    (tmp_path / "form.pdf").write_bytes(pdf.render(small_sheet(Policy(decimals=2))))
    viewer = Viewer(browser, page, tmp_path / "form.pdf")
    fill(viewer, ("1.25", "2.37", "", "", ""))
    assert values_of(viewer.saved())["annex_1_total"] == "3.62"


def test_a_sheet_with_a_criterion_without_points_is_not_graded(browser, page, tmp_path):
    (tmp_path / "form.pdf").write_bytes(pdf.render(unworth_sheet()))
    viewer = Viewer(browser, page, tmp_path / "form.pdf")
    fill(viewer, ("50", "2.5", "4", "0", "0"))
    values = values_of(viewer.saved())
    assert (values["annex_1_total"], values["annex_1_grade"]) == ("56.5", UNWORTH)


def test_a_sheet_without_subtotals_has_a_live_total(browser, page, tmp_path):
    (tmp_path / "form.pdf").write_bytes(pdf.render(nameless_sheet()))
    viewer = Viewer(browser, page, tmp_path / "form.pdf")
    fill(viewer, ("3.5", "2.5", "2"))
    values = values_of(viewer.saved())
    assert values["annex_1_total"] == "4"
    assert "annex_1_s1_subtotal" not in values


@pytest.mark.parametrize("typed", ["9", "3.6", "abc", "1.25", "-1"])
def test_what_is_out_of_range_is_refused_aloud_and_never_summed(viewer, typed):
    viewer.browser.dialogs.clear()
    fill(viewer, ("1", "2", "", "", ""))
    viewer.type("annex_1_c3", "1")
    viewer.type("annex_1_c1", typed)
    viewer.leave()
    values = values_of(viewer.saved())
    assert values["annex_1_c1"] != typed
    assert values["annex_1_total"] in ("3", "4")
    assert viewer.browser.dialogs[:1] == ["应为 0 至 3.5，至多一位小数"]


def test_a_veto_comes_first_and_the_saved_form_comes_back(viewer, tmp_path):
    fill(viewer, ("3.5", "2.5", "4", "2", "0.5"))
    viewer.type("annex_1_assessee", "示例王堃喆公司")
    viewer.type("annex_1_c5_note", "投诉一次")
    viewer.type("annex_1_date", "2023-06-01")
    viewer.click("annex_1_veto_2")
    viewer.leave()
    data = viewer.saved()
    assert values_of(data)["annex_1_grade"] == "一票否决"
    (tmp_path / "back.pdf").write_bytes(data)
    ((back,), _) = collecting.collect([tmp_path / "back.pdf"], small_reading())
    assert (back.assessee, back.date, back.notes) == ("示例王堃喆公司", "2023-06-01", {"annex-1/c5": "投诉一次"})
    assert [str(back.awarded[f"annex-1/c{n}"]) for n in range(1, 6)] == ["3.5", "2.5", "4", "2", "0.5"]
    assert (back.vetoes, back.stated.total) == ({"1": False, "2": True}, "11.5")
    assert back.findings == ()


def test_the_tab_key_goes_from_score_to_note_to_the_next_score(viewer):
    viewer.type("annex_1_c1", "1")
    for _ in range(2):
        viewer.leave()
    viewer.page.call("Input.dispatchKeyEvent", type="char", text="2", key="2")
    viewer.leave()
    values = values_of(viewer.saved())
    assert (values["annex_1_c1"], values["annex_1_c1_note"], values["annex_1_c2"]) == ("1", "", "2")
