import logging
import zlib
from contextlib import closing, contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lucca.errors import LuccaError, MustWait, WrongKey
from ..troubles import TimeIsUp

_logger = logging.getLogger(__name__)

#: The order is the data's: listed, resolved, booked, completed by its files.
STEPS = ("lucca.sync.list", "lucca.sync.resolve", "lucca.sync.book", "lucca.sync.files")
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
            # Messages stay in the database: they are written for who will read them.
            company = connection.company_id
            lang = connection.responsible_id.lang or company.partner_id.lang or self.env.lang
            connection = connection.with_company(connection.company_id).with_context(
                lang=lang, lucca_connection_id=connection.id
            )
            run = connection.env["lucca.sync.run"].create({"connection_id": connection.id})
            self.env["ir.cron"]._commit_progress()
            return self._try_steps(connection, run)

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
                self._finish(connection, run, client)
                return False
            except Exception as bug:
                self.env.cr.rollback()
                connection.resume_step = False  # the next one begins with the list again
                self._finish(connection, run, client, f"{type(bug).__name__}: {bug}")
                raise

    def _do_steps(self, connection, run, client):
        finished, error, remaining, at = False, False, 0, False
        progress = self.env["lucca.sync.progress"]
        try:
            for step in self._steps(connection):
                connection.resume_step = step
                progress._tell(connection, step)
                connection.env[step]._run(run, client)
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
        self._finish(connection, run, client, error, remaining, at)
        return finished

    def _steps(self, connection):
        """All steps; after an interruption, first the rest of what was begun.

        Else a small request budget would be spent on listing again, each time.
        """
        resumed = connection.resume_step
        rest = STEPS[STEPS.index(resumed) :] if resumed in STEPS[1:] else ()
        return (*rest, *STEPS)

    def _finish(self, connection, run, client=None, error=False, remaining=0, at=False):
        """Tell on the run and on the connection how it ended, and commit.

        :param remaining: what the scheduler is to go on with at once
        :param at: when it goes on, where it has to wait
        """
        now = fields.Datetime.now()
        run.write({"end": now, "error": error, "requests": client.requests if client else 0})
        run._fold()
        connection.write({"last_sync_at": now, "last_error": error})
        if client and client.list_path != connection.list_path:
            connection.list_path = client.list_path
        connection._update_activity()
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
        with self._unlocking(lock if alone else None):
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
    def _locked(self, name):
        """Keep other processes from doing the same with what has this name; they wait."""
        lock = (LOCK_SPACE + 1, zlib.crc32(name.encode()) - 2**31)
        self.env.cr.execute("SELECT pg_advisory_lock(%s, %s)", lock)
        with self._unlocking(lock):
            yield

    @contextmanager
    def _unlocking(self, lock):
        try:
            yield
        except Exception:
            self.env.cr.rollback()  # an aborted transaction could not give the lock back
            raise
        finally:
            if lock:
                self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", lock)
