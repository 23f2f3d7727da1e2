"""The realistic tenant looks like a company, and its papers can be opened."""

import io
import json
import re
import zipfile
from datetime import datetime, timezone
from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from tests.simulator import Tenant
from tests.simulator.realistic import add_recent
from tests.simulator.states import CONFORMITY_STATES, PAYMENT_STATES

TODAY = datetime(2026, 9, 30, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def tenant():
    return Tenant.realistic(documents=600, seed=1, today=TODAY)


def value(amount):
    return Decimal(str(amount["value"]))


def files(tenant, content_type):
    return [file for file in tenant.files.values() if file.content_type == content_type]


def registrations(tenant, name):
    all_of = [one["legalRegistration"][name] for one in tenant.suppliers.values()]
    return [one for one in all_of if one]


class TestCompany:
    @pytest.mark.parametrize("count", [0, 1, 10, 200])
    def test_the_company_has_as_many_documents_as_asked_for(self, count):
        assert len(Tenant.realistic(count, today=TODAY).documents) == count

    def test_the_same_seed_and_day_give_the_same_company(self, tenant):
        again = Tenant.realistic(documents=600, seed=1, today=TODAY)
        assert json.dumps(again.documents) == json.dumps(tenant.documents)
        assert again.suppliers == tenant.suppliers

    def test_another_seed_gives_another_company(self, tenant):
        assert Tenant.realistic(600, seed=2, today=TODAY).documents != tenant.documents

    def test_about_a_tenth_of_the_documents_is_not_approved(self, tenant):
        assert 500 < len(tenant.approved()) < 570

    def test_all_states_are_documented_ones(self, tenant):
        for document in tenant.documents:
            assert document["conformityState"] in CONFORMITY_STATES[document["type"]]
            assert document["paymentState"] in PAYMENT_STATES[document["type"]]

    def test_all_documents_are_from_the_last_ten_months(self, tenant):
        created = [document["createdAt"] for document in tenant.documents]
        assert created == sorted(created)
        assert "2025-11" < created[0] < created[-1] < "2026-09-30T12"

    def test_subscriptions_come_every_month(self, tenant):
        months = {
            document["createdAt"][:7]
            for document in tenant.documents
            if document["purchase"]["type"] == "Subscription" and document["purchase"]["id"] == 1
        }
        assert len(months) >= 9

    def test_some_purchases_have_a_draft_supplier(self, tenant):
        drafts = [one for one in tenant.purchases.values() if "id" not in one["supplier"]]
        bought = {document["purchase"]["id"] for document in tenant.documents}
        assert drafts
        assert {one["id"] for one in drafts} <= bought

    def test_new_invoices_can_be_added_later(self, tenant):
        other = Tenant.realistic(20, today=TODAY)
        assert [one["conformityState"] for one in add_recent(other, 2)] == ["Confirmed"] * 2


class TestNumbers:
    def test_french_vat_numbers_have_the_right_key(self, tenant):
        french = [vat for vat in registrations(tenant, "vatNumber") if vat.startswith("FR")]
        assert len(french) >= 20
        for vat in french:
            assert int(vat[2:4]) == (12 + 3 * (int(vat[4:]) % 97)) % 97

    def test_sirets_pass_luhn(self, tenant):
        sirets = list(registrations(tenant, "identifier"))
        assert sirets
        for siret in sirets:
            doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(siret[::-1])]
            assert sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0

    def test_ibans_are_one_modulo_97(self, tenant):
        ibans = [
            one["bankAccount"]["iban"] for one in tenant.suppliers.values() if one["bankAccount"]
        ]
        assert ibans
        for iban in ibans:
            digits = "".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])
            assert int(digits) % 97 == 1

    def test_one_or_two_french_suppliers_have_no_vat_number(self, tenant):
        without = [
            one
            for one in tenant.suppliers.values()
            if one["territory"]["id"] == "FR" and not one["legalRegistration"]["vatNumber"]
        ]
        assert 1 <= len(without) <= 2


class TestDocuments:
    def test_the_base_amounts_add_up(self, tenant):
        for document in tenant.documents:
            base = document["amountIncludingTaxes"]["base"]
            taxes = sum(value(tax) for tax in base["taxes"])
            assert value(base["excludingTaxes"]) + taxes == value(base["includingTaxes"])

    def test_foreign_currencies_are_converted_to_euros(self, tenant):
        amounts = [document["amountIncludingTaxes"] for document in tenant.documents]
        currencies = {one["base"]["includingTaxes"]["currency"] for one in amounts}
        assert currencies == {"EUR", "USD", "GBP", "CHF"}
        assert {one["counter"]["includingTaxes"]["currency"] for one in amounts} == {"EUR"}

    def test_some_invoices_have_several_rates_and_some_none(self, tenant):
        counts = {len(one["amountIncludingTaxes"]["base"]["taxes"]) for one in tenant.documents}
        assert counts >= {0, 1, 2, 3}

    def test_some_vat_cannot_be_recovered(self, tenant):
        assert any(
            value(one["costAmount"]["base"])
            > value(one["amountIncludingTaxes"]["base"]["excludingTaxes"])
            for one in tenant.documents
        )

    def test_credit_notes_are_positive_or_negative(self, tenant):
        notes = [one for one in tenant.documents if one["type"] == "CreditNote"]
        signs = {value(one["amountIncludingTaxes"]["base"]["includingTaxes"]) > 0 for one in notes}
        assert signs == {True, False}

    @pytest.mark.parametrize("key", ["documentNumber", "comment", "paymentDate"])
    def test_optional_values_are_sometimes_null_and_sometimes_absent(self, tenant, key):
        found = {document.get(key, "absent") for document in tenant.documents}
        assert {None, "absent"} <= found

    def test_some_vat_is_a_cent_off(self, tenant):
        rates = {one["rateType"]["id"]: Decimal(str(one["percentage"])) for one in tenant.rates}
        off = 0
        for document in tenant.documents:
            base = document["amountIncludingTaxes"]["base"]
            if len(base["taxes"]) == 1:
                exact = value(base["excludingTaxes"]) * rates[base["taxes"][0]["rateTypeId"]]
                off += Decimal("0.005") < abs(value(base["taxes"][0]) - exact) < Decimal("0.03")
        assert off


class TestPapers:
    def test_each_document_has_one_to_three_files(self, tenant):
        assert {len(one["attachments"]) for one in tenant.documents} == {1, 2, 3}

    def test_the_cross_references_of_a_pdf_point_to_its_objects(self, tenant):
        content = files(tenant, "application/pdf")[0].content()
        table = int(re.search(rb"startxref\n(\d+)\n%%EOF", content)[1])
        assert content[table:].startswith(b"xref\n")
        offsets = re.findall(rb"(\d{10}) 00000 n \n", content)
        for number, offset in enumerate(offsets, 1):
            assert content[int(offset) :].startswith(b"%d 0 obj\n" % number)

    def test_a_pdf_shows_number_supplier_and_total(self, tenant):
        document = next(one for one in tenant.documents if one["documentNumber"])
        content = tenant.files[document["attachments"][0]["file"]["id"]].content()
        total = document["amountIncludingTaxes"]["base"]["includingTaxes"]
        figure = f"{total['value']:,.2f}".replace(",", " ").replace(".", ",")
        assert f"{figure} {total['currency']}".encode() in content
        assert document["documentNumber"].encode() in content

    def test_an_email_carries_the_pdf(self, tenant):
        content = files(tenant, "message/rfc822")[0].content()
        message = message_from_bytes(content, policy=policy.default)
        assert next(message.iter_attachments()).get_content().startswith(b"%PDF-")

    def test_a_word_file_is_an_archive(self, tenant):
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        archive = zipfile.ZipFile(io.BytesIO(files(tenant, kind)[0].content()))
        assert "word/document.xml" in archive.namelist()

    def test_file_names_have_spaces_and_accents(self, tenant):
        assert any("reçu " in file.name for file in tenant.files.values())
