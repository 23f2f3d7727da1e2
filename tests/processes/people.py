"""A user who works in Odoo over HTTP, as a browser does."""

import json

import requests

LOGIN = PASSWORD = "admin"


class Refused(Exception):
    """A call was refused; it has the whole answer."""


class Person:
    """An administrator who is logged in to a ``Server`` that listens. Each thread needs its own.

    XML-RPC would send the password with each call, and checking it takes a quarter of a second.
    """

    def __init__(self, server):
        self._url = server.url
        self._session = requests.Session()
        self._ask("/web/session/authenticate", db=server.database, login=LOGIN, password=PASSWORD)

    def call(self, model, method, *arguments, **named):
        """Return the answer of a method, or raise ``Refused``."""
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._ask(path, model=model, method=method, args=arguments, kwargs=named)

    def save(self, model, ids, **values):
        return self.call(model, "write", ids, values)

    def find(self, model, *domain, limit=None):
        """Return the ids of records."""
        return self.call(model, "search", list(domain), limit=limit)

    def _ask(self, path, **params):
        call = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(self._url + path, json=call, timeout=120).json()
        if "error" in answer:
            raise Refused(json.dumps(answer["error"], ensure_ascii=False))
        return answer.get("result")
