"""The review page: the extracted notices in a browser on this machine, each with its audit page and a person's decisions.

Plain HTML forms over http.server: no script, no network resource, nothing served but what is listed. Decisions go through
the same function as `decide`. Only requests for the served host are answered, and only forms of this run change anything.
"""

from __future__ import annotations

import errno
import hmac
import secrets
import socket
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, quote, unquote, urlsplit

from msgspec import Struct

from pipeline import serialize, stages
from pipeline.criterion_names import subject_of
from pipeline.decisions import ACTIONS, open_suggestions
from pipeline.errors import InputError, PipelineError, UsageError
from pipeline.ledger import file_digest
from pipeline.review_words import WORDS
from pipeline.templating import template

MAX_BODY = 64 * 1024
"""A decision is a few short fields; a larger request is none of our forms."""
TIMEOUT = 30
"""Seconds a connection may stay silent before it is closed."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
AUDIT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


class Answer(Struct, frozen=True):
    """One response: status, HTML (or none), where to go on to."""

    status: HTTPStatus
    page: str = ""
    location: str | None = None
    policy: str = POLICY


class Desk:
    """What the pages show and do; no sockets. `host` and `port` are those that are served."""

    def __init__(self, extracted: Path, lang: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.extracted, self.lang, self.token = extracted, lang, secrets.token_urlsafe(32)
        self.hosts = {f"{name}:{port}" for name in _names(host)} | ({*_names(host)} if port == 80 else set())
        self.lock = Lock()

    def notices(self) -> dict[str, Path]:
        """`slug/revision` → notice JSON, of every notice under the folder; links that lead outside are left out."""
        root = self.extracted.resolve()
        found = {p.parent.relative_to(self.extracted).as_posix(): p for p in sorted(self.extracted.glob("*/*/notice.json"))}
        return {name: path for name, path in found.items() if path.resolve().is_relative_to(root)}

    def get(self, target: str) -> Answer:
        """The page of a path: the list, a notice, or its audit page."""
        path, said = _split(target)
        if path == "/":
            return Answer(HTTPStatus.OK, self._page(notices=[self._line(n, p) for n, p in self.notices().items()]))
        name, audit = (path.removesuffix("/audit"), True) if path.endswith("/audit") else (path, False)
        found = self.notices().get(name.removeprefix("/notice/").rstrip("/")) if name.startswith("/notice/") else None
        if found is None:
            return self.refusal(HTTPStatus.NOT_FOUND, "unknown")
        if audit:
            return Answer(HTTPStatus.OK, _audit(found, _digest(found), self.lang), policy=AUDIT_POLICY)
        return self._notice(name.removeprefix("/notice/").rstrip("/"), found, done=said.get("done", ""), given={"by": said.get("by", "")})

    def post(self, target: str, fields: dict[str, str]) -> Answer:
        """One decision: `do` is `action target`; by, reason and date sign it."""
        if not hmac.compare_digest(fields.get("token", "").encode(), self.token.encode()):
            return self.refusal(HTTPStatus.FORBIDDEN, "stale_form")
        name = _split(target)[0].removeprefix("/notice/").removesuffix("/decide")
        path = self.notices().get(name)
        action, _, what = fields.get("do", "").partition(" ")
        if path is None or action not in ACTIONS:
            return self.refusal(HTTPStatus.NOT_FOUND, "unknown")
        what, value = (fields.get("path", "").strip(), fields.get("value", "").strip()) if action == "set" else (what, None)
        try:
            if not fields.get("date"):
                raise UsageError(action, WORDS[self.lang]["no_date"], WORDS[self.lang]["sign"])
            with self.lock:
                stages.decide(path, action, what, value, fields.get("by", ""), fields.get("reason", ""), fields["date"])
        except PipelineError as error:
            shown = self._notice(name, path, error=f"{error.what}; {error.remedy}", given=fields)
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, shown.page)
        done = quote(f"{WORDS[self.lang][action]} {what}", safe="")
        by = quote(fields["by"].strip(), safe="")
        return Answer(HTTPStatus.SEE_OTHER, location=f"/notice/{quote(name)}/?done={done}&by={by}")

    def refusal(self, status: HTTPStatus, key: str) -> Answer:
        """A short page that says why not."""
        words = WORDS[self.lang]
        return Answer(status, f"<!DOCTYPE html><meta charset='utf-8'><title>{status.value}</title><p>{escape(words[key])}</p>")

    def _notice(self, name: str, path: Path, done: str = "", error: str = "", given: dict[str, str] | None = None) -> Answer:
        reading = serialize.load_reading(path)
        page = self._page(
            name=name,
            title=reading.notice.title or name,
            audit=f"/notice/{quote(name)}/audit",
            action=f"/notice/{quote(name)}/decide",
            suggestions=open_suggestions(reading),
            findings=[f for f in reading.findings if f.waiver is None],
            decisions=reading.decisions,
            subject=partial(subject_of, reading, tongue=0 if self.lang == "zh" else 1),
            done=done,
            error=error,
            given={"by": "", "reason": "", "path": "", "value": "", "date": date.today().isoformat()} | (given or {}),
        )
        return Answer(HTTPStatus.OK, page)

    def _line(self, name: str, path: Path) -> dict[str, object]:
        reading = serialize.load_reading(path)
        live = [f for f in reading.findings if f.waiver is None]
        return {
            "url": f"/notice/{quote(name)}/",
            "name": name,
            "title": reading.notice.title or "—",
            "number": reading.notice.document_number or "—",
            "errors": sum(f.severity == "error" for f in live),
            "warnings": sum(f.severity == "warning" for f in live),
            "open": len(open_suggestions(reading)),
            "decisions": len(reading.decisions),
        }

    def _page(self, **more: object) -> str:
        lang = "zh-CN" if self.lang == "zh" else "en"
        return template("review.html.j2").render(w=WORDS[self.lang], lang=lang, zh=self.lang == "zh", token=self.token, **{"notices": None} | more)


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise InputError(path.name, f"cannot be read ({error.strerror})", "run `notice run` again") from None


@lru_cache(maxsize=8)
def _audit(path: Path, digest: str, lang: str) -> str:
    """The audit page; kept until the notice JSON changes, because pictures of pages take a second or two."""
    return stages.review_audit(path, lang)


def _split(target: str) -> tuple[str, dict[str, str]]:
    """(path, query) of a request target."""
    parts = urlsplit(target)
    return unquote(parts.path), {k: v[0] for k, v in parse_qs(parts.query).items()}


def _names(host: str) -> set[str]:
    """The names a browser on this machine may use for the served host."""
    near = {"127.0.0.1", "localhost", "[::1]"}
    if host in ("127.0.0.1", "localhost", "::1"):
        return near
    own = {f"[{host}]" if ":" in host else host}
    return near | {socket.gethostname()} if host in ("0.0.0.0", "::") else own


# ---- the server --------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """One request: checks who asks, passes it to the desk, writes the answer."""

    server_version, sys_version = "notice", ""
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT
    desk: Desk

    def do_GET(self) -> None:
        self._answer(lambda: self.desk.get(self.path))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: names and reasons of persons do not go into logs."""

    def _post(self) -> Answer:
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        if not length.isdecimal() or int(length) > MAX_BODY or kind != "application/x-www-form-urlencoded":
            self.close_connection = True
            return self.desk.refusal(HTTPStatus.BAD_REQUEST, "no_form")
        origin = self.headers.get("Origin")
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        if origin is not None and urlsplit(origin).netloc.lower() not in self.desk.hosts:
            return self.desk.refusal(HTTPStatus.FORBIDDEN, "stale_form")
        fields = {k: v[0] for k, v in parse_qs(body, keep_blank_values=True, max_num_fields=20).items()}
        return self.desk.post(self.path, fields)

    def _answer(self, make: Callable[[], Answer]) -> None:
        if self.headers.get("Host", "").lower() not in self.desk.hosts:
            self.close_connection = True
            answer = self.desk.refusal(HTTPStatus.MISDIRECTED_REQUEST, "foreign_host")
        else:
            try:
                answer = make()
            except (PipelineError, ValueError) as error:
                answer = Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"<!DOCTYPE html><meta charset='utf-8'><p>{escape(str(error))}</p>")
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.page.encode()
        self.send_response(answer.status)
        if answer.location:
            self.send_header("Location", answer.location)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", answer.policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def server(extracted: Path, host: str, port: int, lang: str) -> ThreadingHTTPServer:
    """A server bound to host and port (0: any free one), not yet serving. Raises UsageError when it cannot be bound."""
    if not extracted.is_dir():
        raise UsageError(str(extracted), "no such folder", "run `notice run` first, or name the folder with --extracted")
    if not 0 <= port <= 65535:
        raise UsageError("serve", f"{port} is no port", "give --port 1 to 65535")
    handler = type("BoundHandler", (Handler,), {})
    kind = type("Server", (ThreadingHTTPServer,), {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET, "daemon_threads": True})
    try:
        made: ThreadingHTTPServer = kind((host, port), handler)
    except OSError as error:
        what = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror or error})"
        raise UsageError("serve", f"port {port} on {host} {what}", "give another one with --port") from None
    handler.desk = Desk(extracted, lang, host, made.server_address[1])  # type: ignore[attr-defined]
    return made


def serve(extracted: Path, host: str, port: int, lang: str, say: Callable[[str], None]) -> None:
    """Serve until interrupted; `say` gets the address once the port is bound."""
    with server(extracted, host, port, lang) as bound:
        shown = f"[{host}]" if ":" in host else host
        say(WORDS[lang]["serving"].format(f"http://{shown}:{bound.server_address[1]}/"))
        try:
            bound.serve_forever()
        except KeyboardInterrupt:
            return
