"""One browser for all tours of a class, and one profile for all browsers of a process.

Odoo starts a browser with an empty profile for each tour. It then spends most of the tour on its own start and on
compiling the scripts of the page. Here, each tour gets a new tab without cookies and stored data, but
the browser runs already, and finds the scripts in its cache.
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests.common import HOST, ChromeBrowser

#: What the page of a tour may have stored. The cache of what the server lets browsers keep is not part of it.
STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"


@contextmanager
def lasting_browser(profile):
    """Let the tours of a class share a browser.

    :param profile: the folder of the browsers' profile, which no other process may use
    """
    start, request = ChromeBrowser._chrome_start, ChromeBrowser._websocket_request
    running = {}

    def start_once(browser, user_data_dir, **options):
        case = type(browser.test_case)
        if case not in running:
            # Odoo reads the port of the browser here, and would read that of the former one.
            (profile / "DevToolsActivePort").unlink(missing_ok=True)
            # It deletes the folder that it has made for the tour.
            with patch.object(browser, "user_data_dir", str(profile)):
                process, port = start(browser, str(profile), **options)
            running[case] = _Lasting(process), port
            case.addClassCleanup(_end, process)
        return running[case]

    def forget_instead_of_close(browser, method, **options):
        if method != "Browser.close":
            return request(browser, method, **options)
        origin = f"http://{HOST}:{browser.test_case.http_port()}"
        for forget, params in (
            ("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED}),
            ("Network.clearBrowserCookies", {}),
            ("Target.createTarget", {"url": "about:blank"}),  # the tab of the next tour
        ):
            request(browser, forget, params=params)
        return request(browser, "Page.close")

    with (
        patch.object(ChromeBrowser, "_chrome_start", start_once),
        patch.object(ChromeBrowser, "_websocket_request", forget_instead_of_close),
    ):
        yield


def _end(process):
    process.terminate()
    process.wait(15)


class _Lasting:
    """The process of a browser. The end of a tour does not end it."""

    def __init__(self, process):
        self.pid, self.poll = process.pid, process.poll

    def terminate(self):
        pass

    def kill(self):
        pass

    def wait(self, _timeout=None):
        pass
