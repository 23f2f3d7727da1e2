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
        for user in watches.user_id:
            speaker = self.with_context(lang=user.lang)
            words, left = speaker._words(connection, step or connection.resume_step)
            progress = {"name": connection.name, "step": words, "left": left}
            user._bus_send(PROGRESS, {"connection_id": connection.id, **progress})

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
            for user in watches.user_id:
                speaker = self.with_context(lang=user.lang, tz=user.tz)
                spoken = connection.with_env(speaker.env)
                result = speaker._result(spoken, watches[0].since, waits_until)
                user._bus_send(FINISHED, {"connection_id": connection.id, **result})
            watches.unlink()

    def _result(self, connection, since, waits_until):
        if connection.last_error:
            return {
                "type": "danger",
                "message": connection.last_error,
                "sticky": True,
                "ways": [self._way(self.env._("Open the Connection"), connection._action_open())],
            }
        new = self._new_documents(connection, since)
        booked, waiting = new.filtered("move_id"), new.filtered("needs_attention")
        return {
            "type": "warning" if waiting else "success",
            "message": self._message(connection, booked, waiting, waits_until),
            "sticky": bool(waiting),
            "ways": self._ways_to(booked, waiting),
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

    def _way(self, button, action):
        return {"button": button, "action": action}

    def _ways_to(self, booked, waiting):
        ways = []
        if booked:
            ways.append(self._way(self.env._("Show the Bills"), self._bills_action(booked)))
        if waiting:
            ways.append(self._way(self.env._("Show What Waits"), waiting._action_open()))
        return ways

    def _bills_action(self, documents):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New from Lucca"),
            "res_model": "account.move",
            "views": [
                [self.env.ref("account.view_in_invoice_bill_tree").id, "list"],
                [False, "form"],
            ],
            "context": {"default_move_type": "in_invoice"},
            "domain": [("id", "in", documents.move_id.ids)],
        }
