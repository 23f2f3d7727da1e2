"""The French translation is complete, and uses Odoo's words."""

import re
import unicodedata
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import polib
from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

from tests.addon.common import LuccaCase

MODULE = "lucca_invoices_sync"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"</?\w+|/>")
#: Odoo's own addons whose terms an accountant sees on the same screens.
NEIGHBOURS = ("account", "analytic", "base", "digest", "mail", "web")
#: Terms that differ from Odoo's own French, and why.
WORDED_OTHERWISE = {
    "Attach Files": "the connection attaches the files of Lucca, not any files",
    "Cancelled": "said of an invoice, which is feminine",
    "Choose": "a button: ours are all infinitives, as most of Odoo's are",
    "From": "the day that a period begins on, not a sender",
    "If checked, some messages have a delivery error.": "Odoo has two translations of it",
    "Invoices": "Lucca's own, of suppliers; Odoo means those to customers",
    "New": "a number of documents",
    "New:": "a number of documents",
    "Next planned execution date for this job.": "Odoo has two translations of it",
    "Open": "a button, not a state",
    "Paid": "said of an invoice, which is feminine",
    "Payload": "Odoo translates it word by word, which nobody understands",
    "Purchase": "one purchase of Lucca, not the application",
    "Refund": "one from a supplier; Odoo means any, and says avoir where it is a supplier's",
    "Refunds": "those from suppliers",
    "Rejected": "said of an invoice, which is feminine",
    "Removed": "said of an invoice, which is feminine",
    "Run": "a synchronisation that ran, not the order to run one",
    "Schedule": "a heading, not a button",
}
#: Odoo's French word for posted, which must not describe a draft.
POSTED = re.compile(r"comptabilis", re.IGNORECASE)


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

    def test_each_term_is_translated(self):
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

    def test_a_reason_is_told_in_the_language_of_the_reader(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        french = document.with_context(lang="fr_FR").export_data(["reason"])["datas"]
        self.assertEqual(french, [["Fournisseur inconnu"]])


class TestFrench(LuccaCase):
    """Our French uses Odoo's words where Odoo has the same term."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = {term.msgid: term.msgstr for term in polib.pofile(committed("fr.po"))}

    def test_terms_that_odoo_has_too_are_translated_like_odoos(self):
        odoos = odoos_french()
        shared = {source for source in self.french if source in odoos}
        differing = {source for source in shared if plain(self.french[source]) not in odoos[source]}
        self.assertGreater(len(shared), 100)
        self.assertEqual(differing - set(WORDED_OTHERWISE), set())

    def test_each_listed_exception_really_differs_from_odoo(self):
        odoos = odoos_french()
        needless = {
            source
            for source in WORDED_OTHERWISE
            if plain(self.french.get(source, "")) in {"", *odoos[source]}
        }
        self.assertEqual(needless, set())

    def test_only_posted_bills_are_called_posted(self):
        for source, words in self.french.items():
            with self.subTest(source):
                says_posted = re.search(r"\b(auto)?post(s|ed|ing)?\b", source, re.IGNORECASE)
                self.assertEqual(bool(POSTED.search(words)), bool(says_posted), words)

    def test_ignorer_translates_only_discard(self):
        said = {source for source, words in self.french.items() if words == "Ignorer"}
        self.assertLessEqual(said, {"Discard"})


def odoos_french():
    """Return ``{source: {translation}}`` of Odoo's own addons."""
    found = defaultdict(set)
    for module in NEIGHBOURS:
        for term in polib.pofile(str(Path(get_module_path(module)) / "i18n" / "fr.po")):
            found[term.msgid].add(plain(term.msgstr))
    return found


def plain(words):
    """Return a text without differences that are only typography."""
    return unicodedata.normalize("NFC", words).replace("\xa0", " ").replace("’", "'")
