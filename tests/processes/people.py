"""Somebody who works in Odoo, over HTTP, as the browser does."""

import json

import requests

LOGIN = PASSWORD = "admin"


class Refused(Exception):
    """A call that is refused, with all that was answered."""


class Person:
    """An administrator who logged in at a ``Server`` that listens; each thread needs one of its own.

    Calls by XML-RPC would give the password each time, whose check takes a quarter of a second.
    """

    def __init__(self, server):
        self._url = server.url
        self._session = requests.Session()
        self._ask("/web/session/authenticate", db=server.database, login=LOGIN, password=PASSWORD)

    def call(self, model, method, *arguments, **named):
        """What a method answers; a refusal is ``Refused``."""
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._ask(path, model=model, method=method, args=arguments, kwargs=named)

    def save(self, model, ids, **values):
        return self.call(model, "write", ids, values)

    def find(self, model, *domain, limit=None):
        """The ids of records."""
        return self.call(model, "search", list(domain), limit=limit)

    def _ask(self, path, **params):
        call = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(self._url + path, json=call, timeout=120).json()
        if "error" in answer:
            raise Refused(json.dumps(answer["error"], ensure_ascii=False))
        return answer.get("result")
