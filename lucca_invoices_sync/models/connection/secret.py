"""The API key: where it is kept, and a field that takes it and does not give it back.

A key that is typed in Odoo lives in the table ``lucca-api-key``, which belongs to no model: no
domain, grouping, export or report of Odoo reaches it. A field of somebody's own cannot, either: Odoo
lets people name the table of a many2many field, but refuses names with a hyphen. No statement has
the key in its text, since Odoo's log and PostgreSQL's show statements: it goes in as the data of a
``COPY``.
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
from odoo.tools import config

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
# PostgreSQL's statistics show frequent values.
HIDE = 'ALTER TABLE "lucca-api-key" ALTER COLUMN api_key SET STATISTICS 0'
KEEP = 'COPY "lucca-api-key" (connection_id, host, api_key) FROM STDIN WITH (FORMAT csv)'
FORGET = 'DELETE FROM "lucca-api-key" WHERE connection_id = ANY(%s)'
# Two people may type a first key at the same time: the newer one counts.
FIND = """
    SELECT DISTINCT ON (connection_id) connection_id, host, api_key
      FROM "lucca-api-key"
     WHERE connection_id = ANY(%s)
  ORDER BY connection_id, id DESC
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
    cr.execute(HIDE)


def drop_table(cr):
    """Drop the table, with all keys."""
    cr.execute('DROP TABLE IF EXISTS "lucca-api-key"')


def keep_key(cr, connection_id, host, api_key):
    """Replace the key of a connection.

    :param host: where the key may be sent, see ``hosts.may_get_key``
    :param api_key: printable text; an error of ``COPY`` would quote anything else
    """
    forget_keys(cr, [connection_id])
    row = io.StringIO()
    csv.writer(row).writerow([connection_id, host, api_key])
    row.seek(0)
    cr.copy_expert(KEEP, row)


def forget_keys(cr, connection_ids):
    """Delete the keys of these connections."""
    cr.execute(FORGET, [list(connection_ids)], log_exceptions=False)


def find_keys(cr, connection_ids):
    """``{connection id: (host, key)}`` of these connections that have one."""
    cr.execute(FIND, [list(connection_ids)], log_exceptions=False)
    return {connection_id: (host, api_key) for connection_id, host, api_key in cr.fetchall()}


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
