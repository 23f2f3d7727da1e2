from datetime import date
from decimal import Decimal

from markupsafe import Markup
from odoo import api, models
from odoo.tools.misc import format_date

from ...lucca.documents import changes
from ...lucca.documents.reading import loads
from ..texts import money

#: Changes that a bill follows even when somebody worked on it.
HARMLESS = {changes.FILES}


class LuccaSyncChange(models.AbstractModel):
    _name = "lucca.sync.change"
    _description = "Changes in Lucca after a Document Became a Bill"

    @api.model
    def _take_over(self, run, document, values):
        """Keep what Lucca says now; have an untouched draft follow, and tell of any other bill.

        :param values: of the document's row, as ``lucca.sync.row`` prepares them
        """
        found = changes.differences(loads(document.payload), loads(values["payload"]))
        decided = ("state", "reason", "message")
        document.write({name: value for name, value in values.items() if name not in decided})
        if document.is_withdrawn:
            document.write({"is_withdrawn": False, "is_changed": False})
            document.move_id.activity_feedback(["mail.mail_activity_data_warning"])
            self._note(document, self.env._("Lucca lists this document as approved again."))
        if not found:
            return
        if any(change.name == changes.FILES for change in found):
            document.files_state = document._first_files_state(document._booked_document())
        told = [change for change in found if change.name not in HARMLESS]
        if told:
            run._add(changed=1)
            document.changes = [self._written(change) for change in told]
            self._follow_or_tell(document)

    def _follow_or_tell(self, document):
        if document._is_untouched():
            document.write({"state": "pending", "is_resolved": False})
        else:
            self._tell(document)

    @api.model
    def _followed(self, document):
        """Note on the bill that it was made anew."""
        words = self.env._(
            "This document changed in Lucca: the draft, which nobody touched, follows."
        )
        self._note(document, self._as_table(document, words))
        document.changes = False

    @api.model
    def _tell(self, document):
        """Note the changes on a bill that somebody worked on, and ask a person to look."""
        words = self.env._("This document changed in Lucca after it became a bill:")
        document.is_changed = True
        self._note(document, self._as_table(document, words))
        self._ask(document, self.env._("Changed in Lucca"), self._as_table(document, words))

    @api.model
    def _tell_withdrawn(self, document):
        words = self.env._(
            "Lucca no longer lists this document as approved: decide what becomes of the bill."
        )
        document.is_changed = True
        self._note(document, words)
        self._ask(document, self.env._("Withdrawn in Lucca"), words)

    def _note(self, document, words):
        document.move_id._message_log(body=words)

    def _ask(self, document, summary, note):
        document.move_id.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=note,
            user_id=document.connection_id.responsible_id.id or self.env.uid,
        )

    # --- words ----------------------------------------------------------------------------------

    @api.model
    def _as_table(self, document, words=""):
        """The changes of a document as HTML: what, before, now."""
        row = Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
        head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Before"),
            self.env._("Now"),
        )
        rows = Markup("").join(row % tuple(change) for change in document.changes or [])
        table = Markup('<p>%s</p><table class="table table-sm">%s%s</table>')
        return table % (words, head, rows)

    def _written(self, change):
        """A change as three texts."""
        return [self._label(change.name), self._value(change.before), self._value(change.after)]

    def _label(self, name):
        return {
            changes.NUMBER: self.env._("Number"),
            changes.DATE: self.env._("Document date"),
            changes.DUE_DATE: self.env._("Due date"),
            changes.PURCHASE: self.env._("Purchase"),
            changes.UNTAXED: self.env._("Excluding taxes"),
            changes.TAX: self.env._("VAT"),
            changes.TOTAL: self.env._("Including taxes"),
            changes.COST: self.env._("Cost"),
            changes.CONVERTED: self.env._("Converted"),
            changes.IBAN: self.env._("IBAN"),
            changes.READABLE: self.env._("Readable"),
        }[name]

    def _value(self, value):
        if isinstance(value, date):
            return format_date(self.env, value)
        if isinstance(value, tuple) and value and isinstance(value[0], Decimal):
            return money(self.env, *value)
        if isinstance(value, tuple):
            return " + ".join(self._value(part) for part in value)
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        return str(value or "-")
