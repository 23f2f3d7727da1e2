"""Untidy documents of people and OCR become an exact bill, a bill with a named doubt, or have a way out."""

import os
from random import SystemRandom

from tests.addon.common import KEY, LuccaCase, figures_kept
from tests.simulator import Tenant
from tests.simulator.untidy import Untidy

#: LUCCA_UNTIDY_DOCUMENTS=2000 takes some minutes.
DOCUMENTS = int(os.environ.get("LUCCA_UNTIDY_DOCUMENTS", "120"))
#: Each run has another seed; the message of a failure names it.
SEED = int(os.environ.get("LUCCA_UNTIDY_SEED", SystemRandom().randrange(10**6)))
#: The most decisions about one document; each accepts another doubt.
DECISIONS = 6
NO_CURRENCY = (
    "invalid_document: The amounts of this document do not have one currency in Lucca:"
    " Invalid (amountIncludingTaxes.base). Correct it in Lucca, then press “Retry”, or press “Enter by"
    " Hand”."
)


class TestUntidyDocuments(LuccaCase):
    def setUp(self):
        super().setUp()
        for code, rate in (("USD", 1.1), ("GBP", 0.85), ("CHF", 0.93), ("SEK", 11.2)):
            currency = self.env.ref(f"base.{code}")
            currency.active = code != "SEK"
            self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": rate})
        self.connection.auto_post = True
        self.jsons = {(json["type"], json["id"]): json for json in self.tenant.approved()}

    def start_lucca(self, tenant=None):
        tenant = Tenant(api_key=KEY)
        Untidy(tenant, SEED).add(DOCUMENTS)
        return super().start_lucca(tenant)

    def test_each_document_is_booked_exactly_or_waits_with_a_way_out(self):
        with figures_kept(self.env):
            self.sync()
        self.assertEqual(len(self.documents()), DOCUMENTS)
        self.assertEachIsSound()
        for _decision in range(DECISIONS):
            self.decide()
            self.sync()
        self.assertEachIsSound()
        stuck = self.documents().filtered(lambda d: d.state != "imported")
        # A document without a currency can only be corrected in Lucca, or ignored.
        self.assertEqual({self.why(document) for document in stuck} - {NO_CURRENCY}, set())

    def assertEachIsSound(self):
        found = [words for one in self.documents() for words in self.unsound(one)]
        self.assertEqual(found, [], f"seed {SEED}")

    def unsound(self, document):
        """Yield what is wrong with the result of a document."""
        name = f"{document.display_name} {document.reason or ''} {document.message or ''}"
        if document.state == "blocked":
            if not document.message:
                yield f"{name}: waits without a word"
            if not self.has_way_out(document):
                yield f"{name}: waits without a way out"
        elif document.state != "imported":
            yield f"{name}: {document.state}"
        else:
            for words in self.unsound_bill(document):
                yield f"{name}: {words}"

    def unsound_bill(self, document):
        move, json = document.move_id, self.jsons[document.lucca_type, document.lucca_id]
        printed = json["amountIncludingTaxes"]["base"]
        total = printed["includingTaxes"]["value"]
        if move.currency_id.compare_amounts(move.amount_total, abs(total)):
            yield f"total {move.amount_total} instead of {total}"
        is_refund = (document.lucca_type == "CreditNote") or total < 0
        if total and move.move_type != ("in_refund" if is_refund else "in_invoice"):
            yield f"{move.move_type} of {total}"
        if move.state == "posted" and document.is_doubtful:
            yield f"posted with a doubt: {self.note(move)}"
        if move.invoice_date and move.invoice_date.year < 2000 and not document.accepted_reasons:
            yield f"dated {move.invoice_date}"

    def has_way_out(self, document):
        return (
            document.may_be_accepted
            or document.can_be_linked
            or document.waiting_mapping_ids
            or document.reason in ("inactive_currency", "invalid_document", "closed_period")
        )

    # -- a person decides

    def decide(self):
        """Decide what can be decided, like a person who wants all of it booked."""
        waiting = self.documents().filtered(lambda d: d.state == "blocked")
        if ask := waiting.filtered("may_be_accepted"):
            ask.action_book_anyway()
        for mapping in waiting.waiting_mapping_ids:
            self.map(mapping)
        for document in waiting.filtered(lambda d: d.reason == "inactive_currency"):
            document.action_activate_currency()

    def map(self, mapping):
        if mapping.kind == "supplier":
            name = mapping.name or "?"
            values = {"name": name, "is_company": True, "supplier_rank": 1}
            mapping.partner_id = mapping.candidate_ids[:1] or self.env["res.partner"].create(values)
        elif mapping.kind == "tax" and not mapping.tax_id:
            percentage = mapping.percentage * 100
            tax = self.tax_20.copy({"name": f"{percentage:g}% chosen", "amount": percentage})
            mapping.tax_id = tax

    def why(self, document):
        return f"{document.reason or document.state}: {document.message}"
