from odoo import SUPERUSER_ID, api, models


class LuccaConnection(models.Model):
    """The scheduled action of a connection, which is created and deleted with it."""

    _inherit = "lucca.connection"

    def unlink(self):
        crons = self.cron_id
        result = super().unlink()
        crons.unlink()
        return result

    def _create_cron(self):
        return self.env["ir.cron"].create(
            {
                **self._prepare_cron(),
                "model_id": self.env["ir.model"]._get_id(self._name),
                "state": "code",
                "code": f"model.browse({self.id})._cron_sync()",
                "user_id": self.env.ref("base.user_root").id,
                "interval_number": 30,
                "interval_type": "minutes",
            }
        )

    def _wake(self, at=None):
        """Have the scheduler synchronise these connections, also if somebody deleted a scheduled action.

        :param at: when (``datetime``, UTC); as soon as possible if None
        """
        for connection in self:
            connection._ensure_cron()._trigger(at)

    def _ensure_cron(self):
        """Return the scheduled action of a connection, which is created anew if somebody deleted it."""
        if not self.cron_id:
            # Users who may have documents booked may not create scheduled actions.
            self.sudo().cron_id = self.sudo()._create_cron()
        return self.cron_id

    def _prepare_cron(self):
        return {
            "name": self.env._("Lucca Invoices: synchronise %s", self.name),
            "active": self.active,
        }

    def _align_crons(self, names):
        """Write the names and states of connections to their scheduled actions.

        A scheduled action that is running cannot be written. It is triggered once more instead, and
        that run deactivates it if the connection is archived. ``_align_all_crons`` corrects its name.

        :param names: the fields that changed: ``name``, ``active``
        """
        for connection in self.with_context(active_test=False):
            cron, wanted = connection._ensure_cron(), connection._prepare_cron()
            if cron.try_lock_for_update(allow_referencing=True):
                cron.write({name: wanted[name] for name in names})
            else:
                cron._trigger()

    @api.autovacuum
    def _align_all_crons(self):
        """Correct once a day what ``_align_crons`` could not write, and what somebody deleted.

        A scheduled action that somebody switched off stays so.
        """
        # There are few connections.
        connections = self.with_context(active_test=False).search([])  # pylint: disable=no-search-all
        for connection in connections:
            if connection._ensure_cron().name != connection._prepare_cron()["name"]:
                connection._align_crons(["name"])
            if connection.cron_id.active and not connection.active:
                connection._align_crons(["active"])

    def _is_at_work(self):
        """Return whether it is synchronised: neither the connection nor its company is archived."""
        return self.active and self.company_id.active

    def _sync(self):
        """Run one whole synchronisation in this process, committing as it goes, whoever the user is.

        :return: True when nothing is left to do now. Documents and files that wait for their next try
            or for a person do not count; those that wait for the request budget do.
        """
        self.ensure_one()
        # No user has the rights to write what a synchronisation writes.
        connection = self.with_user(SUPERUSER_ID)
        return connection.env["lucca.sync"]._begin_turn(connection)

    def _cron_sync(self):
        """Synchronise for the scheduler, whichever user the scheduled action has.

        While its company is archived, the scheduled action is called and does nothing, so that it goes on
        by itself afterwards.
        """
        # The user of the scheduled action may not be allowed to read connections.
        connection = self.with_user(SUPERUSER_ID)
        if connection.exists()._is_at_work():
            connection._sync()
        self.env.invalidate_all()
        if not connection.exists().active:
            self.env["ir.cron"]._commit_progress(remaining=0, deactivate=True)
