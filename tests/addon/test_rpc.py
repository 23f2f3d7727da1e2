"""Each method that a user can call over RPC is called by each kind of user.

``rights`` has the expected results.
"""

import inspect
from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.wizards import lucca_audit_trail
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.models import BaseModel
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, get_db_name

from tests.addon import rights
from tests.addon.common import KEY
from tests.addon.rights import ALLOWED, IN_WORDS, KINDS, LOGIN, REFUSED
from tests.addon.rpc_rows import Account
from tests.books import archive_twins, company_with_journal, user_of
from tests.simulator import LuccaServer, Tenant

ADDON = "odoo.addons.lucca_invoices_sync."
SESSION_EXPIRED = 100
OUTCOMES = {
    "odoo.exceptions.AccessError": REFUSED,
    "odoo.exceptions.UserError": IN_WORDS,
    "odoo.exceptions.ValidationError": IN_WORDS,
    "odoo.exceptions.RedirectWarning": IN_WORDS,
}


def is_ours(model_class):
    return model_class.__module__.startswith(ADDON)


def is_called_by_rpc(model, name):
    try:
        get_public_method(model, name)
    except (AccessError, AttributeError):
        return False
    return True


def public_methods(env):
    """Yield ``(model, method)`` of each method that the addon defines for RPC and Odoo does not."""
    for name in env.registry:
        theirs = set()
        for one in reversed(type(env[name]).mro()):
            if not is_ours(one):
                theirs |= vars(one).keys()
                continue
            for method in vars(one).keys() - theirs:
                if is_called_by_rpc(env[name], method):
                    yield name, method


def overriding(env):
    """Yield ``(class, name, function)`` of each method of the addon that is one of Odoo's, except computed values."""
    for name in env.registry:
        for one in filter(is_ours, type(env[name]).mro()):
            for method, function in vars(one).items():
                is_odoos = inspect.isfunction(function) and hasattr(BaseModel, method)
                if is_odoos and not method.startswith("_compute_"):
                    yield one, method, function


def is_nothing(answer):
    """Return whether an answer contains no row at all."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    return all(map(is_nothing, answer)) if isinstance(answer, list) else not answer


class TestRpc(HttpCase):
    """A company with a Lucca account, another company with another account, and a user of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("base.main_company")
        archive_twins(cls.env)
        elsewhere = company_with_journal(cls.env)
        cls.env.user.company_ids |= company
        server = LuccaServer(Tenant(api_key=KEY))
        server.__enter__()
        cls.addClassCleanup(server.__exit__, None, None, None)
        cls.users = {
            kind: user_of(
                cls.env, group, elsewhere if kind == "elsewhere" else company, password=kind
            )
            for kind, group in KINDS.items()
            if group
        }
        # Users with the right to export can export all that the tables let them read.
        for user in cls.users.values():
            user.group_ids |= cls.env.ref("base.group_allow_export")
        cls.here = Account(cls.env, company, server.url)
        cls.there = Account(cls.env, elsewhere, "elsewhere.ilucca.net")
        cls.env.flush_all()

    def log_in(self, kind):
        """Log in as a kind of user."""
        self.authenticate(None, None)
        if kind in self.users:
            params = {"db": get_db_name(), "login": self.users[kind].login, "password": kind}
            answer = self.post("/web/session/authenticate", params)
            self.assertEqual(answer["result"]["uid"], self.users[kind].id)

    def post(self, path, params):
        return self.url_open(path, json=self.build_rpc_payload(params)).json()

    def call(self, model, method, args=(), named=None):
        """Return ``(outcome, answer or message)`` of a call in the user's session."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": named or {}}
        answer = self.post("/web/dataset/call_kw", params)
        error = answer.get("error")
        if not error:
            return ALLOWED, answer.get("result")
        if error["code"] == SESSION_EXPIRED:
            return LOGIN, error["message"]
        return OUTCOMES.get(error["data"]["name"], error["data"]["name"]), error["data"]["message"]

    @contextmanager
    def undone(self):
        """Roll back what the block did, so that no call changes the next call's result."""
        with self.env.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            self.env.invalidate_all()
            savepoint.rollback()

    def assertOutcome(self, expected, model, method, *arguments):
        with self.undone():
            outcome, answer = self.call(model, method, *arguments)
        self.assertEqual(outcome, expected, answer)
        return answer

    # --- the addon's own methods ------------------------------------------------------------------

    def test_each_public_method_has_a_line(self):
        there, told = set(public_methods(self.env)), set(rights.read_methods())
        for model, method in sorted(there - told):
            with self.subTest(f"{model}.{method}"):
                self.fail(
                    f"Anybody can call {model}.{method} over RPC: say who may in METHODS of"
                    " tests/addon/rights.py, or mark it @api.private."
                )
        for model, method in sorted(told - there):
            with self.subTest(f"{model}.{method}"):
                self.fail(
                    f"Nobody can call {model}.{method} over RPC: take its line out of METHODS in"
                    " tests/addon/rights.py."
                )

    def test_each_kind_of_user_may_call_what_the_table_says(self):
        table = rights.read_methods()
        for kind in KINDS:
            with self.undone():
                self.log_in(kind)
                for (model, method), expected in table.items():
                    ids = self.here.subject(model, method, self.users.get(kind))
                    with self.subTest(f"{kind}: {model}.{method}"):
                        self.assertOutcome(expected[kind], model, method, [ids])

    def test_a_user_of_another_company_is_refused_with_any_rights(self):
        table, elsewhere = rights.read_methods(), self.there.company
        for kind, user in self.users.items():
            with self.undone():
                user.write(
                    {"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)]}
                )
                self.log_in(kind)
                for (model, method), expected in table.items():
                    if (expected[kind], expected["elsewhere"]) != (ALLOWED, REFUSED):
                        continue  # The result is the same as in the own company.
                    ids = self.here.subject(model, method, user)
                    with self.subTest(f"{kind}: {model}.{method}"), self.undone():
                        outcome, answer = self.call(model, method, [ids])
                        self.assertIn(outcome, (REFUSED, IN_WORDS), answer)

    def test_a_user_without_a_connection_gets_a_message(self):
        connections = self.env["lucca.connection"].search([])
        for kind, expected in (
            ("billing", IN_WORDS),
            ("manager", IN_WORDS),
            ("system", IN_WORDS),
            ("employee", REFUSED),
        ):
            with self.subTest(kind), self.undone():
                connections.active = False
                self.log_in(kind)
                self.assertOutcome(expected, "account.move", "action_lucca_sync_now", [[]])

    def test_private_methods_cannot_be_called(self):
        self.log_in("system")
        ids = self.here.connection.ids
        for model, method in (
            ("lucca.connection", "_sync"),
            ("lucca.connection", "_client"),
            ("lucca.connection", "_key"),
            ("lucca.document", "_link_to"),
            ("lucca.sync", "_run"),
            ("lucca.sync.files", "_fetch_now"),
            ("res.currency", "_lucca_by_code"),
        ):
            with self.subTest(f"{model}.{method}"):
                words = self.assertOutcome(REFUSED, model, method, [ids])
                self.assertIn("Private methods", words)

    def test_a_method_that_overrides_odoos_calls_odoos(self):
        """Such a method has no line in the table, because Odoo's own access checks apply."""
        hiding = {
            f"{one.__module__}.{method}"
            for one, method, function in overriding(self.env)
            if not {"super", method} <= set(inspect.unwrap(function).__code__.co_names)
        }
        self.assertEqual(hiding, set())

    def test_the_search_finds_methods_that_override_odoos(self):
        found = {method for _one, method, _function in overriding(self.env)}
        self.assertLessEqual({"create", "write", "unlink"}, found)

    # --- Odoo's methods on the addon's models -----------------------------------------------------

    def test_each_model_has_a_line(self):
        there = {name for name in self.env.registry if name.startswith("lucca.")}
        self.assertEqual(
            there,
            set(rights.read_models()),
            "Each model has a line in MODELS of tests/addon/rights.py that says who may do what.",
        )

    def test_each_kind_of_user_does_with_a_model_what_the_table_says(self):
        for kind in KINDS:
            self.each_model(kind, self.check_own_rows)

    def test_a_user_who_reads_a_model_can_read_each_of_its_fields(self):
        """This includes fields that are computed from other models."""
        here = self.here
        for kind in ("auditor", "billing", "manager", "system"):
            self.log_in(kind)
            for rows in (here.connection, here.booked | here.waiting, here.suggested):
                with self.subTest(f"{kind}: {rows._name}"):
                    self.assertOutcome(ALLOWED, rows._name, "read", [rows.ids])

    def test_nobody_reaches_the_rows_of_another_company(self):
        for kind in self.users:
            self.each_model(kind, self.check_others_rows)

    def test_a_billing_user_changes_no_document_through_another_record(self):
        """One2many commands could create, change, take and delete documents."""
        document, bill = self.here.waiting.id, self.here.bill.ids
        commands = (
            Command.create({"number": "x"}),
            Command.update(document, {"number": "x"}),
            Command.delete(document),
        )
        taking = (Command.link(document), Command.clear())
        self.log_in("billing")
        for command in (*commands, *taking):
            with self.subTest(f"account.move {command}"):
                values = {"lucca_document_ids": [command]}
                self.assertOutcome(REFUSED, "account.move", "write", [bill, values])
        for command in commands:
            with self.subTest(f"lucca.document.ignore {command}"):
                values = {"document_ids": [command], "reason": "x"}
                self.assertOutcome(REFUSED, "lucca.document.ignore", "create", [values])

    # --- the file of an audit trail ---------------------------------------------------------------

    def test_only_the_user_who_opened_an_audit_trail_can_download_it(self):
        trails = {
            kind: self.here._opened_by(
                "lucca.audit.trail", user, {"date_from": "2020-01-01", "date_to": "2030-01-01"}
            )
            for kind, user in self.users.items()
            if kind in ("auditor", "billing", "manager")
        }
        self.env.flush_all()
        begins = {"pdf": b"%PDF-", "xlsx": b"PK"}
        for kind in self.users:
            self.log_in(kind)
            for other, trail in trails.items():
                for ending in begins if other in (kind, "auditor") else ():
                    with self.subTest(kind, opened_by=other, ending=ending):
                        answer = self.download(trail, ending)
                        is_own = kind == other
                        self.assertEqual(answer.status_code, 200 if is_own else 403)
                        self.assertEqual(answer.content.startswith(begins[ending]), is_own)

    def test_the_public_gets_no_audit_trail_and_no_other_format_exists(self):
        trail = self.here._opened_by("lucca.audit.trail", self.users["billing"], {})
        self.authenticate(None, None)
        self.assertIn("/web/login", self.download(trail, "pdf").url)
        self.log_in("billing")
        self.assertEqual(self.download(trail, "html").status_code, 404)
        self.assertEqual(self.download(trail.browse(trail.id + 1000), "pdf").status_code, 404)

    def test_the_address_of_an_audit_trail_sends_no_more_documents_than_its_buttons(self):
        """Somebody may choose a longer period after a button has given the address."""
        period = {"date_from": "2020-01-01", "date_to": "2030-01-01"}
        trail = self.here._opened_by("lucca.audit.trail", self.users["billing"], period)
        self.env.flush_all()
        self.log_in("billing")
        with patch.object(lucca_audit_trail, "MOST", 1):
            answer = self.download(trail, "pdf")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("choose a shorter one", answer.text)

    def download(self, trail, ending):
        return self.url_open(f"/lucca_invoices_sync/audit_trail/{trail.id}.{ending}")

    # --- without a session ------------------------------------------------------------------------

    def test_no_other_route_is_open_to_the_public(self):
        self.authenticate(None, None)
        for user in self.env.ref("base.public_user") | self.users["system"]:
            arguments = [get_db_name(), user.id, "x", "lucca.connection", "search", [[]]]
            params = {"service": "object", "method": "execute_kw", "args": arguments}
            with self.subTest(user.login):
                error = self.post("/jsonrpc", params)["error"]
                self.assertEqual(error["data"]["name"], "odoo.exceptions.AccessDenied")
        answer = self.url_open("/json/2/lucca.connection/search", json={"domain": []})
        self.assertEqual(answer.status_code, 401)

    # --- helpers ----------------------------------------------------------------------------------

    def each_model(self, kind, check):
        with self.undone():
            self.log_in(kind)
            for model, expected in rights.read_models().items():
                check(kind, model, expected[kind])

    def check_own_rows(self, kind, model, letters):
        account = self.there if kind == "elsewhere" else self.here
        for letter, method, *arguments in account.calls(model, self.users.get(kind)):
            with self.subTest(f"{kind}: {model}.{method}"):
                if letters == LOGIN:
                    self.assertOutcome(LOGIN, model, method, *arguments)
                    return  # The other calls need a login, too.
                expected = ALLOWED if letter in letters else REFUSED
                answer = self.assertOutcome(expected, model, method, *arguments)
                if expected == ALLOWED and letter == "r":
                    self.assertFalse(is_nothing(answer), answer)

    def check_others_rows(self, kind, model, letters):
        if self.env[model]._abstract or model in rights.OF_NO_COMPANY:
            return
        account = self.here if kind == "elsewhere" else self.there
        for letter, method, *arguments in account.calls(model, None):
            if letter not in letters:
                continue  # It is refused for the user's own rows, too.
            with self.subTest(f"{kind}: {model}.{method}"), self.undone():
                outcome, answer = self.call(model, method, *arguments)
                if letter == "r" and outcome == ALLOWED:
                    self.assertTrue(is_nothing(answer), answer)
                else:
                    self.assertEqual(outcome, REFUSED, answer)
