from markupsafe import Markup
from odoo import models

ACTIVITY = "mail.mail_activity_data_todo"


class LuccaConnection(models.Model):
    """One activity tells the responsible all that waits for a person."""

    _inherit = "lucca.connection"

    def _update_activity(self):
        """Make, change or end the connection's only activity, by what waits now."""
        note = self._describe_waiting()
        activity = self.activity_ids.filtered("automated")[:1]
        if not note:
            activity.action_feedback(feedback=self.env._("Nothing waits any more."))
        elif not activity:
            self.activity_schedule(
                ACTIVITY,
                summary=self.env._("Lucca Invoices needs you"),
                note=note,
                user_id=(self.responsible_id or self.env.ref("base.user_admin")).id,
            )
        elif activity.note != note:
            activity.note = note

    def _describe_waiting(self):
        """What needs a person, as a list; empty when nothing does."""
        lines = [self.last_error] if self.last_error else []
        lines += [f"{reason}: {count}" for reason, count in self._waiting_by_reason()]
        if not lines:
            return False
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("<ul>%s</ul>") % items

    def _waiting_by_reason(self):
        """``(reason in words, number of documents)``, the most frequent first."""
        documents = self.env["lucca.document"]
        mine = [("connection_id", "=", self.id)]
        words = dict(documents._fields["reason"]._description_selection(self.env))
        groups = documents._read_group(
            [*mine, ("state", "=", "blocked")], ["reason"], ["__count"], order="__count desc"
        )
        waiting = [(words.get(reason, "-"), count) for reason, count in groups]
        if changed := documents.search_count([*mine, ("is_changed", "=", True)]):
            waiting.append((self.env._("Changed in Lucca after they became bills"), changed))
        return waiting
