"""The upgrade gives stored messages the texts of this version, so that they stay translated."""

import json
import re
from pathlib import Path

import polib
from odoo.modules import get_module_path
from odoo.tools import SQL

from tests.addon.common import LuccaCase, migrate

ADDON = Path(get_module_path("lucca_invoices_sync"))
FORMER_TEXTS = ADDON / "migrations/0.0.0/former-texts.json"


class TestMigration(LuccaCase):
    def upgrade(self, document, **stored):
        """Store text or JSON in columns of a document, and upgrade the database."""
        self.env.flush_all()
        for column, data in stored.items():
            words = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
            self.env.cr.execute(
                SQL(
                    "UPDATE lucca_document SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    words,
                    document.id,
                )
            )
        self.env.invalidate_all()
        migrate(self.env, "0.0.0/post-texts.py", "19.0.1.4.0")

    def test_a_stored_message_is_read_in_the_readers_language(self):
        document = self.book()
        former = {"term": "Odoo takes it for the same as %s.", "values": ["“A” \\ 1"]}
        other = {"term": "Tried again."}
        self.upgrade(document, message={"joined": [former, other], "by": " "})
        self.assertEqual(
            document.message, "Odoo takes it for a duplicate of “A” \\ 1. Tried again."
        )
        self.assertEqual(
            document.with_context(lang="fr_FR").message,
            "Odoo la considère comme un doublon de “A” \\ 1. Nouvel essai.",
        )

    def test_a_stored_change_has_the_present_label(self):
        document = self.book()
        self.upgrade(document, changes=[[{"term": "VAT that you owe yourself"}, "no", "yes"]])
        self.assertEqual(document.changes, [["Self-assessed VAT", "no", "yes"]])

    def test_text_that_is_no_message_stays(self):
        document = self.book()
        words = 'Somebody wrote "term": "VAT that you owe yourself".'
        self.upgrade(document, message=words)
        self.assertEqual(document.message, words)

    def test_each_present_text_is_one_of_this_version(self):
        template = {
            term.msgid for term in polib.pofile(str(ADDON / "i18n/lucca_invoices_sync.pot"))
        }
        for former, present in json.loads(FORMER_TEXTS.read_text("utf-8")).items():
            with self.subTest(former):
                # The usual assertions would print all texts.
                self.assertFalse(former in template, "it is still a text")
                self.assertTrue(present in template, f"no text: {present}")
                self.assertEqual(
                    *(sorted(re.findall(r"%(?:\(\w+\))?s", text)) for text in (former, present))
                )
