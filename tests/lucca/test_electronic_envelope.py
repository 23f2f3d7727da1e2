"""An electronic invoice may be sent in an envelope, such as that of Peppol."""

import pytest
from lucca.booking.electronic_invoice import Reading, read_invoice, read_xml

from .test_electronic_invoice import EXAMPLES, UBL


def without_declaration(xml):
    return xml[xml.index(b"?>") + 2 :] if xml.startswith(b"<?") else xml


def enveloped(*documents):
    """Return documents in the envelope of Peppol, with the beginning of its header."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><sh:StandardBusinessDocument xmlns:sh="http://www.unece.org/'
        b'cefact/namespaces/StandardBusinessDocumentHeader"><sh:StandardBusinessDocumentHeader>'
        b"<sh:HeaderVersion>1.0</sh:HeaderVersion></sh:StandardBusinessDocumentHeader>"
        b"\n%b\n</sh:StandardBusinessDocument>" % b"".join(map(without_declaration, documents))
    )


@pytest.mark.parametrize("xml", EXAMPLES)
def test_an_invoice_in_the_envelope_of_peppol_is_read(xml):
    sent = enveloped(xml)
    assert read_invoice(sent) == read_invoice(xml)
    reading = read_xml(sent)
    assert not reading.is_unclear
    assert read_invoice(reading.xml.encode()) == read_invoice(xml)


def test_several_invoices_in_an_envelope_are_unclear():
    assert read_xml(enveloped(UBL, UBL)) == Reading(is_unclear=True)
    assert read_invoice(enveloped(UBL, UBL)) is None


def test_an_invoice_within_other_xml_is_unclear():
    other = b'<Batch xmlns="urn:of-a-platform"><a>%b</a></Batch>' % without_declaration(UBL)
    assert read_xml(other) == Reading(is_unclear=True)


def test_an_invoice_that_could_not_be_read_again_is_unclear():
    terms = b"&lt;td style=&quot;a&quot;&gt;" * 300
    note = (
        b'<cbc:Note xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">%b</cbc:Note>'
        % terms
    )
    end = UBL.rindex(b"</")
    xml = UBL[:end] + note + UBL[end:]
    assert read_invoice(xml) == read_invoice(UBL)
    assert read_xml(xml) == Reading(is_unclear=True)


def test_an_envelope_without_an_invoice_is_no_doubt():
    assert read_xml(enveloped(b"<Order/>")) == Reading()
