"""The command setup/texts: write the addon's texts into the files of i18n/."""

from __future__ import annotations

import sys

from . import processes
from .console import say
from .databases import ADDON
from .odoo import Odoo
from .workshop import CHECKOUT, opened

FOLDER = CHECKOUT / ADDON / "i18n"
TEMPLATE = FOLDER / f"{ADDON}.pot"
FRENCH = FOLDER / "fr.po"
USAGE = """usage: setup/texts

Writes i18n/lucca_invoices_sync.pot anew, as Odoo exports it from a database with the addon. In fr.po, new texts are
added without a translation, and texts that are gone are removed.

ODOO_HOME        an Odoo 19.0 tree to use, instead of Debian's package or a clone
PGHOST, PGPORT, PGUSER, PGPASSWORD
                 a PostgreSQL server to use, instead of an embedded one
XDG_CACHE_HOME   where what is costly is kept (default: ~/.cache)
"""
# Odoo's own export of French leaves the translations of the code empty, so they are merged by polib, whose dates are
# those of the template.
MERGE = """
import sys, polib
template, french = polib.pofile(sys.argv[1]), polib.pofile(sys.argv[2])
french.merge(template)
kept = {(one.msgctxt, one.msgid): one for one in french if not one.obsolete}
french[:] = [kept[one.msgctxt, one.msgid] for one in template]
french.metadata["POT-Creation-Date"] = template.metadata["POT-Creation-Date"]
french.save()
print(*(f"  to translate: {one.msgid}" for one in french if not one.translated()), sep="\\n")
"""


def main() -> int:
    """Write the files, and return the exit code."""
    if set(sys.argv[1:]) & {"-h", "--help"}:
        print(USAGE)
        return 0
    with opened() as workshop, workshop.databases.test() as database:
        say("The texts")
        _export(workshop.odoo, database)
        merge = [workshop.odoo.venv.python, "-c", MERGE, TEMPLATE, FRENCH]
        return processes.foreground(merge, workshop.env, CHECKOUT)


def _export(odoo: Odoo, database: str) -> None:
    # This command of Odoo takes the configuration after its own name, unlike the others.
    options = ["--config", odoo.configuration, "--database", database]
    command = [odoo.venv.python, "-m", "odoo", "i18n", "export", *options, ADDON]
    folder = odoo.configuration.parent
    processes.run(command, "Exporting the texts failed", env=odoo.env, cwd=folder)
