"""The rows on which ``test_rpc`` calls methods."""

from odoo.fields import Command

from tests.addon.common import KEY

#: The values that a user with write access writes to a row of a model.
CHANGES = {
    "lucca.audit.line": {"number": "x"},
    "lucca.audit.trail": {"basis": "by_accounting"},
    "lucca.budget": {"tokens": 1},
    "lucca.cache": {"payload": "x"},
    "lucca.connection": {"name": "x"},
    "lucca.decision": {"kind": "seen"},
    "lucca.document": {"number": "x"},
    "lucca.document.accept": {"difference_account_id": False},
    "lucca.document.ignore": {"reason": "x"},
    "lucca.document.supplier": {"partner_id": False},
    "lucca.document.link": {"scope": "selected"},
    "lucca.file": {"name": "x"},
    "lucca.mapping": {"name": "x"},
    "lucca.mapping.choose": {"tax_scope": "consu"},
    "lucca.sync.run": {"error": "x"},
    "lucca.sync.state": {"step": "x"},
    "lucca.sync.watch": {"since": "2026-01-01 00:00:00"},
}
#: Wizards that are opened for documents or references, and the other values that a new one needs.
WIZARDS = {
    "lucca.audit.trail": {},
    "lucca.document.accept": {},
    "lucca.document.ignore": {"reason": "Not ours"},
    "lucca.document.supplier": {},
    "lucca.mapping.choose": {"kind": "nature", "tax_scope": "service"},
    "lucca.document.link": {},
}
#: The values that a copy may not share with its original.
OF_A_COPY = {
    "lucca.connection": {"host": "copy.ilucca.net"},
    "lucca.mapping": {"lucca_id": 98},
}


class Account:
    """A company's connection to Lucca, and a row of each model that belongs to it."""

    def __init__(self, env, company, host):
        self.env, self.company = env(context={**env.context, "tracking_disable": True}), company
        self.connection = self._create(
            "lucca.connection", host=host, api_key=KEY, company_id=company.id
        )
        self.document = self.waiting = self._create_document(1, state="pending")
        self.mapping = self._create(
            "lucca.mapping", **self._of_connection, kind="nature", lucca_id=7, name="Fournitures"
        )
        self.document.mapping_ids = self.mapping
        self.unused = self._create(
            "lucca.mapping", **self._of_connection, kind="nature", lucca_id=10, name="Divers"
        )
        self.unnamed = self._create_document(4, state="blocked", reason="unknown_supplier")
        self.partner = self._create("res.partner", name="Chosen", is_company=True)
        self.rows = self._create_rows()
        if company.chart_template:
            self._add_bills()

    # --- rows -------------------------------------------------------------------------------------

    @property
    def _of_connection(self):
        return {"connection_id": self.connection.id}

    def _create(self, model, **values):
        return self.env[model].create(values)

    def _create_document(self, lucca_id, **values):
        return self._create(
            "lucca.document",
            **{
                **self._of_connection,
                "lucca_type": "Invoice",
                "lucca_id": lucca_id,
                "number": f"F-{lucca_id}",
                "conformity_state": "Confirmed",
                "payload": "{}",
                **values,
            },
        )

    def _create_rows(self):
        """Return ``{model: its row}``. The connection among them has no documents, so it can be deleted."""
        mine = [("connection_id", "=", self.connection.id)]
        host = self.connection._url().partition("//")[2]
        spare = self._create(
            "lucca.connection",
            host=f"spare-{self.company.id}.ilucca.net",
            company_id=self.company.id,
            is_booking=False,
        )
        user = self.env.ref("base.user_root")
        rows = [
            spare,
            self.document,
            self.mapping,
            self._create("lucca.file", document_id=self.document.id, name="a.pdf"),
            self._create("lucca.decision", document_id=self.document.id, kind="retried"),
            self._create("lucca.sync.run", **self._of_connection),
            self._create(
                "lucca.cache", **self._of_connection, kind="supplier", lucca_id=1, payload="{}"
            ),
            self._create("lucca.sync.watch", **self._of_connection, user_id=user.id),
            self.env["lucca.sync.state"].search(mine),
            self.env["lucca.budget"].search([("host", "=", host)]),
        ]
        rows.append(self.env["lucca.audit.line"].browse(self.document.id))
        return {row._name: row for row in rows}

    def _add_bills(self):
        """Create a document with its bill and a file to fetch, and a document that may be an existing bill."""
        self.bill, twin = (self._create_bill(name) for name in ("Came", "Typed"))
        self.booked = self._create_document(
            2,
            state="imported",
            move_id=self.bill.id,
            is_changed=True,
            duplicate_move_id=twin.id,
            currency_id=self.env.ref("base.XPF").id,
        )
        self._create("lucca.file", document_id=self.booked.id, lucca_file_id="b", name="b.pdf")
        self.waiting = self._create_document(
            3,
            state="blocked",
            reason="duplicate_bill",
            may_be_accepted=True,
            duplicate_move_id=twin.id,
        )
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)], limit=1
        )
        self.suggested = self._create(
            "lucca.mapping", **self._of_connection, kind="nature", lucca_id=8, name=account.name
        )
        self.suggested.document_ids = self.booked
        rate = {"name": "MwSt 19 %", "percentage": 0.19, "percentage_known": True}
        self.foreign = self._create(
            "lucca.mapping", **self._of_connection, kind="tax", lucca_id=9, territory="DE", **rate
        )

    def _create_bill(self, name):
        partner = self._create("res.partner", name=name, is_company=True)
        return self._create(
            "account.move",
            move_type="in_invoice",
            company_id=self.company.id,
            partner_id=partner.id,
            invoice_date="2026-01-15",
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 1})],
        )

    def _opened_by(self, model, user, values):
        """Create a wizard as a user, or as a user of none of the columns."""
        wizard = self.env[model]
        return (wizard.with_user(user).sudo() if user else wizard).create(values)

    def _row(self, model, user):
        if model in WIZARDS:
            return self._opened_by(model, user, self._new(model))
        return self.rows.get(model, self.env[model])

    def _new(self, model):
        """Return the values that a new row of a model needs."""
        if model == "lucca.mapping.choose":
            return {"reference_ids": [[6, 0, self.mapping.ids]], **WIZARDS[model]}
        if model == "lucca.audit.trail":
            return {"company_id": self.company.id, **WIZARDS[model]}
        if model in WIZARDS:
            documents = {
                "lucca.document.ignore": self.document,
                "lucca.document.supplier": self.unnamed,
            }.get(model, self.waiting)
            is_choice = model == "lucca.document.supplier"
            chosen = {"partner_id": self.partner.id} if is_choice else {}
            return {"document_ids": [[6, 0, documents.ids]], **chosen, **WIZARDS[model]}
        if model == "lucca.mapping":
            return {**self._of_connection, "kind": "nature", "lucca_id": 99, "name": "New"}
        if model == "lucca.connection":
            journal = self.connection.journal_id
            company = {"company_id": self.company.id, "journal_id": journal.id}
            return {**company, "host": f"new-{self.company.id}.ilucca.net"}
        if model == "lucca.decision":
            return {"document_id": self.document.id, "kind": "retried"}
        return self._of_connection

    # --- calls ------------------------------------------------------------------------------------

    def subject(self, model, method, user):
        """Return the ids of the row on which a method of the addon is called."""
        if model == "res.config.settings":
            return self._opened_by(model, user, {"company_id": self.company.id}).ids
        if model in WIZARDS:
            may_see = user and user.company_id == self.company
            return self._row(model, user if may_see else None).ids
        if method == "action_start_booking":
            return self.rows[model].ids
        rows = {
            "account.move": self.bill,
            "account.journal": self.connection.journal_id,
            "lucca.audit.line": self.rows["lucca.audit.line"],
            "lucca.connection": self.connection,
            "lucca.mapping": self.suggested,
            "lucca.document": self.waiting,
            "res.partner": self.bill.partner_id,
            "lucca.file": self.rows["lucca.file"],
            "lucca.sync.run": self.rows["lucca.sync.run"],
        }
        if (model, method) == ("lucca.document", "action_choose"):
            return self.document.ids  # it has a reference
        of_a_bill = "action_fetch_files action_seen action_open_bill action_activate_currency"
        if method in ("action_create_tax", "action_open_taxes"):
            return self.foreign.ids
        is_booked = model == "lucca.document" and method in of_a_bill.split()
        return (self.booked if is_booked else rows[model]).ids

    def calls(self, model, user):
        """Yield ``(letter of the right, method, arguments, named arguments)`` of Odoo's own methods."""
        row = self._row(model, user)
        ids, new, changes = row.ids, self._new(model), CHANGES.get(model, {})
        yield "c", "create", [new]
        if row._abstract:
            yield "r", "search_read", [[]]
            return
        yield from _reading(row)
        yield "c", "web_save", [[], new], {"specification": {}}
        yield "c", "copy", [ids], {"default": OF_A_COPY.get(model, {})}
        yield "u", "write", [ids, changes]
        yield "u", "web_save", [ids, changes], {"specification": {}}
        yield "u", "web_save_multi", [ids, [changes]], {"specification": {}}
        yield "u", "onchange", [ids, {}, [], {}]
        if "message_ids" in row._fields:
            yield "u", "message_post", [ids], {"body": "x"}
        if "active" in row._fields:
            yield "u", "action_archive", [ids]
        # A mapping that a document uses cannot be deleted.
        yield "d", "unlink", [self.unused.ids if row == self.mapping else ids]


def _reading(row):
    """Yield the calls that read rows, then those that search for them."""
    # A model whose rows are the result of a query has no ``create_uid``.
    ids, group = row.ids, "create_uid" if "create_uid" in row._fields else "company_id"
    domain, groups = [("id", "in", ids)], {"groupby": [group], "aggregates": ["__count"]}
    name = {"display_name": {}}
    yield "r", "read", [ids]
    yield "r", "web_read", [ids], {"specification": name}
    yield "r", "export_data", [ids, ["display_name"]]
    yield "r", "copy_data", [ids]
    if "create_uid" in row._fields:
        yield "r", "get_metadata", [ids]
    yield "r", "search", [domain]
    yield "r", "search_count", [domain]
    yield "r", "search_read", [domain, ["display_name"]]
    yield "r", "name_search", ["", domain]
    yield "r", "web_name_search", ["", name, domain]
    yield "r", "web_search_read", [domain, name]
    yield "r", "formatted_read_group", [domain], groups
    yield "r", "web_read_group", [domain], groups
    sets = {"grouping_sets": [[group]], "aggregates": ["__count"]}
    yield "r", "formatted_read_grouping_sets", [domain], sets
