"""A message is stored once, and each reader sees it in their own language."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import polib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from odoo.addons.lucca_invoices_sync.models.document.ways_out import WAYS_OUT
from odoo.addons.lucca_invoices_sync.models.messages import (
    Message,
    Messages,
    Money,
    Rate,
    Reason,
    Size,
    Words,
    in_words,
    joined,
    lines,
    quoted,
    read_message,
    sentences,
)
from odoo.modules import get_module_path
from odoo.tests import TransactionCase

from tests.addon.common import LuccaCase, migrate
from tests.addon.ways import BROUGHT_BY, WaysCase
from tests.books import user_of

_lt = Messages("lucca_invoices_sync")
MODULE = Path(get_module_path("lucca_invoices_sync"))
BILLING = "account.group_account_invoice"
#: Buttons in messages that are no ways out of a document.
ELSEWHERE = {"Choose", "Do Not Import"}
#: A currency that the database does not have is shown by its code.
CODES = ["EUR", "USD", "JPY", "XXX"]

texts = st.text(max_size=20)
amounts = st.decimals(-(10**12), 10**12, places=2)
figures = (
    texts
    | st.integers()
    | st.none()
    | st.dates()
    | st.builds(Money, st.sampled_from(CODES), amounts)
    | st.builds(Rate, st.decimals(-2, 2, places=4))
    | st.builds(Size, st.none() | st.integers(0, 10**12))
    | st.builds(Reason, texts)
)
templates = st.sampled_from(
    ["%(a)s is %(b)s.", "Nothing", "100 %% of %(a)s", "%(c)s", "%(a)d", "%"]
)


def message_of(template, values):
    return _lt(template, **values)


messages = st.recursive(
    figures,
    lambda parts: (
        st.builds(message_of, templates, st.dictionaries(st.sampled_from("ab"), parts))
        | st.builds(joined, st.lists(parts, max_size=3), texts)
        | st.lists(parts, max_size=3)
    ),
    max_leaves=8,
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "term",
                    "values",
                    "joined",
                    "quoted",
                    "by",
                    "money",
                    "rate",
                    "day",
                    "size",
                    "reason",
                    "module",
                    "of",
                ]
            ),
            parts,
            max_size=3,
        )
    ),
    max_leaves=8,
)
often = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
)


class TestMessage(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.english = cls.env(context={"lang": "en_US"})
        cls.french = cls.env(context={"lang": "fr_FR"})

    @often
    @given(messages)
    def test_a_stored_message_keeps_its_values(self, values):
        message = _lt("%(it)s", it=values)
        stored = json.loads(json.dumps(message.as_text()))
        self.assertEqual(read_message(stored), message)
        for env in (self.english, self.french):
            self.assertEqual(in_words(env, stored), message.in_words(env))

    @often
    @given(plain)
    def test_a_malformed_message_breaks_no_screen(self, data):
        for stored in (data, json.dumps(data)):
            self.assertIsInstance(in_words(self.french, stored), str)

    @often
    @given(texts | plain.map(json.dumps))
    @example('{"size": 2048}')
    def test_texts_of_others_are_not_translated(self, words):
        stored = Message(words).as_text()
        self.assertEqual(in_words(self.french, stored), words)
        self.assertIn(words, in_words(self.french, _lt("Odoo: %s", words)))

    def test_amounts_and_dates_have_the_readers_format(self):
        told = _lt(
            "%(amount)s, %(rate)s, %(day)s, %(size)s",
            amount=Money("EUR", Decimal("1234.5")),
            rate=Rate(Decimal("0.055")),
            day=date(2026, 1, 31),
            size=Size(1500000),
        )
        self.assertEqual(told.in_words(self.english), "1,234.50\xa0€, 5.5 %, 01/31/2026, 1.43 Mb")
        self.assertEqual(told.in_words(self.french), "1\xa0234,50\xa0€, 5,5 %, 31/01/2026, 1,43 Mb")

    def test_a_reason_has_the_name_that_the_document_shows(self):
        told = _lt("Accepted: %s.", Reason("duplicate_bill"))
        self.assertEqual(told.in_words(self.english), "Accepted: Bill exists already.")
        reason = self.french["lucca.document"]._fields["reason"]
        label = dict(reason._description_selection(self.french))["duplicate_bill"]
        self.assertIn(label, told.in_words(self.french))
        self.assertEqual(in_words(self.english, _lt("%s", Reason("of no addon"))), "?")

    def test_messages_within_a_message_are_translated_too(self):
        told = _lt("Payment in Lucca: %s", _lt("Rejected"))
        self.assertEqual(told.in_words(self.french), "Paiement dans Lucca : Rejetée")

    def test_a_template_without_a_translation_is_shown_in_english(self):
        self.assertEqual(in_words(self.french, _lt("No such %s.", "term")), "No such term.")

    def test_a_missing_value_is_a_question_mark(self):
        self.assertEqual(in_words(self.english, _lt("%(a)s and %(b)s", a=1)), "1 and ?")
        self.assertEqual(in_words(self.english, Message({"day": "someday"})), "?")

    def test_a_record_has_its_name_in_the_readers_language(self):
        country = self.env.ref("base.de")
        told = _lt("It is in %s.", country)
        self.assertEqual(told.in_words(self.english), "It is in Germany.")
        self.assertEqual(told.in_words(self.french), "It is in Allemagne.")
        partner = self.env["res.partner"].create({"name": "Moreau"})
        self.assertEqual(_lt("%s", partner).in_words(self.french), "Moreau")

    def test_names_are_quoted_by_the_marks_of_the_readers_language(self):
        countries = self.env.ref("base.de") | self.env.ref("base.it")
        told = _lt("%s", quoted(countries))
        self.assertEqual(told.in_words(self.english), "“Germany”, “Italy”")
        self.assertEqual(told.in_words(self.french), "«\xa0Allemagne\xa0», «\xa0Italie\xa0»")
        self.assertEqual(read_message(told.as_text()), told)

    def test_a_draft_bill_is_named_in_the_readers_language(self):
        bill = self.env["account.move"].create({"move_type": "in_invoice", "ref": "F-1"})
        told = _lt("See %s.", bill.with_env(self.french))
        self.assertEqual(told.in_words(self.english), "See draft bill “F-1”.")
        self.assertEqual(told.in_words(self.french), "See facture en brouillon « F-1 ».")
        bill.ref = False
        self.assertEqual(_lt("See %s.", bill).in_words(self.english), "See draft bill.")

    def test_a_deleted_record_keeps_its_last_name(self):
        term = self.env["account.payment.term"].create({"name": "Later"})
        told = _lt("By %s", term)
        term.unlink()
        self.assertEqual(told.in_words(self.french), "By Later")

    def test_no_other_record_is_read(self):
        stored = {"name": "-", "of": ["res.users", self.env.user.id]}
        self.assertEqual(in_words(self.english, stored), "-")

    def test_another_addon_has_its_own_translations(self):
        other = Messages("odoo.addons.account.models.account_move")
        self.assertEqual(in_words(self.french, other("Draft Bill")), self.odoos("Draft Bill"))
        self.assertNotEqual(self.odoos("Draft Bill"), "Draft Bill")

    def odoos(self, term):
        path = Path(get_module_path("account"), "i18n", "fr.po")
        return next(one.msgstr for one in polib.pofile(str(path)) if one.msgid == term)

    def test_empty_parts_are_left_out_and_equal_parts_are_shown_once(self):
        self.assertEqual(in_words(self.english, sentences(_lt("A."), "", False, "B.")), "A. B.")
        self.assertEqual(in_words(self.english, lines([_lt("A."), "B.", _lt("A.")])), "A.\nB.")
        self.assertEqual(in_words(self.english, False), "")

    def test_html_stays_html(self):
        self.assertEqual(in_words(self.english, Markup("<b>A</b>")), Markup("<b>A</b>"))


class TestTemplates(TransactionCase):
    """The templates given to ``_lt`` in the addon's code, and their French translations."""

    CALL = re.compile(r'_lt\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)(,\s*\w[^=(]*=)?')
    BUTTON = re.compile(r"[Pp]ress “([^”]+)”")
    PLACE = re.compile(r"%(?:\((\w+)\))?[sd]|%%")

    def templates(self):
        for path in MODULE.rglob("*.py"):
            for found in self.CALL.finditer(path.read_text("utf-8")):
                parts = re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])
                yield path.name, "".join(parts).replace('\\"', '"')

    def places(self, text):
        return sorted(found[0] for found in self.PLACE.finditer(text))

    def test_the_search_finds_templates(self):
        self.assertGreater(len(list(self.templates())), 100)

    def test_french_templates_have_the_same_placeholders(self):
        french = {one.msgid: one.msgstr for one in polib.pofile(str(MODULE / "i18n" / "fr.po"))}
        for path, template in self.templates():
            if translated := french.get(template):
                with self.subTest(f"{path}: {template}"):
                    self.assertEqual(self.places(translated), self.places(template))

    def test_each_button_named_in_a_template_exists(self):
        labels = {str(way.label) for ways in WAYS_OUT.values() for way in ways} | ELSEWHERE
        named = {
            (button, f"{path}: {template}")
            for path, template in self.templates()
            for button in self.BUTTON.findall(template)
        }
        self.assertTrue(named)
        self.assertEqual({where for button, where in named if button not in labels}, set())

    def test_each_placeholder_has_a_name_or_is_the_only_one(self):
        for path, template in self.templates():
            unnamed = [place for place in self.places(template) if place in ("%s", "%d")]
            self.assertTrue(len(unnamed) <= 1, f"{path}: {template}")


class ReadersCase(WaysCase):
    """Two users read the same records, one in English and one in French."""

    def prepare(self):
        super().prepare()
        self.readers = {
            code: user_of(self.env, BILLING, self.company, login=code, lang=code)
            for code in ("en_US", "fr_FR")
        }
        self.connection.responsible_id = self.readers["en_US"]

    def read(self, record, name, code):
        user = self.readers[code]
        user.company_ids |= record.company_id if "company_id" in record else user.company_ids
        context = {"lang": code, "allowed_company_ids": user.company_ids.ids}
        return record.with_user(user).with_context(**context).read([name])[0][name]

    def assertReadByBoth(self, record, name):
        """Assert that each reader sees a stored message in their own language and no other. Return both texts."""
        english, french = (self.read(record, name, code) for code in ("en_US", "fr_FR"))
        for words in (english, french):
            self.assertIs(type(words), str, "XML-RPC sends nothing else")
        self.assertNotIn('"term"', english + french)
        message = record[name].message
        terms = set(terms_of(message.data))
        self.assertTrue(terms, f"{english} was stored as words")
        catalogue = {one.msgid: one.msgstr for one in polib.pofile(str(MODULE / "i18n" / "fr.po"))}
        if any(catalogue.get(term) for term in terms):
            self.assertNotEqual(english, french)
        return english, french


def terms_of(data):
    """Return the templates in a message."""
    if isinstance(data, list):
        return [term for part in data for term in terms_of(part)]
    if not isinstance(data, dict):
        return []
    own = [data["term"]] if "term" in data else []
    return own + [term for part in data.values() for term in terms_of(part)]


class TestReaders(ReadersCase):
    def test_each_reason_is_read_by_both(self):
        self.connection.active = False
        for reason in BROUGHT_BY:
            with self.subTest(reason), self.env.cr.savepoint() as savepoint:
                self.start_lucca()
                self.connection = self.connect()
                self.assertReadByBoth(self.waiting(reason), "message")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_failure_is_read_by_both(self):
        purchase = self.add_purchase()
        self.server.faults.fail(500, times=None, path="purchases")
        document = self.book(purchase=purchase)
        self.assertEqual(document.state, "failed")
        self.assertReadByBoth(document, "message")

    def test_a_persons_decision_is_read_by_both(self):
        document = self.waiting("unknown_supplier")
        document.action_ignore("paid in cash")
        english, french = self.assertReadByBoth(document, "message")
        self.assertIn("decided not to import it: paid in cash", english)
        self.assertIn("paid in cash", french)

    def test_an_error_of_the_connection_and_of_its_run_is_read_by_both(self):
        self.connection.api_key = "wrong"
        self.sync()
        for record, name in ((self.connection, "last_error"), (self.runs()[0], "error")):
            english, french = self.assertReadByBoth(record, name)
            self.assertIn("Lucca does not accept the API key", english)
            self.assertIn("Lucca n'accepte pas la clé d'API", french)

    def test_a_change_is_read_by_both(self):
        json_ = self.tenant.add_invoice(purchase=self.add_purchase(), number="F-1", files=())
        self.sync()
        document = self.document(json_)
        document.move_id.ref = "edited"
        self.tenant.change(json_, dueDate="2027-01-31")
        self.connection.last_audit_at = False
        self.sync()
        tables = [self.read(document, "changes_table", code) for code in ("en_US", "fr_FR")]
        for table, words in zip(tables, ("01/31/2027", "31/01/2027"), strict=True):
            self.assertIn(words, table)
        self.assertEqual(self.read(document, "changes", "fr_FR")[0][0], "Date d'échéance")
        self.assertEqual(self.read(document, "changes", "en_US")[0][0], "Due date")

    def test_a_text_that_was_read_is_written_back_as_the_stored_message(self):
        document = self.waiting("unmapped_tax")
        before = document.message.message
        document.message = document.with_context(lang="fr_FR").message
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(document.message.message, before)

    def test_the_words_of_another_addon_stay_even_if_they_look_like_a_template(self):
        document, words = self.waiting("unmapped_tax"), '{"term": "Paid", "module": "base"}'
        document.message = words
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(document.message, words)
        document.message = document._convert_to_write({"message": document.message})["message"]
        self.assertEqual(document.message, words)

    def test_messages_can_be_searched_grouped_and_exported(self):
        document = self.waiting("unmapped_tax")
        self.assertIn(document, document.search([("message", "ilike", "Choose the Tax")]))
        self.assertIn(document, document.search([("message", "!=", False)]))
        self.assertTrue(document._read_group([], ["message"], ["__count"]))
        exported = document.export_data(["message"])["datas"]
        self.assertEqual(exported, [[str(document.message)]])


class TestUnreadable(LuccaCase):
    def test_the_message_about_an_unreadable_document_says_what_is_wrong_and_what_to_do(self):
        told = {
            "documentDate": ("someday", "What Lucca gives as document date of this document"),
            "amountIncludingTaxes": (None, "Lucca gives no amounts for this document"),
        }
        for key, (value, words) in told.items():
            with self.subTest(key):
                message = self.book(**{key: value}).message
                self.assertIn(words, message)
                self.assertIn(f"({key}", message)
                self.assertIn("Correct it in Lucca, then press “Retry”", message)

    def test_an_amount_with_too_many_decimals_is_shown_with_all_of_them(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(100, "0.2")])
        amounts = json["amountIncludingTaxes"]
        for side in ("base", "counter"):
            amounts[side]["excludingTaxes"]["value"] = 100.004
        self.tenant.change(json, amountIncludingTaxes=amounts)
        self.sync()
        self.assertIn("100.004 EUR has more decimals", self.document(json).message)


class TestOneLanguage(ReadersCase):
    """Notes and activities are read by many users, so they stay in one language."""

    def test_an_activity_is_in_the_language_of_its_user(self):
        self.connection.responsible_id = self.readers["fr_FR"]
        self.waiting("unknown_supplier")
        self.assertIn("Fournisseur inconnu : 1", self.connection.activity_ids.note)

    def test_the_notes_on_a_bill_are_in_the_connections_language_whoever_acts(self):
        document = self.book(files=("plan.pdf",))
        document.file_ids.state = "pending"
        document.file_ids.with_user(self.readers["fr_FR"]).with_context(
            lang="fr_FR"
        ).action_leave_out()
        self.assertIn("The file “", document.move_id.message_ids[0].body)
        self.connection.responsible_id = self.readers["fr_FR"]
        document.file_ids.state = "pending"
        document.file_ids.with_user(self.readers["en_US"]).action_leave_out()
        self.assertIn("Ouvrir Lucca", document.move_id.message_ids[0].body)


class TestOlderWords(LuccaCase):
    """Texts that version 19.0.1.3.0 stored in the language of the responsible."""

    def test_old_texts_are_shown_as_they_were_stored(self):
        document, words = self.book(), "Choisissez la taxe « 20 % »."
        self.env.cr.execute(
            "UPDATE lucca_document SET message = %s WHERE id = %s", [words, document.id]
        )
        document.invalidate_recordset()
        for code in ("en_US", "fr_FR"):
            self.assertEqual(document.with_context(lang=code).message, words)

    def test_old_changes_get_labels_in_each_language(self):
        document = self.book()
        rows = [["Date d'échéance", "30/01/2026", "31/01/2026"], ["Fournisseur", "A", "B"]]
        self.env.cr.execute(
            "UPDATE lucca_document SET changes = %s, purchase_changes = %s WHERE id = %s",
            [json.dumps(rows[:1]), json.dumps(rows[1:]), document.id],
        )
        document.invalidate_recordset()
        migrate(self.env, "19.0.1.4.0/post-messages.py", "19.0.1.3.0")
        self.assertEqual(document.changes, [["Due date", "30/01/2026", "31/01/2026"]])
        self.assertEqual(document.purchase_changes, [["Supplier", "A", "B"]])
        french = document.with_context(lang="fr_FR")
        self.assertEqual(french.changes, rows[:1])
        self.assertIsInstance(french.changes[0][1], Words)
