"""The addon speaks French: nothing is left out, and messages are in their reader's language."""

import re
from io import BytesIO
from pathlib import Path

import polib
from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

from tests.addon.common import LuccaCase

MODULE = "lucca_invoices_sync"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"</?\w+|/>")


def committed(name):
    return (Path(get_module_path(MODULE)) / "i18n" / name).read_text("utf-8")


def without_dates(pot):
    return [line for line in pot.splitlines() if not re.match(r'"[\w-]+-Date: ', line)]


class TestTranslations(LuccaCase):
    def test_the_template_is_what_odoo_exports(self):
        self.maxDiff = None
        exported = BytesIO()
        trans_export(None, [MODULE], exported, "po", self.env)
        self.assertEqual(
            without_dates(committed(f"{MODULE}.pot")),
            without_dates(exported.getvalue().decode()),
            f"export it again: odoo-bin i18n export -d <database> {MODULE}",
        )

    def test_all_of_it_is_in_french(self):
        french = {term.msgid: term for term in polib.pofile(committed("fr.po"))}
        template = polib.pofile(committed(f"{MODULE}.pot"))
        self.assertEqual(set(french), {term.msgid for term in template})
        for source, term in french.items():
            with self.subTest(source):
                self.assertTrue(term.translated(), "empty, fuzzy or obsolete")
                for kept in (PLACEHOLDER, TAG):
                    self.assertEqual(
                        sorted(kept.findall(term.msgstr)), sorted(kept.findall(source))
                    )

    def test_an_error_is_told_in_the_language_of_the_responsible(self):
        self.connection.responsible_id.lang = "fr_FR"
        self.connection.api_key = "wrong"
        self.sync()
        self.assertIn("Lucca n'accepte pas la clé d'API", self.connection.last_error)

    def test_a_waiting_document_says_in_french_what_to_do(self):
        self.connection.responsible_id.lang = "fr_FR"
        self.connection.supplier_policy = "match"
        document = self.book()
        self.assertIn("choisissez-en un dans les correspondances", document.message)
        french = document.with_context(lang="fr_FR").export_data(["reason"])["datas"]
        self.assertEqual(french, [["Fournisseur inconnu"]])
