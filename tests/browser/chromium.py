"""Chromium driven over its debugging pipe: no driver, no socket, no further package."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT = 20.0


class Browser:
    """One headless browser with its own profile; `close` ends it."""

    def __init__(self, profile: Path) -> None:
        theirs_in, self.out = os.pipe()
        self.inp, theirs_out = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (theirs_in, theirs_out)]

        def wire() -> None:
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--lang=zh-CN", "--hide-scrollbars"]
        self.process = subprocess.Popen(
            [str(CHROMIUM), *flags, f"--user-data-dir={profile}", "about:blank"],
            close_fds=False, preexec_fn=wire, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        self.number = 0
        self.buffer = b""
        self.events: list[dict[str, Any]] = []
        self.dialogs: list[str] = []

    def close(self) -> None:
        try:
            self.call("Browser.close")
            self.process.wait(5)
        except (TimeoutError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(5)

    def _message(self, until: float) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            part = os.read(self.inp, 1 << 20)
            if not part:
                raise OSError("the browser is gone")
            self.buffer += part
        text, _, self.buffer = self.buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        if found.get("method") == "Page.javascriptDialogOpening":  # nothing else is answered while it stands
            self.dialogs.append(found["params"]["message"])
            accept = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}, "sessionId": found["sessionId"]}
            os.write(self.out, json.dumps(accept).encode() + b"\0")
        return found

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command and its result; events that come meanwhile are kept."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.out, json.dumps(command).encode() + b"\0")
        until = time.monotonic() + WAIT
        while True:
            message = self._message(until)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self.events.append(message)

    def wait(self, event: str, session: str) -> dict[str, Any]:
        until = time.monotonic() + WAIT
        while True:
            for message in self.events:
                if message.get("method") == event and message.get("sessionId") == session:
                    self.events.remove(message)
                    return dict(message["params"])
            self.events.append(self._message(until))

    def page(self) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, target, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])


class Page:
    """One tab."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self.browser, self.target, self.session = browser, target, session
        self.call("Page.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **params)

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def open(self, path: Path | str) -> None:
        self.browser.events.clear()
        self.call("Page.navigate", url=path.as_uri() if isinstance(path, Path) else path)
        self.browser.wait("Page.loadEventFired", self.session)

    def js(self, code: str) -> Any:
        """The value of an expression (promises are awaited)."""
        done = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def type(self, id: str, text: str) -> None:
        """Replace what stands in a field, as a person would type it."""
        self.js(f"document.getElementById({json.dumps(id)}).focus(); document.getElementById({json.dumps(id)}).select?.()")
        if text:
            self.call("Input.insertText", text=text)
        else:
            self.key("Delete", 46)

    def key(self, name: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    def click(self, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, points: list[tuple[float, float]]) -> None:
        kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 2), "mouseReleased"]
        for kind, (x, y) in zip(kinds, points, strict=True):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def choose_file(self, selector: str, path: Path) -> None:
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def until(self, code: str) -> Any:
        """Wait until an expression is true; returns it."""
        for _ in range(100):
            if value := self.js(code):
                return value
            time.sleep(0.05)
        raise TimeoutError(code)

    def printed(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])
