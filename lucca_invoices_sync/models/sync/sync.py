import logging
import zlib
from contextlib import closing, contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.api.errors import LuccaError, MustWait, WrongKey
from ..troubles import TimeIsUp

_logger = logging.getLogger(__name__)

#: The order is the data's: listed, resolved, booked, completed by its files.
STEPS = ("lucca.sync.list", "lucca.sync.resolve", "lucca.sync.book", "lucca.sync.files")
#: Documents that a step works on before it commits: more cost Odoo little less time each.
BATCH = 200
#: First key of PostgreSQL's advisory locks for "one synchronisation of a connection at a time".
LOCK_SPACE = 1819632481


class LuccaSync(models.AbstractModel):
    _name = "lucca.sync"
    _description = "Synchronisation: its Steps in Turn"

    @api.model
    def _run(self, connection):
        """See ``lucca.connection._sync``."""
        with self._alone(connection) as alone:
            if not alone:
                _logger.info("Lucca connection %s is being synchronised already", connection.id)
                return False
            self.env["ir.cron"]._commit_progress()  # see what was done until it was alone
            connection._read_ahead()
            connection = connection.with_company(connection.company_id).with_context(
                lang=self._language(connection),
                lucca_connection_id=connection.id,
                lucca_start=fields.Datetime.now(),
            )
            run = connection.env["lucca.sync.run"]._begin(connection)
            return self._try_steps(connection, run)

    def _language(self, connection):
        """Messages stay in the database: they are written for who will read them."""
        reader = connection.responsible_id
        if reader and (lang := reader.with_user(reader).context_get()["lang"]):
            return lang
        return connection.company_id.partner_id.lang or self.env.lang

    def _try_steps(self, connection, run):
        """Do the steps; return whether nothing is left that could be done now."""
        try:
            client = connection._client()
        except LuccaError as failure:  # waits for a person
            self._finish(connection, run, error=connection._explain(failure))
            return True
        with closing(client):
            try:
                return self._do_steps(connection, run, client)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # nobody's fault
                self.env.cr.rollback()
                connection.cron_id._trigger()
                self._finish(connection, run._restored(connection), client)
                return False
            except Exception as bug:
                self.env.cr.rollback()
                connection.resume_step = False  # the next one begins with the list again
                error = f"{type(bug).__name__}: {bug}"
                self._finish(connection, run._restored(connection), client, error)
                raise

    def _do_steps(self, connection, run, client):
        finished, error, remaining, at, left = False, False, 0, False, None
        try:
            left = self._do_all(connection, run, client)
            connection.resume_step = False
            finished = True
            connection.last_success_at = fields.Datetime.now()
        except TimeIsUp:
            remaining = 1
            connection.cron_id._trigger()  # else the scheduler sleeps up to a minute before it goes on
        except MustWait as wait:  # too long for a worker to sleep
            at = fields.Datetime.now() + timedelta(seconds=wait.seconds)
            connection.cron_id._trigger(at=at)
        except LuccaError as failure:
            connection.resume_step = False
            error = connection._explain(failure)
            finished = isinstance(failure, WrongKey)  # waits for a person
        self._finish(connection, run, client, error, remaining, at, left)
        return finished

    def _do_all(self, connection, run, client):
        """Do the steps in turn; nothing is asked for those that have no work.

        :return: what is left to do then (``lucca.document._left``), None where nobody knows
        """
        is_idle = left = None
        for step in self._steps(connection):
            if is_idle and step in STEPS:
                continue
            connection.resume_step = step
            if step != STEPS[0]:  # which tells of its pages, if there are any
                self.env["lucca.sync.progress"]._tell(connection, step)
            connection.env[step]._run(run, client)
            left = None
            if step == STEPS[0]:
                left = self.env["lucca.document"]._left(connection)
                is_idle = not left.has_work
        return left

    def _steps(self, connection):
        """All steps; after an interruption, first the rest of what was begun.

        Else a small request budget would be spent on listing again, each time.
        """
        resumed = connection.resume_step
        rest = STEPS[STEPS.index(resumed) :] if resumed in STEPS[1:] else ()
        return (*rest, *STEPS)

    def _finish(self, connection, run, client=None, error=False, remaining=0, at=False, left=None):
        """Tell on the run and on the connection how it ended, and commit.

        :param remaining: what the scheduler is to go on with at once
        :param at: when it goes on, where it has to wait
        :param left: ``lucca.document._left``, where it is known
        """
        run._end(client.requests if client else 0, error)
        connection.write({"last_sync_at": run.end, "last_error": error})
        if client and client.list_path != connection.list_path:
            connection.list_path = client.list_path
        connection._update_activity(left or self.env["lucca.document"]._left(connection))
        if not remaining:
            self.env["lucca.sync.progress"]._finish(connection, at)
        self.env["ir.cron"]._commit_progress(remaining=remaining)

    @api.model
    def _checkpoint(self, processed=0):
        """Commit ``processed`` more documents; raise ``TimeIsUp`` when no time is left."""
        if synchronised := self.env.context.get("lucca_connection_id"):
            connection = self.env["lucca.connection"].browse(synchronised)
            self.env["lucca.sync.progress"]._tell(connection)
        if not self.env["ir.cron"]._commit_progress(processed):
            raise TimeIsUp

    @contextmanager
    def _alone(self, connection):
        """Give True while this connection is synchronised by nobody else.

        An advisory lock belongs to the database session: it outlives the commits, blocks nobody,
        and is gone when the process dies.
        """
        lock = (LOCK_SPACE, connection.id)
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        alone = self.env.cr.fetchone()[0]
        with self._unlocking((LOCK_SPACE, [connection.id] if alone else [])):
            yield alone

    @api.model
    def _is_running(self, connection):
        """Whether some process synchronises it right now."""
        self.env.cr.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND objid = %s AND database = (SELECT oid FROM pg_database WHERE datname = %s)",
            [LOCK_SPACE, connection.id, self.env.cr.dbname],
        )
        return bool(self.env.cr.rowcount)

    @contextmanager
    def _locked(self, names):
        """Keep other processes from doing the same with what has these names; they wait."""
        keys = sorted({zlib.crc32(name.encode()) - 2**31 for name in names})
        locks = (LOCK_SPACE + 1, keys)  # in one order for all, so that nobody waits in a circle
        query = "SELECT pg_advisory_lock(%s, key) FROM unnest(%s::int[]) AS key"
        with self._unlocking(locks):
            self.env.cr.execute(query, locks)
            yield

    @contextmanager
    def _unlocking(self, locks):
        try:
            yield
        except Exception:
            self.env.cr.rollback()  # an aborted transaction could not give the lock back
            raise
        finally:
            query = "SELECT pg_advisory_unlock(%s, key) FROM unnest(%s::int[]) AS key"
            self.env.cr.execute(query, locks)
