"""The review page over a real socket: what it shows, what it changes, whom it refuses."""

from __future__ import annotations

import http.client
import json
import re
import socket
from html import unescape
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import yaml

from pipeline import review, stages
from pipeline.cli import main
from pipeline.errors import UsageError
from tests.support.drawn import as_text

PAGE = "/notice/market/2024/"
SIGNED = {"by": "经办人甲", "reason": "对照原件", "date": "2024-05-06"}
DRAWING = """
关于印发集市管理评价办法的通知
附件1
集市评价表
项目 | 序号 | 评价内容 | 分值
秩序（50分） | 1 | 划线经营 | 30
^ | 2 | 亮证经营 | 30
卫生（50分） | 3 | 垃圾日清 | 50
合计 | | | 100
"""


@pytest.fixture
def desk(tmp_path):
    """A served copy of one small notice whose first section does not add up; yields (client, folder)."""
    folder = tmp_path / "sources" / "market"
    folder.mkdir(parents=True)
    (folder / "notice.txt").write_bytes(as_text(DRAWING))
    card = {"primary": "notice.txt", "revision": "2024", "date": "2024-05-01"}
    (folder / "source.json").write_text(json.dumps(card), encoding="utf-8")
    list(stages.run(tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports", "zh"))
    with review.server(tmp_path / "extracted", "127.0.0.1", 0, "zh") as bound:
        thread = Thread(target=bound.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Client(bound.server_address[1]), tmp_path
        bound.shutdown()
        thread.join()


class Client:
    """Requests to the server on one port; the last answer's page is `raw`, unescaped `text`."""

    def __init__(self, port: int) -> None:
        self.port, self.text, self.raw = port, "", ""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        self.raw = answer.read().decode()
        self.text = unescape(self.raw)
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> int:
        return self.ask("GET", path, **headers).status

    def form(self, url: str = f"{PAGE}decide", origin: str | None = None, **fields: str) -> http.client.HTTPResponse:
        """The form of the page sent, as a browser sends it."""
        self.get(PAGE)
        token = re.search(r'name="token" value="([^"]+)"', self.text)
        body = urlencode({"token": token[1] if token else "", **SIGNED, **fields}).encode()
        origin = origin or f"http://127.0.0.1:{self.port}"
        return self.ask("POST", url, body, Content_Type="application/x-www-form-urlencoded", Origin=origin)


def decisions_in(folder: Path) -> list[dict]:
    path = folder / "sources" / "market" / "decisions.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["decisions"] if path.is_file() else []


def test_the_list_names_each_notice(desk):
    client, _ = desk
    assert client.get("/") == 200
    assert PAGE in client.text
    assert "关于印发集市管理评价办法的通知" in client.text


def test_a_notice_shows_its_findings_and_its_audit_page(desk):
    client, _ = desk
    assert client.get(PAGE) == 200
    assert "section-sum-mismatch" in client.text
    assert f'src="{PAGE}audit"' in client.text
    assert client.get(f"{PAGE}audit") == 200
    assert "集市评价表" in client.text


def test_nothing_comes_from_the_network(desk):
    client, _ = desk
    for path in ("/", PAGE, f"{PAGE}audit"):
        answer = client.ask("GET", path)
        assert "default-src 'none'" in (answer.getheader("Content-Security-Policy") or "")
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", client.text)


def test_setting_a_value_writes_it_down_and_shows_it(desk):
    client, folder = desk
    answer = client.form(do="set ", path="annex-1/c2.max_points", value="20")
    assert answer.status == 303
    (kept,) = decisions_in(folder)
    assert (kept["action"], kept["target"], kept["value"], kept["by"], kept["date"]) == (
        "set", "annex-1/c2.max_points", "20", "经办人甲", "2024-05-06",
    )  # fmt: skip
    client.get(str(answer.getheader("Location")))
    assert "annex-1/c2.max_points" in client.text
    assert "30 → 20" in client.text
    assert "附件 1 序号 2 评价分值" in client.text
    assert "section-sum-mismatch" not in client.text
    assert 'name="by" value="经办人甲"' in client.text
    notice = json.loads((folder / "extracted" / "market" / "2024" / "notice.json").read_text(encoding="utf-8"))
    criterion = notice["rubrics"][0]["sections"][0]["criteria"][1]
    assert criterion["max_points"] == "20"


def test_waiving_a_finding_takes_it_off_the_list(desk):
    client, folder = desk
    client.get(PAGE)
    row = re.search(r'section-sum-mismatch.*?value="(waive [^"]+)"', client.text, re.DOTALL)
    assert client.form(do=row[1]).status == 303
    assert decisions_in(folder)[0]["action"] == "waive"
    client.get(PAGE)
    assert f'value="{row[1]}"' not in client.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "set ", "path": "annex-1/c2.max_points", "value": "20", "by": " "}, "--by"),
        ({"do": "set ", "path": "annex-1/c2.max_points", "value": "20", "reason": ""}, "--reason"),
        ({"do": "set ", "path": "annex-1/c2.max_points", "value": "20", "date": ""}, "缺少日期"),
        ({"do": "set ", "path": "annex-1/c99.max_points", "value": "20"}, "未保存"),
        ({"do": "set ", "path": "annex-1/c2.max_points", "value": "二十"}, "未保存"),
        ({"do": "accept no-such-suggestion"}, "未保存"),
    ],
)
def test_what_cannot_be_decided_is_said_and_nothing_is_written(desk, fields, said):
    client, folder = desk
    assert client.form(**fields).status == 422
    assert said in client.text
    assert decisions_in(folder) == []


@pytest.mark.parametrize(
    ("fields", "origin", "status"),
    [
        ({"do": "waive x", "token": "guessed"}, None, 403),
        ({"do": "waive x", "token": ""}, None, 403),
        ({"do": "waive x"}, "http://evil.example", 403),
        ({"do": "delete everything"}, None, 404),
    ],
)
def test_forms_of_others_change_nothing(desk, fields, origin, status):
    client, folder = desk
    assert client.form(origin=origin, **fields).status == status
    assert decisions_in(folder) == []


@pytest.mark.parametrize(
    "path",
    [
        "/notice/../../etc/passwd", "/notice/%2e%2e/%2e%2e/etc/passwd/audit", "/notice/market/2024/notice.json", "/extracted/",
        "/notice/market/", "/notice//", "//evil.example/", "/favicon.ico", "/notice/market/2024/../../../sources/market/notice.txt",
    ],
)  # fmt: skip
def test_nothing_else_is_served(desk, path):
    client, _ = desk
    assert client.get(path) == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", ""])
def test_another_host_is_refused(desk, host):
    client, _ = desk
    assert client.get("/", Host=host) == 421
    assert "集市" not in client.text


def test_a_body_that_is_no_form_is_refused(desk):
    client, folder = desk
    assert client.ask("POST", f"{PAGE}decide", b"{}", Content_Type="application/json").status == 400
    assert client.ask("PUT", PAGE, b"x").status == 501
    assert decisions_in(folder) == []


def test_a_taken_port_is_one_line_and_exit_2(tmp_path, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port), "--extracted", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"port {port} on 127.0.0.1 is taken" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(("port", "folder"), [(70000, "."), (-1, "."), (0, "absent")])
def test_misuse_is_refused(tmp_path, port, folder):
    with pytest.raises(UsageError):
        review.server(tmp_path / folder, "127.0.0.1", port, "en")


def test_what_an_address_says_is_escaped(desk):
    client, _ = desk
    assert client.get(f"{PAGE}?done=%3Cscript%3E") == 200
    assert "<script>" not in client.raw


def test_a_decision_says_what_it_is_about_on_every_page(desk):
    client, folder = desk
    notice = json.loads((folder / "extracted" / "market" / "2024" / "notice.json").read_text(encoding="utf-8"))
    finding = next(f for f in notice["findings"] if f["rule"] == "section-sum-mismatch")
    client.form(do=f"waive {finding['fingerprint']}")
    client.get(PAGE)
    assert client.text.count(finding["message"]) == 1
    client.get(f"{PAGE}audit")
    decided = client.text.partition("已作的决定")[2]
    assert finding["message"] in decided
    assert "豁免" in decided


def test_a_notice_that_cannot_be_read_is_said_and_the_server_goes_on(desk, capfd):
    client, folder = desk
    (folder / "extracted" / "broken" / "2024" / "notice.json").mkdir(parents=True)
    assert client.get("/notice/broken/2024/audit") == 422
    assert client.get("/notice/broken/2024/") == 422
    assert client.get(PAGE) == 200
    assert "Traceback" not in capfd.readouterr().err
