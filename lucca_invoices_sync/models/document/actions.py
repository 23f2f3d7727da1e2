from odoo import models
from odoo.exceptions import AccessError, UserError

from .change import finish_asking, is_disposable


class LuccaDocument(models.Model):
    """What a person decides about a document."""

    _inherit = "lucca.document"

    def _check_billing(self):
        """Auditors read, billing users decide."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("account.group_account_invoice")):
            raise AccessError(self.env._("Only billing users may do this."))

    def action_retry(self):
        self._check_billing()
        # Billing users may have a document tried again, not change what Lucca said.
        waiting = self.filtered(lambda document: document.state == "pending")
        documents = self.sudo()
        retried = documents._book_anew() | documents._try_again(is_stale=True)
        if not retried and not waiting:
            raise UserError(
                self.env._(
                    "Only documents that are approved in Lucca can be retried, as long as they have"
                    " no bill or a cancelled one."
                )
            )

    def action_ignore(self, reason=""):
        self._check_billing()
        message = self.env._("Ignored by %s.", self.env.user.name)
        if reason:
            message = self.env._(
                "Ignored by %(user)s: %(reason)s", user=self.env.user.name, reason=reason
            )
        # Billing users may leave a document out, not change what Lucca said.
        self.sudo()._ignore(message)

    def _action_open(self):
        """Show these documents: one as a form, more as a list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Lucca Documents"),
            "res_model": self._name,
        }
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [[False, "form"]]}
        views = [[False, "list"], [False, "form"]]
        return {**action, "domain": [("id", "in", self.ids)], "views": views}

    def action_open_mappings(self):
        """Show the references of these documents that wait to be mapped, else all of them."""
        waiting = self.waiting_mapping_ids
        if len(waiting) == 1:
            return waiting.action_map()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_mapping_action"
        )
        return {**action, "domain": [("document_ids", "in", self.ids)], "context": {}}

    def action_open_lucca(self):
        """Open Lucca: no address of a single document is known."""
        self.ensure_one()
        url = f"{self.connection_id._url()}/cleemy-procurement"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_open_bill(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_book_anyway(self):
        """Book what seemed to be there already, or to be converted wrongly."""
        self._check_billing()
        # Billing users may decide this, not change what Lucca said.
        documents = self.sudo().filtered(lambda d: d.state == "blocked" and d.may_be_accepted)
        if not documents:
            raise UserError(self.env._("Nothing here can be booked anyway."))
        for document in documents:
            document.accepted_reason = document.reason
        documents._try_again()

    def action_link_bill(self):
        """Take the bill that is there already for the document's."""
        self.ensure_one()
        self._check_billing()
        bill = self.duplicate_move_id
        bill.check_access("write")
        is_waiting = self.state == "blocked" and self.reason == "duplicate_bill"
        if not (is_waiting and self.can_be_linked):
            raise UserError(self.env._("There is no bill that this document could be linked to."))
        # Billing users may decide this, not change what Lucca said.
        document = self.sudo()
        document._check_own_bill()
        document._link_to(bill)
        bill._message_log(
            body=self.env._(
                "%(user)s linked this bill to Lucca's document %(document)s.",
                user=self.env.user.name,
                document=self.display_name,
            )
        )

    def _check_own_bill(self):
        """Raise ``UserError`` where the document has a bill that may not be deleted by itself."""
        own = self.move_id
        if own and own.state != "cancel" and not is_disposable(self):
            raise UserError(
                self.env._(
                    "This document has a bill already, %(bill)s, that is posted or that somebody"
                    " worked on. Cancel that bill, then link the document.",
                    bill=own.display_name,
                )
            )

    def action_seen(self):
        """Say that a person has seen what changed in Lucca."""
        self._check_billing()
        # Billing users may decide this, not change what Lucca said.
        documents = self.sudo()
        documents.is_changed = False
        # What a draft did not follow, since Lucca withdrew it, it follows when that is approved again.
        documents.filtered(lambda document: document._is_approved()).changes = False
        finish_asking(documents)

    def action_activate_currency(self):
        """Activate the document's currency, which books all that waits for it."""
        self.currency_id.active = True

    def action_open_duplicate(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.duplicate_move_id.id,
            "view_mode": "form",
        }
