"""Lucca's JSON of invoices and credit notes becomes typed objects."""

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from lucca.documents.booked_documents import (
    Amounts,
    Attachment,
    Money,
    Tax,
    read_attachments,
    read_document,
    read_heading,
)
from lucca.documents.reading import dumps, loads
from lucca.errors import InvalidDocument

from tests.simulator import examples


def as_received(document):
    """Return a document as the client gives it, parsed from its JSON text."""
    return loads(dumps(document))


def read(**changes):
    return read_document(as_received(examples.invoice() | changes))


def read_amounts(**parts):
    """Return the documented invoice with other parts of its base amounts."""
    document = examples.invoice()
    document["amountIncludingTaxes"]["base"] |= parts
    return read_document(as_received(document))


def euros(value, **more):
    return {"value": value, "currency": "EUR", **more}


class TestDocumentedExamples:
    def test_the_invoice_is_read(self):
        invoice = read_document(as_received(examples.invoice()))
        assert (invoice.lucca_type, invoice.lucca_id, invoice.number) == ("Invoice", 132, "669")
        assert (invoice.document_date, invoice.due_date) == (date(2021, 11, 18), date(2021, 12, 18))
        assert (invoice.conformity_state, invoice.payment_state) == ("Confirmed", "Paid")
        assert invoice.payment_method == "BankTransfer"
        assert (invoice.purchase_id, invoice.purchase_name) == (283, "Team building")
        assert invoice.iban == "FR7630006000011234567890189"
        assert not invoice.is_self_assessed

    def test_the_amounts_are_read_to_the_cent(self):
        invoice = read_document(as_received(examples.invoice()))
        taxes = (Tax(1, Decimal(25)),)
        assert invoice.base == Amounts("EUR", Decimal(250), taxes, Decimal(275))
        assert invoice.counter == Amounts("EUR", Decimal(250), taxes, Decimal("275.03"))
        assert invoice.base.total_tax == 25

    def test_the_charge_is_read_in_both_currencies(self):
        cost = examples.invoice()["costAmount"]
        cost["counter"] = {"value": 240.5, "currency": "CHF"}
        invoice = read(costAmount=cost)
        assert invoice.cost == Money("EUR", Decimal(250))
        assert invoice.counter_cost == Money("CHF", Decimal("240.5"))

    def test_the_file_is_read(self):
        file = Attachment("f0208989-edd3-4d09-b0ec-f97b24caa49e", "facture_6698734.pdf")
        assert read_document(as_received(examples.invoice())).attachments == (file,)

    def test_the_credit_note_is_read(self):
        note = read_document(as_received(examples.credit_note()))
        assert (note.lucca_type, note.lucca_id, note.number) == ("CreditNote", 133, "A-670")
        assert (note.due_date, note.payment_method) == (None, "")
        assert note.base.including_taxes == 275

    def test_the_heading_is_read(self):
        heading = read_heading(as_received(examples.invoice()))
        moment = datetime(2021, 11, 19, 11, 2, 17, 804210, tzinfo=timezone.utc)
        assert (heading.lucca_type, heading.lucca_id) == ("Invoice", 132)
        assert (heading.number, heading.document_date) == ("669", date(2021, 11, 18))
        assert (heading.conformity_state, heading.payment_state) == ("Confirmed", "Paid")
        assert (heading.created_at, heading.modified_at) == (moment, moment)
        assert heading.payment_date == date(2021, 12, 16)
        assert (heading.payment_method, heading.purchase_id) == ("BankTransfer", 283)
        assert heading.amounts == read_document(as_received(examples.invoice())).base


class TestTolerance:
    OPTIONAL = [
        "purchase",
        "documentNumber",
        "dueDate",
        "paymentDetails",
        "conformityState",
        "paymentState",
        "attachments",
        "createdAt",
        "documentDate",
    ]

    @pytest.mark.parametrize("key", OPTIONAL)
    def test_an_optional_value_may_be_absent_or_null(self, key):
        absent = examples.invoice()
        del absent[key]
        assert read_document(as_received(absent)) == read(**{key: None})

    def test_an_absent_text_is_empty_and_any_other_absent_value_is_none(self):
        document = read(purchase=None, paymentDetails=None, attachments=None, costAmount=None)
        assert (document.purchase_name, document.payment_method, document.iban) == ("", "", "")
        assert (document.purchase_id, document.cost, document.counter_cost) == (None, None, None)
        assert document.attachments == ()

    def test_unreadable_converted_amounts_raise_their_error_where_they_are_needed(self):
        document = examples.invoice()
        document["amountIncludingTaxes"]["counter"]["taxes"] = 25
        counter = read_document(as_received(document)).counter
        assert counter.values["path"] == "amountIncludingTaxes.counter.taxes"

    @pytest.mark.parametrize("never", ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"])
    def test_the_first_and_the_last_day_are_no_dates(self, never):
        assert read(documentDate=never[:10], dueDate=never) == read(documentDate=None, dueDate=None)
        assert read_heading(examples.invoice() | {"createdAt": never}).created_at is None

    def test_a_document_without_a_date_of_creation_was_received_when_it_was_first_seen(self):
        undated, seen = as_received(examples.invoice() | {"createdAt": None}), date(2024, 2, 29)
        document = read_document(undated, seen)
        assert document.received == seen
        assert replace(document, document_date=None).tax_day == seen
        assert read_document(as_received(examples.invoice()), seen).received != seen

    @pytest.mark.parametrize("offset", ["Z", "+00:00", ".0000000Z", ""])
    def test_a_day_may_be_written_as_midnight_farther_east(self, offset):
        for time in ("22:00:00", "23:00:00", "12:00:00"):
            moment = read(documentDate=f"2021-11-30T{time}{offset}")
            assert moment.document_date == date(2021, 11, 30)
            assert moment.possible_days == (date(2021, 11, 30), date(2021, 12, 1))

    @pytest.mark.parametrize(
        "time", ["", "T00:00:00Z", "T00:00:00", "T04:00:00Z", "T11:59:59Z", "T23:00:00+01:00", "T?"]
    )
    def test_any_other_day_is_the_one_that_is_written(self, time):
        assert read(documentDate=f"2021-11-30{time}").possible_days == (date(2021, 11, 30),)

    @pytest.mark.parametrize("day", [None, "9999-12-31T23:00:00Z"])
    def test_there_is_no_day_without_a_date(self, day):
        assert read(documentDate=day).possible_days == ()

    @pytest.mark.parametrize(
        ("due", "day", "sure"),
        [
            ("2021-12-31", "2021-11-30", date(2021, 12, 31)),
            ("2021-09-30", "2021-11-30", date(2021, 9, 30)),
            ("2021-08-01", "1900-01-01", date(2021, 8, 1)),  # nothing says that it is long before
            ("2021-08-01", "2021-11-30", None),
            ("1900-01-01", "2021-11-30", None),
            ("2031-12-31", "2021-11-30", None),
            (None, "2021-11-30", None),
        ],
    )
    def test_a_due_date_that_cannot_be_or_is_long_before_the_document_is_not_sure(
        self, due, day, sure
    ):
        found = read(documentDate=day, dueDate=due, createdAt="2021-12-01T08:00:00Z")
        assert found.sure_due_date == sure

    def test_vat_rates_are_those_of_the_date_or_of_the_receipt_if_the_date_is_impossible(self):
        assert read().tax_day == date(2021, 11, 18)
        for impossible in (None, "1900-01-01", "2062-01-05"):
            assert read(documentDate=impossible).tax_day == date(2021, 11, 19)

    def test_the_converted_amounts_may_be_absent_or_null(self):
        absent, null = examples.invoice(), examples.invoice()
        del absent["amountIncludingTaxes"]["counter"]
        null["amountIncludingTaxes"]["counter"] = None
        assert read_document(as_received(absent)) == read_document(as_received(null))
        assert read_document(as_received(null)).counter is None

    def test_taxes_may_be_absent_null_or_empty(self):
        assert read_amounts(taxes=None).base.taxes == read_amounts(taxes=[]).base.taxes == ()

    def test_a_purchase_may_come_without_id(self):
        assert read(purchase={"name": "Team building"}).purchase_id is None

    def test_unknown_fields_are_ignored(self):
        assert read(news={"id": []}) == read()

    def test_unknown_enumeration_values_are_kept(self):
        heading = read_heading(examples.invoice() | {"conformityState": "Frozen"})
        assert heading.conformity_state == "Frozen"
        assert read(paymentState="Scheduled").payment_state == "Scheduled"

    def test_a_number_may_be_the_document_number(self):
        assert read(documentNumber=669).number == "669"

    def test_texts_are_cleaned(self):
        assert read(documentNumber=" F\x00-1\ud800 ").number == "F-1"

    def test_a_heading_needs_only_type_and_id(self):
        broken = {key: [] for key in examples.invoice()} | {"type": "Invoice", "id": 132}
        heading = read_heading(broken)
        assert (heading.lucca_type, heading.lucca_id) == ("Invoice", 132)
        assert (heading.number, heading.document_date, heading.created_at) == ("", None, None)
        assert (heading.conformity_state, heading.payment_state) == ("", "")
        assert (heading.payment_method, heading.payment_date) == ("", None)
        assert (heading.purchase_id, heading.amounts) == (None, None)


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"type": "Receipt"}, "type"),
            ({"type": None}, "type"),
            ({"id": "132"}, "id"),
            ({"id": 2**31}, "id"),
            ({"id": -1}, "id"),
            ({"documentDate": "18/11/2021"}, "documentDate"),
            ({"dueDate": "soon"}, "dueDate"),
            ({"documentNumber": ["669"]}, "documentNumber"),
            ({"documentNumber": True}, "documentNumber"),
            ({"purchase": 283}, "purchase"),
            ({"purchase": {"id": "283"}}, "purchase.id"),
            ({"amountIncludingTaxes": None}, "amountIncludingTaxes"),
        ],
    )
    def test_a_wrong_value_is_named_by_its_path(self, changes, path):
        with pytest.raises(InvalidDocument) as caught:
            read(**changes)
        assert caught.value.values["path"] == path
        assert path in str(caught.value)
        assert caught.value.reason == "invalid_document"

    def test_a_missing_value_and_a_wrong_one_have_different_messages(self):
        faults = {}
        for value in (None, "Receipt", "R" * 99):
            with pytest.raises(InvalidDocument) as caught:
                read(type=value)
            faults[value] = caught.value.values["fault"], len(caught.value.values["value"])
        assert list(faults.values()) == [("missing", 4), ("form", 7), ("form", 40)]

    @pytest.mark.parametrize("value", [None, [], "Invoice", 7, True])
    def test_a_value_that_is_no_object_is_refused(self, value):
        with pytest.raises(InvalidDocument, match="document is not an object"):
            read_document(value)

    @pytest.mark.parametrize(
        ("parts", "path"),
        [
            ({"excludingTaxes": None}, "excludingTaxes"),
            ({"includingTaxes": euros("275")}, "includingTaxes.value"),
            ({"includingTaxes": euros(1e15)}, "includingTaxes.value"),
            ({"includingTaxes": euros(float("nan"))}, "includingTaxes.value"),
            ({"includingTaxes": euros(float("inf"))}, "includingTaxes.value"),
            ({"taxes": {}}, "taxes"),
            ({"taxes": [euros(25)]}, "taxes[0].rateTypeId"),
            ({"taxes": [euros(25, rateTypeId=1), euros(None, rateTypeId=2)]}, "taxes[1].value"),
        ],
    )
    def test_a_wrong_amount_is_named_by_its_path(self, parts, path):
        with pytest.raises(InvalidDocument) as caught:
            read_amounts(**parts)
        assert caught.value.values["path"] == f"amountIncludingTaxes.base.{path}"


class TestCurrencies:
    @pytest.mark.parametrize("code", ["Invalid", "eur", "EURO", "", None, 978, "€"])
    def test_a_value_that_is_no_iso_code_of_a_currency_is_refused(self, code):
        parts = {"excludingTaxes": {"value": 1, "currency": code}, "taxes": None}
        with pytest.raises(InvalidDocument):
            read_amounts(**parts, includingTaxes={"value": 1, "currency": code})

    @pytest.mark.parametrize("part", ["excludingTaxes", "includingTaxes"])
    def test_mixed_currencies_are_refused(self, part):
        with pytest.raises(InvalidDocument, match=r"amountIncludingTaxes\.base.*EUR.*USD"):
            read_amounts(**{part: {"value": 1, "currency": "USD"}})

    def test_a_tax_in_another_currency_is_refused(self):
        tax = {"rateTypeId": 1, "value": 25, "currency": "USD"}
        with pytest.raises(InvalidDocument) as caught:
            read_amounts(taxes=[tax])
        assert caught.value.values["fault"] == "currency"


class TestSigns:
    @pytest.mark.parametrize(
        ("document", "sign", "is_refund"),
        [
            (examples.invoice(), 1, False),
            (examples.invoice(), -1, True),
            (examples.credit_note(), 1, True),
            (examples.credit_note(), -1, True),
        ],
    )
    def test_type_and_sign_decide_whether_it_is_a_refund(self, document, sign, is_refund):
        read = read_document(signed(document, sign))
        assert read.is_refund is is_refund
        assert read.absolute().base == read_document(as_received(document)).absolute().base
        assert read.absolute().base.including_taxes == 275
        assert read.absolute().counter.including_taxes == Decimal("275.03")

    @pytest.mark.parametrize("value", [0, Decimal("0.50")])
    def test_zero_and_less_than_one_are_not_negative(self, value):
        parts = {"excludingTaxes": euros(value), "taxes": [], "includingTaxes": euros(value)}
        assert not read_amounts(**parts).is_refund

    @pytest.mark.parametrize(
        ("document", "sign", "is_negative_invoice"),
        [
            (examples.invoice(), -1, True),
            (examples.invoice(), 1, False),
            (examples.credit_note(), -1, False),
        ],
    )
    def test_only_an_invoice_is_a_negative_invoice(self, document, sign, is_negative_invoice):
        assert read_document(signed(document, sign)).is_negative_invoice is is_negative_invoice

    def test_a_negative_total_makes_a_refund_whatever_the_amount_without_taxes(self):
        assert read_amounts(includingTaxes=euros(-25)).is_refund

    def test_with_a_total_of_zero_the_amount_without_taxes_decides(self):
        taxes = [euros(20, rateTypeId=1)]
        document = read_amounts(excludingTaxes=euros(-20), taxes=taxes, includingTaxes=euros(0))
        assert document.is_refund
        assert document.absolute().base.excluding_taxes == 20

    def test_a_negative_document_without_converted_amounts_has_none(self):
        document = signed(examples.invoice(), -1)
        del document["amountIncludingTaxes"]["counter"]
        assert read_document(document).absolute().counter is None


def signed(document, sign):
    both = {name: document["amountIncludingTaxes"][name] for name in ("base", "counter")}
    return document | {
        "amountIncludingTaxes": {name: sign_amounts(part, sign) for name, part in both.items()}
    }


def sign_amounts(part, sign):
    def change(amount):
        return amount | {"value": Decimal(str(amount["value"])) * sign}

    return {
        "excludingTaxes": change(part["excludingTaxes"]),
        "taxes": [change(tax) for tax in part["taxes"]],
        "includingTaxes": change(part["includingTaxes"]),
    }


class TestAttachments:
    """No file is a reason not to book. Where its id cannot be found, the id is empty."""

    ID = "f0208989-edd3-4d09-b0ec-f97b24caa49e"
    PATH = f"/cleemy-procurement/api/files/{ID}"
    UNKNOWN = Attachment("", "")

    def of(self, file):
        return read(attachments=[{"id": 223, "file": file}]).attachments[0]

    @pytest.mark.parametrize(
        "link",
        [
            PATH,
            f"{PATH}/display",
            f"{PATH}?page=1#top",
            f"https://acme.ilucca.net{PATH}/display",
            f"https://example.com{PATH}",
        ],
    )
    @pytest.mark.parametrize("key", ["href", "displayHref"])
    def test_a_missing_id_is_taken_from_a_link(self, key, link):
        assert self.of({"name": "a.pdf", key: link}) == Attachment(self.ID, "a.pdf")

    def test_the_files_own_id_comes_before_the_one_in_a_link(self):
        assert self.of({"id": "7", "href": self.PATH}).file_id == "7"

    @pytest.mark.parametrize("value", [None, "", [], True, 1.5])
    def test_a_value_that_is_no_id_counts_as_missing(self, value):
        assert self.of({"id": value, "href": self.PATH}).file_id == self.ID
        assert self.of({"id": value, "href": value, "displayHref": self.PATH}).file_id == self.ID

    @pytest.mark.parametrize(
        "link", [None, "", 7, [], "/files/7", "/cleemy-procurement/api/files/", "javascript:7"]
    )
    def test_a_link_in_another_form_gives_no_id(self, link):
        assert self.of({"name": "a.pdf", "href": link}) == Attachment("", "a.pdf")

    def test_an_id_in_a_link_is_unquoted_and_cleaned(self):
        link = "/cleemy-procurement/api/files/a%20b%00%2F%E9"
        assert self.of({"href": link}).file_id == "a b/\ufffd"

    def test_a_value_that_is_no_name_is_empty(self):
        assert self.of({"id": self.ID, "name": ["a.pdf"]}) == Attachment(self.ID, "")

    @pytest.mark.parametrize("value", [{}, [None], ["a.pdf"], [[]], [{"id": 223}], "a.pdf", 7])
    def test_a_value_that_is_no_file_has_no_id(self, value):
        assert read(attachments=value).attachments == (self.UNKNOWN,)

    def test_a_value_that_is_no_file_does_not_hide_the_other_files(self):
        good = {"file": {"id": self.ID, "name": "a.pdf"}}
        file = Attachment(self.ID, "a.pdf")
        assert read(attachments=[good, None, good]).attachments == (file, self.UNKNOWN, file)

    def test_the_files_of_an_unreadable_document_are_read(self):
        broken = examples.invoice() | {"amountIncludingTaxes": None, "id": "?"}
        assert read_attachments(broken) == read().attachments

    def test_a_value_that_is_no_document_has_no_files(self):
        with pytest.raises(InvalidDocument, match="not an object"):
            read_attachments([])
