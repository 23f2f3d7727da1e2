from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang


class LuccaConnection(models.Model):
    """What a connection says about whether all documents are known."""

    _inherit = "lucca.connection"

    completeness = fields.Char(compute="_compute_completeness")

    @api.depends(
        "remote_count",
        "known_count",
        "unlisted_count",
        "is_counted",
        "start_date",
        "last_listed_at",
        "last_audit_at",
    )
    @api.depends_context("lang")
    def _compute_completeness(self):
        for connection in self:
            connection.completeness = connection._describe_completeness()

    def _describe_completeness(self):
        """Return sentences on whether all documents are known, claiming no more than the counts prove."""
        told = self._describe_counts()
        older = self.last_listed_at and self._count_older()
        if not older:
            return told
        day = format_date(self.env, self.start_date)
        if older == 1:
            return self.env._(
                "Since %(day)s: %(told)s Odoo also has 1 document from before that day.",
                day=day,
                told=told,
            )
        return self.env._(
            "Since %(day)s: %(told)s Odoo also has %(older)s documents from before that day.",
            day=day,
            told=told,
            older=formatLang(self.env, older, digits=0),
        )

    def _describe_counts(self):
        """Return a sentence on the two counts, which are those since the start date."""
        known, remote = self.known_count, self.remote_count
        if not self.last_listed_at:
            return self._describe_first_list()
        if not self.is_counted and not self.last_audit_at:
            return self.env._(
                "%s documents are known. They are to be counted again, so it is not proven that none"
                " is missing.",
                known,
            )
        if not self.is_counted:
            return self.env._(
                "%s documents are known. Lucca does not count its own, so it is not proven that"
                " none is missing.",
                known,
            )
        if known == remote and not self._count_unread():
            return self._describe_all(known)
        return self._describe_difference(known, remote)

    def _describe_difference(self, known, remote):
        """Return a sentence on counts that prove nothing."""
        if known >= remote:
            return self.env._(
                "Odoo knows %(known)s documents, and Lucca counts %(remote)s. Some could not be read in"
                " Lucca's list, or changed meanwhile, so it is not proven that none is missing.",
                known=known,
                remote=remote,
            )
        if remote - known <= self._count_unread():
            return self.env._(
                "%(known)s of the %(remote)s documents that Lucca counts are known. The others could"
                " not be read in Lucca's list: they are asked for again every day.",
                known=known,
                remote=remote,
            )
        if remote - known == self.unlisted_count:
            return self.env._(
                "%(known)s of the %(remote)s documents that Lucca counts are known. Lucca does not"
                " list the others.",
                known=known,
                remote=remote,
            )
        return self.env._(
            "%(known)s of the %(remote)s documents that Lucca counts are known. The others are not"
            " listed yet: the next synchronisation looks again.",
            known=known,
            remote=remote,
        )

    def _count_unread(self):
        """Return how many documents of Lucca's list could not be read."""
        # No user may read the state, and the count of a connection does not depend on who reads it.
        return sum(self.env["lucca.sync.state"].sudo()._find(self).mapped("unread_count"))

    def _describe_first_list(self):
        """Return a sentence for a connection whose list was never read to its end."""
        # The count of a connection does not depend on who reads it, as its other counts.
        documents = self.env["lucca.document"].sudo()
        if listed := documents.search_count([("connection_id", "in", self.ids)]):
            return self.env._(
                "Documents known so far: %s. It is not proven yet that none is missing.",
                formatLang(self.env, listed, digits=0),
            )
        return self.env._("No document is listed yet.")

    def _describe_all(self, known):
        if not known:
            return self.env._("Lucca has no approved document yet.")
        if known == 1:
            return self.env._("The only approved document is known.")
        return self.env._(
            "All %s approved documents are known.", formatLang(self.env, known, digits=0)
        )

    def _count_older(self):
        """Return how many known documents are from before “Documents Since”, whatever their state."""
        # The count of a connection does not depend on who reads it, as its other counts.
        documents = self.env["lucca.document"].sudo()
        older = documents._domain_older(self) & Domain("is_withdrawn", "=", False)
        return documents.search_count(older)
