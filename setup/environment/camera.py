"""Photograph the running demo with a headless browser: camera.py URL BROWSER FOLDER.

The Python of the virtual environment runs this: it has websocket-client, by which the browser gets its commands.
"""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websocket

SECONDS = 30
WIDTH, HEIGHT = 1400, 900
CLICK = "document.querySelector('{0}').click()"
FIRST_ROW = CLICK.format(".o_data_row td.o_data_cell:nth-child(3)")


@dataclass(frozen=True)
class Shot:
    """A picture of a page, taken when the page shows the element ``ready``.

    With a script as ``action``, the picture is taken after it, when the page shows ``then``.
    """

    name: str
    path: str
    ready: str
    action: str = ""
    then: str = ""


SHOTS = (
    Shot(
        "settings",
        "action-account.action_account_config",
        "#lucca",
        "document.querySelector('#lucca').scrollIntoView({block: 'center'})",
        "#lucca [name=lucca_summary]",
    ),
    Shot("documents", "lucca-documents", ".o_data_row"),
    Shot("bill", "vendor-bills", ".o_data_row", FIRST_ROW, ".o-mail-Attachment iframe"),
)


class Browser:
    """A tab of a browser, which obeys by the DevTools protocol."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, suppress_origin=True, timeout=SECONDS)
        self._numbers = itertools.count(1)

    def close(self) -> None:
        self._socket.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.recv())
            if answer.get("id") == number:
                return dict(answer["result"])

    def evaluate(self, script: str) -> Any:
        return self.call("Runtime.evaluate", expression=script)["result"].get("value")

    def open(self, url: str, ready: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait(ready)

    def wait(self, selector: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.evaluate(f"Boolean(document.querySelector({selector!r}))"):
            if time.monotonic() > deadline:
                raise SystemExit(f"The page does not show {selector}")
            time.sleep(0.2)

    def photograph(self, path: Path) -> None:
        time.sleep(3)  # until nothing moves any more and the PDF is drawn
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(picture))


@contextmanager
def started(browser: str) -> Iterator[Browser]:
    """Start a headless browser and yield its tab."""
    with tempfile.TemporaryDirectory(prefix="lucca-camera-") as folder:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += ["--remote-debugging-port=0", f"--user-data-dir={folder}"]
        size = f"--window-size={WIDTH},{HEIGHT}"
        command = [browser, *options, size, "about:blank"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                with closing(Browser(_address(Path(folder)))) as tab:
                    yield tab
            finally:
                process.terminate()


def _address(folder: Path) -> str:
    """Return the address of the first tab. The browser writes its port into its folder."""
    deadline = time.monotonic() + SECONDS
    file = folder / "DevToolsActivePort"
    while not (file.exists() and file.read_text()):
        if time.monotonic() > deadline:
            raise SystemExit("The browser did not start")
        time.sleep(0.1)
    port = file.read_text().split()[0]
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}/json") as answer:
        tabs = json.load(answer)
    return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))


def main() -> None:
    url, browser, folder = sys.argv[1:]
    with started(browser) as tab:
        tab.call(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH,
            height=HEIGHT,
            deviceScaleFactor=1,
            mobile=False,
        )
        tab.open(f"{url}/web/login", "input[name=password]")
        for name in ("login", "password"):
            tab.evaluate(f"document.querySelector('input[name={name}]').value = 'admin'")
        tab.evaluate("document.querySelector('form.oe_login_form').submit()")
        tab.wait(".o_web_client")
        for shot in SHOTS:
            tab.open(f"{url}/odoo/{shot.path}", shot.ready)
            if shot.action:
                time.sleep(1)
                tab.evaluate(shot.action)
                tab.wait(shot.then)
            tab.photograph(Path(folder) / f"{shot.name}.png")
            print(shot.name, flush=True)


if __name__ == "__main__":
    main()
