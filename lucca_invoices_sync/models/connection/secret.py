"""The API key: where it is kept, and a field that takes it and does not give it back.

A key that is typed in Odoo lives in the table ``lucca-api-key``, which belongs to no model: no
domain, grouping, export or report of Odoo reaches it. A field of somebody's own cannot, either: Odoo
lets people name the table of a many2many field, but refuses names with a hyphen. No statement has
the key in its text, since Odoo's log and PostgreSQL's show statements: it goes in as the data of a
``COPY``.

A row is the key of a connection, or one that was typed on the settings screen, where saving takes two
requests: the first writes what was typed, the second makes it a connection's.
"""

import configparser
import csv
import io
import logging
import os
import re
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools import SQL, config

from ...lucca.api.hosts import is_loopback, is_lucca

_logger = logging.getLogger(__name__)

SECTION = "lucca_invoices_sync"
PREFIX = "LUCCA_API_KEY_"

# An error of PostgreSQL shows the columns of the constraint that is violated, and all columns for
# a CHECK or NOT NULL: there is a foreign key only.
CREATE = """
    CREATE TABLE IF NOT EXISTS "lucca-api-key" (
        id serial,
        connection_id integer REFERENCES lucca_connection ON DELETE CASCADE,
        host varchar,
        api_key varchar
    )
"""
# A table of an earlier version lacks it. Odoo deletes what was typed on a settings screen after an hour.
ADD_SETTINGS = """
    ALTER TABLE "lucca-api-key" ADD COLUMN IF NOT EXISTS
        settings_id integer REFERENCES res_config_settings ON DELETE CASCADE
"""
# PostgreSQL's statistics show frequent values.
HIDE = 'ALTER TABLE "lucca-api-key" ALTER COLUMN api_key SET STATISTICS 0'
#: The two owners that a key may have: the column with the owner's id.
CONNECTION, SETTINGS = SQL.identifier("connection_id"), SQL.identifier("settings_id")
KEEP = 'COPY "lucca-api-key" (%s, host, api_key) FROM STDIN WITH (FORMAT csv)'
FORGET = 'DELETE FROM "lucca-api-key" WHERE %s = ANY(%s)'
# Two people may type a first key at the same time: the newer one counts.
FIND = """
    SELECT DISTINCT ON (%(owner)s) %(owner)s, host, api_key
      FROM "lucca-api-key"
     WHERE %(owner)s = ANY(%(ids)s)
  ORDER BY %(owner)s, id DESC
"""


class SecretChar(fields.Char):
    """A text that can be written and not be read, searched, sorted by, grouped by or exported.

    It is not stored: an ``inverse`` takes it to where it is kept.
    """

    exportable = False

    def convert_to_read(self, value, record, use_display_name=True):
        return False

    def convert_to_export(self, value, record):
        return ""

    def to_sql(self, model, alias):
        message = model.env._("“%s” cannot be searched: it can only be replaced.", self.string)
        raise AccessError(message)  # Odoo takes it as a field that cannot be grouped by


def create_table(cr):
    """Create the table of the keys where it is not there."""
    cr.execute(CREATE)
    cr.execute(ADD_SETTINGS)
    cr.execute(HIDE)


def drop_table(cr):
    """Drop the table, with all keys."""
    cr.execute('DROP TABLE IF EXISTS "lucca-api-key"')


def keep_key(cr, owner_id, host, api_key, owner=CONNECTION):
    """Replace the key of a connection, or what was typed on a settings screen.

    :param host: where the key may be sent, see ``hosts.may_get_key``
    :param api_key: printable text; an error of ``COPY`` would quote anything else
    """
    forget_keys(cr, [owner_id], owner)
    row = io.StringIO()
    csv.writer(row).writerow([owner_id, host, api_key])
    row.seek(0)
    cr.copy_expert(KEEP % owner.code, row)


def forget_keys(cr, owner_ids, owner=CONNECTION):
    """Delete the keys of these connections, or of these settings screens."""
    cr.execute(SQL(FORGET, owner, list(owner_ids)), log_exceptions=False)


def find_keys(cr, owner_ids, owner=CONNECTION):
    """``{owner's id: (host, key)}`` of these connections, or settings screens, that have one."""
    cr.execute(SQL(FIND, owner=owner, ids=list(owner_ids)), log_exceptions=False)
    return {owner_id: (host, api_key) for owner_id, host, api_key in cr.fetchall()}


def environment_key(url):
    """The key of an account in the environment: ``LUCCA_API_KEY_ACME_ILUCCA_NET``.

    Other characters than letters and digits become ``_``, so two hosts can have the same name:
    one outside of Lucca's domains, which an administrator may allow, gets no key from here.
    """
    if not (is_lucca(url) or is_loopback(url)):
        return ""
    name = re.sub(r"[^A-Z0-9]+", "_", urlsplit(url).netloc.upper())
    return os.environ.get(PREFIX + name, "").strip()


def file_key(url):
    """The key of an account in ``odoo.conf``: its host is an option of our section."""
    # "=" only: a host may have a port. Odoo itself reads [options] alone.
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    try:
        parser.read(config["config"])
        return parser.get(SECTION, urlsplit(url).netloc, fallback="").strip()
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        _logger.warning("odoo.conf cannot be read: %s", type(error).__name__)  # it holds secrets
        return ""
