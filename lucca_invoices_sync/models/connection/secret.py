"""The API key: a field that does not give it away, and places outside of the database for it."""

import configparser
import logging
import os
import re
from urllib.parse import urlsplit

from odoo import fields
from odoo.tools import config

_logger = logging.getLogger(__name__)

SECTION = "lucca_invoices_sync"
PREFIX = "LUCCA_API_KEY_"


class SecretChar(fields.Char):
    """A text that goes in and does not come out: ``read``, forms and exports show nothing."""

    def convert_to_read(self, value, record, use_display_name=True):
        return False

    def convert_to_export(self, value, record):
        return ""


def environment_key(url):
    """The key of an account in the environment: ``LUCCA_API_KEY_ACME_ILUCCA_NET``."""
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
