from odoo import api, fields, models

PROGRESS = "lucca_invoices_sync/progress"
FINISHED = "lucca_invoices_sync/finished"


class LuccaSyncProgress(models.AbstractModel):
    _name = "lucca.sync.progress"
    _description = "What a Person Sees While it Synchronises"

    @api.model
    def _tell(self, connection, step=False):
        """Show those who pressed "Sync now" where it is; nothing is asked when nobody did."""
        watches = self.env["lucca.sync.watch"]._of(connection)
        if not watches:
            return
        words, left = self._words(connection, step or connection.resume_step)
        progress = {"name": connection.name, "step": words, "left": left}
        watches._send(PROGRESS, {"connection_id": connection.id, **progress})

    def _words(self, connection, step):
        """``(step in words, documents that are left to it)``; None where nobody knows."""
        documents = self.env["lucca.document"]
        to_do = documents._domain_to_do(connection)
        if step == "lucca.sync.resolve":
            left = documents.search_count([*to_do, ("is_resolved", "=", False)])
            return self.env._("Finding suppliers and taxes"), left
        if step == "lucca.sync.book":
            return self.env._("Booking"), documents.search_count(to_do)
        if step == "lucca.sync.files":
            domain = self.env["lucca.sync.files"]._domain(connection)
            return self.env._("Fetching files"), documents.search_count(domain)
        return self.env._("Reading Lucca's list"), None

    @api.model
    def _finish(self, connection, waits_until=False):
        """Say what came since the button was pressed, with a way to see it."""
        watches = self.env["lucca.sync.watch"]._of(connection)
        if watches:
            result = self._result(connection, watches[0].since, waits_until)
            watches._send(FINISHED, {"connection_id": connection.id, **result})
            watches.unlink()

    def _result(self, connection, since, waits_until):
        if connection.last_error:
            return {
                "type": "danger",
                "message": connection.last_error,
                "sticky": True,
                "button": self.env._("Open the Connection"),
                "action": connection._action_open(),
            }
        new = self._new_documents(connection, since)
        booked, waiting = new.filtered("move_id"), new.filtered("needs_attention")
        return {
            "type": "warning" if waiting else "success",
            "message": self._message(connection, booked, waiting, waits_until),
            "sticky": bool(waiting),
            **self._way_to(booked, waiting),
        }

    def _new_documents(self, connection, since):
        """What was booked, or came to wait for a person, since the button was pressed."""
        return self.env["lucca.document"].search(
            [
                ("connection_id", "=", connection.id),
                "|",
                ("imported_at", ">=", since),
                "&",
                ("state", "=", "blocked"),
                ("blocked_at", ">=", since),
            ]
        )

    def _message(self, connection, booked, waiting, waits_until):
        parts = []
        if len(booked) == 1:
            parts.append(self.env._("One new bill."))
        elif booked:
            parts.append(self.env._("%s new bills.", len(booked)))
        if len(waiting) == 1:
            parts.append(self.env._("One document waits for you."))
        elif waiting:
            parts.append(self.env._("%s documents wait for you.", len(waiting)))
        if waits_until:
            moment = fields.Datetime.context_timestamp(self, waits_until)
            words = self.env._(
                "Lucca wants a pause: it goes on by itself at %s.", f"{moment:%H:%M}"
            )
            parts.append(words)
        return " ".join(parts) or self.env._("Nothing new. %s", connection.completeness)

    def _way_to(self, booked, waiting):
        if booked:
            return {
                "button": self.env._("Show the Bills"),
                "action": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("New from Lucca"),
                    "res_model": "account.move",
                    "views": [
                        [self.env.ref("account.view_in_invoice_bill_tree").id, "list"],
                        [False, "form"],
                    ],
                    "domain": [("id", "in", booked.move_id.ids)],
                },
            }
        if waiting:
            return {"button": self.env._("Show Them"), "action": waiting._action_open()}
        return {}
