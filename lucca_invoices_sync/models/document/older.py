from odoo import api, models
from odoo.fields import Domain

from ..messages import Messages
from ..times import to_naive_utc

_lt = Messages(__name__)


class LuccaDocument(models.Model):
    """The documents from before “Documents Since”: they were listed when it was an earlier day.

    Those with a bill stay, and full checks compare them with Lucca. The others are not imported, and
    come back when a list shows them after the day was moved back.
    """

    _inherit = "lucca.document"

    @api.model
    def _domain_older(self, connection, day=None):
        """Return the domain of a connection's documents from before “Documents Since”, or another day."""
        moment = to_naive_utc(connection._start_moment(day))
        return Domain("connection_id", "=", connection.id) & Domain("lucca_created_at", "<", moment)

    @api.model
    def _domain_to_leave_out(self, connection, day=None):
        """Return the domain of those older documents that have no bill, and would get one."""
        is_open = Domain("state", "in", ("pending", "failed", "blocked"))
        return self._domain_older(connection, day) & Domain("move_id", "=", False) & is_open

    @api.model
    def _domain_coming_back(self, connection, day=None):
        """Return the domain of the documents that were too old, and are not for “Documents Since”."""
        return (
            Domain("connection_id", "=", connection.id)
            & Domain("is_too_old", "=", True)
            & ~self._domain_older(connection, day)
        )

    @api.model
    def _leave_out_older(self, connection):
        """Do not import the documents without a bill from before a connection's “Documents Since”."""
        older = self.search(self._domain_to_leave_out(connection))
        message = _lt(
            "“Documents Since” is %s, and it was created in Lucca before: it is not imported. Press"
            " “Retry” to import it all the same.",
            connection.start_date,
        )
        reason = _lt("created before “Documents Since”, which is now %s.", connection.start_date)
        older._ignore(message, reason)
        older.is_too_old = True

    def _comes_back(self):
        """Return whether the document was left out as too old, and no longer is: the day was moved back."""
        if not (self.is_too_old and self.lucca_created_at):
            return False
        return self.lucca_created_at >= to_naive_utc(self.connection_id._start_moment())

    def _note_return(self):
        """Record which of these documents come back."""
        returning = self.filtered(lambda document: document._comes_back())
        returning._note_decision(
            "retried",
            lambda one: _lt(
                "“Documents Since” is %s now: it is imported after all.",
                one.connection_id.start_date,
            ),
        )
