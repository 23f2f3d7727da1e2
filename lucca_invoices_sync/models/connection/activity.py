from markupsafe import Markup
from odoo import models

ACTIVITY = "mail.mail_activity_data_todo"


class LuccaConnection(models.Model):
    """One activity tells the responsible all that waits for a person."""

    _inherit = "lucca.connection"

    def _update_activity(self, left):
        """Make, change or end the connection's only activity, by what waits now.

        :param left: ``lucca.document._left``
        """
        note = self._describe_waiting(left)
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

    def _describe_waiting(self, left):
        """What needs a person, as a list; empty when nothing does."""
        lines = [self.last_error] if self.last_error else []
        lines += [f"{reason}: {count}" for reason, count in self._waiting_by_reason(left)]
        if not lines:
            return False
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("<ul>%s</ul>") % items

    def _waiting_by_reason(self, left):
        """``(reason in words, number of documents)``, the most frequent first."""
        selection = self.env["lucca.document"]._fields["reason"]._description_selection(self.env)
        words = dict(selection)
        waiting = [(words.get(why, "-"), number) for why, number in left.waiting.most_common()]
        if left.changed:
            waiting.append((self.env._("Changed in Lucca after they became bills"), left.changed))
        return waiting
