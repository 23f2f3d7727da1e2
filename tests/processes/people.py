"""Somebody who works in Odoo, over HTTP, as the browser does."""

import xmlrpc.client

ADMIN = 2
PASSWORD = "admin"


class Person:
    """An administrator at a ``Server`` that listens; each thread needs one of its own."""

    def __init__(self, server):
        self._database = server.database
        self._objects = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/object", allow_none=True)

    def call(self, model, method, *arguments, **named):
        """What a method answers; a refusal is an ``xmlrpc.client.Fault``."""
        who = (self._database, ADMIN, PASSWORD)
        return self._objects.execute_kw(*who, model, method, arguments, named)

    def save(self, model, ids, **values):
        return self.call(model, "write", ids, values)

    def find(self, model, *domain, limit=None):
        """The ids of records."""
        return self.call(model, "search", list(domain), limit=limit)
