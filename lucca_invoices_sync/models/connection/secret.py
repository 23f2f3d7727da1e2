"""The storage of API keys, and a field that can be written but not read.

Keys that people type in Odoo are in the table ``lucca-api-key``. It belongs to no model, so no
domain, grouping, export or report of Odoo reaches it. A custom field cannot reach it, either: Odoo
lets people name the table of a many2many field, but refuses names with a hyphen. The logs of Odoo
and PostgreSQL show statements, so no statement contains a key: it is written as the data of a
``COPY``.

A row belongs to a connection, or to a settings screen. Saving that screen takes two requests: the
first stores the typed key, the second gives it to a connection.
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

# PostgreSQL's errors show the columns of a violated constraint, and the whole row for a CHECK or
# NOT NULL. The table therefore has no constraint beside its foreign keys.
CREATE = """
    CREATE TABLE IF NOT EXISTS "lucca-api-key" (
        id serial,
        connection_id integer REFERENCES lucca_connection ON DELETE CASCADE,
        host varchar,
        api_key varchar
    )
"""
# A table of an earlier version lacks this column. Odoo deletes the rows of settings screens after an hour.
ADD_SETTINGS = """
    ALTER TABLE "lucca-api-key" ADD COLUMN IF NOT EXISTS
        settings_id integer REFERENCES res_config_settings ON DELETE CASCADE
"""
# PostgreSQL's statistics would show frequent values.
HIDE = 'ALTER TABLE "lucca-api-key" ALTER COLUMN api_key SET STATISTICS 0'
#: The columns with the id of a key's owner: a connection, or a settings screen.
CONNECTION, SETTINGS = SQL.identifier("connection_id"), SQL.identifier("settings_id")
KEEP = 'COPY "lucca-api-key" (%s, host, api_key) FROM STDIN WITH (FORMAT csv)'
FORGET = 'DELETE FROM "lucca-api-key" WHERE %s = ANY(%s)'
# If two people type a first key at the same time, the newer one is used.
FIND = """
    SELECT DISTINCT ON (%(owner)s) %(owner)s, host, api_key
      FROM "lucca-api-key"
     WHERE %(owner)s = ANY(%(ids)s)
  ORDER BY %(owner)s, id DESC
"""


class SecretChar(fields.Char):
    """A text that can be written, but not be read, searched, sorted by, grouped by or exported.

    The field is not stored: its ``inverse`` stores the text elsewhere.
    """

    exportable = False

    def convert_to_read(self, value, record, use_display_name=True):
        return False

    def convert_to_export(self, value, record):
        return ""

    def to_sql(self, model, alias):
        message = model.env._("“%s” cannot be searched: it can only be replaced.", self.string)
        raise AccessError(message)  # Odoo then takes the field for one that cannot be grouped by


def create_table(cr):
    """Create the table of the keys if it does not exist."""
    cr.execute(CREATE)
    cr.execute(ADD_SETTINGS)
    cr.execute(HIDE)


def drop_table(cr):
    """Drop the table with all keys."""
    cr.execute('DROP TABLE IF EXISTS "lucca-api-key"')


def keep_key(cr, owner_id, host, api_key, owner=CONNECTION):
    """Store the key of a connection or a settings screen in place of its former one.

    :param owner_id: the id of the connection or settings screen
    :param host: the host that may get the key, see ``hosts.may_get_key``
    :param api_key: printable text; an error of ``COPY`` would quote any other
    :param owner: ``CONNECTION`` or ``SETTINGS``
    """
    forget_keys(cr, [owner_id], owner)
    row = io.StringIO()
    csv.writer(row).writerow([owner_id, host, api_key])
    row.seek(0)
    cr.copy_expert(KEEP % owner.code, row)


def forget_keys(cr, owner_ids, owner=CONNECTION):
    """Delete the keys of connections or settings screens."""
    cr.execute(SQL(FORGET, owner, list(owner_ids)), log_exceptions=False)


def find_keys(cr, owner_ids, owner=CONNECTION):
    """Return ``{owner's id: (host, key)}`` of those connections or settings screens that have a key."""
    cr.execute(SQL(FIND, owner=owner, ids=list(owner_ids)), log_exceptions=False)
    return {owner_id: (host, api_key) for owner_id, host, api_key in cr.fetchall()}


def environment_key(url):
    """Return the key of an account from the environment, such as ``LUCCA_API_KEY_ACME_ILUCCA_NET``.

    Characters other than letters and digits become ``_``, so two hosts can have the same variable.
    Therefore hosts outside of Lucca's domains, which an administrator may allow, get no key here.
    """
    if not (is_lucca(url) or is_loopback(url)):
        return ""
    name = re.sub(r"[^A-Z0-9]+", "_", urlsplit(url).netloc.upper())
    return os.environ.get(PREFIX + name, "").strip()


def _option(name):
    """Return an option as it is compared: a host without case, and the exact name of a database."""
    host, at, database = name.partition("@")
    return f"{host.lower()}{at}{database}"


def _read_section(path):
    """Return our section of ``odoo.conf`` as text; empty if there is no such file or section.

    Odoo reads other sections by other rules: ``option: value`` is valid there, and not in ours.
    """
    lines, is_ours = [], False
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                if header := configparser.RawConfigParser.SECTCRE.match(line):
                    is_ours = header["header"] == SECTION
                if is_ours:
                    lines.append(line)
    return "".join(lines)


def file_key(url, database):
    """Return the key of an account from ``odoo.conf``, where its host is an option of our section.

    An option ``host@database`` is for one database only. It wins over the host alone, whose key each
    database of the server may use.
    """
    # The delimiter is "=" only, as a host may have a port after ":".
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = _option
    try:
        parser.read_string(_read_section(config["config"]))
        host = urlsplit(url).netloc
        found = [parser.get(SECTION, one, fallback="") for one in (f"{host}@{database}", host)]
        return next((api_key.strip() for api_key in found if api_key.strip()), "")
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        # The text of the error may contain a key.
        _logger.warning("odoo.conf cannot be read: %s", type(error).__name__)
        return ""
