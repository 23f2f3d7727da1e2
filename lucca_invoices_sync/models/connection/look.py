from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from .. import asking
from . import look_page

#: The options that decide what a document becomes. If one changes, the first look begins again.
DECIDING = {
    "journal_id",
    "expense_account_id",
    "difference_account_id",
    "bill_lines",
    "foreign_vat_account_id",
    "asks_for_company",
    "tax_scope",
    "reverse_charge_services_tax_id",
    "reverse_charge_goods_tax_id",
    "supplier_policy",
    "tax_tolerance",
}


class LuccaConnection(models.Model):
    """A connection's first look: what it would create, before it creates the first bill."""

    _inherit = "lucca.connection"

    looked_count = fields.Integer(string="Would Become Bills", compute="_compute_figures")
    look = fields.Json(compute="_compute_look", help="What the page of the first look shows.")
    can_start_booking = fields.Boolean(compute="_compute_can_start_booking")

    @api.model
    def _default_is_booking(self):
        """Return whether a new connection books at once.

        It does if code creates it, or if the company has a connection that books. Otherwise screens
        begin with a first look.
        """
        if not self.env.context.get("lucca_looks_first"):
            return True
        mine = [("company_id", "=", self.env.company.id), ("is_booking", "=", True)]
        return bool(self.search_count(mine, limit=1))

    def write(self, vals):
        looking = self.filtered(lambda connection: not connection.is_booking)
        if vals.get("is_booking") is False:
            (self - looking)._check_no_bills()
        result = super().write(vals)
        if vals.get("is_booking"):
            looking._make_suppliers_of_blocked()
            for connection in looking:
                connection._trigger_cron()
        elif vals.keys() & DECIDING or vals.get("active"):
            # While it was archived, what waits could not be looked at again.
            looking._look_again()
        return result

    def unlink(self):
        # EXTENDS 'base': what a connection only listed, and nobody decided about, proves nothing.
        self.check_access("unlink")
        (self - self._find_with_proof())._forget_documents()
        return super().unlink()

    def _find_with_proof(self):
        """Return the connections with a document that ever had a bill, or about which a person decided."""
        # Documents and decisions of companies that the administrator does not see count as well.
        documents = self.env["lucca.document"].sudo()
        proof = Domain("move_id", "!=", False) | Domain("imported_at", "!=", False)
        proof |= Domain("decision_ids.user_id", "!=", False)
        mine = Domain("connection_id", "in", self.ids)
        groups = documents._read_group(mine & proof, ["connection_id"])
        return self.browse([connection.id for (connection,) in groups])

    def _forget_documents(self):
        """Delete the documents of connections, with what the synchronisation noted about them."""
        # No user may delete documents, or what was noted about them.
        documents = self.env["lucca.document"].sudo().search([("connection_id", "in", self.ids)])
        documents.env["lucca.decision"]._forget_events(documents)
        documents.unlink()

    def _check_no_bills(self):
        """Raise ``ValidationError`` if there are bills: it is too late for a first look."""
        if self._has_bills():
            raise ValidationError(
                self.env._(
                    "Bills are created already: there is no way back to a first look. Archive the"
                    " connection to stop it."
                )
            )

    def _has_bills(self):
        booked = [("connection_id", "in", self.ids), ("move_id", "!=", False)]
        # Bills of companies that the administrator does not see count as well.
        return bool(self.env["lucca.document"].sudo().search_count(booked, limit=1))

    def _look_again(self):
        """Begin the first look again for all documents, including those that need attention."""
        # A user who may change the options may not be allowed to write documents.
        documents = self.env["lucca.document"].sudo()
        mine = [("connection_id", "in", self.ids)]
        documents._look_again(mine).is_resolved = False
        documents.search([*mine, ("state", "=", "blocked")])._try_again()

    # --- starting to book -----------------------------------------------------------------------

    def _make_suppliers_of_blocked(self):
        """Have documents that need attention tried again whose suppliers the first look left to be created.

        Their suppliers are created then, as those of all other documents, so that “Book Anyway” can show the accounts.
        """
        # Whoever starts booking may not be allowed to write documents, or to see those of all companies.
        documents = self.env["lucca.document"].sudo()
        waiting = [("connection_id", "in", self.ids), ("state", "=", "blocked")]
        waiting += [("partner_id", "=", False), ("mapping_ids.is_to_create", "=", True)]
        documents.search(waiting)._try_again()

    @api.depends("is_booking", "active")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_start_booking(self):
        for connection in self:
            is_open = connection.active and not connection.is_booking
            connection.can_start_booking = is_open and connection._may_start_booking()

    def _may_start_booking(self):
        """Return whether the user is an administrator or an accounting manager of its company."""
        is_manager = self.env.user.has_group(asking.MANAGER)
        return self.has_access("write") or (is_manager and self.has_access("read"))

    def action_start_booking(self):
        """Start creating bills, from the documents of the first look and all later ones.

        Raise ``AccessError`` for users who may not, ``UserError`` if the connection books already.
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_start_booking():
            raise AccessError(
                self.env._("Only administrators and accounting managers may start booking.")
            )
        if self.is_booking:
            raise UserError(self.env._("“%s” creates bills already.", self.name))
        # Accounting managers may start booking, though they may not write connections.
        connection = self.sudo()
        connection.is_booking = True
        connection._track_set_log_message(
            self.env._("%s started booking after the first look.", self.env.user.name)
        )
        return connection._start()

    # --- the page -------------------------------------------------------------------------------

    def action_open_look(self):
        """Open the page of the first look."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_connection_look_action"
        )
        return {**action, "res_id": self.id}

    def action_open_found(self, key="coming:in_invoice"):
        """Open the documents or references that a line of the page counts.

        :param key: the key of the line, see ``look_page``
        """
        self.ensure_one()
        self.check_access("read")
        found = look_page.find_domain(self, key)
        if not found:
            raise UserError(self.env._("There is no such line: %s", key))
        name, domain = found
        action = self.env["ir.actions.act_window"]._for_xml_id(f"lucca_invoices_sync.{name}")
        if action["res_model"] == "lucca.document":
            action["context"] = {}  # without the default filter of the list
        return {**action, "domain": [("connection_id", "=", self.id), *domain]}

    def _compute_look(self):
        for connection in self:
            connection.look = look_page.describe(connection)

    def _count_looked(self):
        """Return ``{connection: number}`` of the documents that would become bills.

        It is empty, without a query, if no connection is in its first look.
        """
        looking = self.filtered(lambda connection: not connection.is_booking)
        documents = self.env["lucca.document"]
        return looking._count(documents, [("coming_as", "!=", False)]) if looking else {}

    def _describe_look(self, coming):
        """Return sentences on what the first look found so far.

        :param coming: how many documents would become bills
        """
        words = self.env._("No bill is created until you press “Start Booking”.")
        if self.is_booking:
            words = self.env._("This connection creates bills: the first look is over.")
        elif not self.last_success_at:
            words = self.env._("The first look goes on. %s", words)
        elif coming == 1:
            words = self.env._("One document would become a bill. %s", words)
        else:
            words = self.env._(
                "%(count)s documents would become bills. %(words)s",
                count=formatLang(self.env, coming, digits=0),
                words=words,
            )
        return words
