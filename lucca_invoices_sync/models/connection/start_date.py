from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

from ..sync import known


class LuccaConnection(models.Model):
    """What becomes of the known documents when “Documents Since” is moved."""

    _inherit = "lucca.connection"

    def write(self, vals):
        before = {one: one.start_date for one in self} if "start_date" in vals else {}
        result = super().write(vals)
        for connection, former in before.items():
            if connection.start_date != former:
                connection._follow_start_date(former)
        return result

    def _follow_start_date(self, former):
        """Leave out documents that are too old now, count the others, and tell how many they are.

        :param former: the day before the change
        """
        told = self._describe_move(former, self.start_date)
        # Administrators may move the date, although they may not read or write documents.
        connection = self.sudo()
        if self.start_date > former:
            connection.env["lucca.document"]._leave_out_older(connection)
        start = self._start_moment()
        known_count = known.count_known(connection, start, start)
        connection.write(
            {"known_count": known_count, "remote_count": known_count, "is_counted": False}
        )
        if told:
            connection._message_log(body=told)

    @api.onchange("start_date")
    def _onchange_start_date(self):
        return self._origin._warn_of_move(self.start_date)

    def _warn_of_move(self, day):
        """Return the result of an onchange that tells what moving “Documents Since” to a day would do."""
        told = day and self.start_date and self._describe_move(self.start_date, day)
        if not told:
            return None
        title = self.env._("Documents Since")
        return {"warning": {"title": title, "message": told, "type": "notification"}}

    def _describe_move(self, former, day):
        """Return sentences on what becomes of the known documents if a day replaces the former one.

        They are empty if nothing becomes of any document.
        """
        # Administrators may move the date, although they may not read documents.
        documents = self.env["lucca.document"].sudo()
        older = documents._domain_older(self, day)
        figures = [
            (
                self.env._(
                    "Documents without a bill that are not imported, since they were created before"
                    " %(day)s: %(count)s. They come back if an earlier day is set again."
                ),
                day > former and documents._domain_to_leave_out(self, day),
            ),
            (
                self.env._(
                    "Documents with a bill from before %(day)s: %(count)s. They stay, and full checks"
                    " still compare them with Lucca."
                ),
                day > former and older & Domain("move_id", "!=", False),
            ),
            (
                self.env._(
                    "Documents that come back with the next synchronisation, since they were created"
                    " on %(day)s or later: %(count)s."
                ),
                day < former and documents._domain_coming_back(self, day),
            ),
        ]
        counted = [(words, documents.search_count(domain)) for words, domain in figures if domain]
        shown = format_date(self.env, day)
        return " ".join(
            words % {"day": shown, "count": formatLang(self.env, count, digits=0)}
            for words, count in counted
            if count
        )
