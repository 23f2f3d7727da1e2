"""Link documents again to the mappings of their VAT rates.

A mapping that documents use cannot be deleted. Versions before 19.0.1.7.0 deleted it with its links. The next
document with the VAT rate brings the mapping again, and the older documents lack only the link.
"""

from collections import defaultdict

from odoo.fields import Command

from ...lucca.errors import InvalidDocument


def link_again(documents):
    """Link documents of one connection to the mappings of the VAT rates that are on them, as far as there are any.

    Bills that a person entered are left out: nobody looked for the references of their documents.
    """
    lost = defaultdict(documents.browse)
    for document in documents.filtered("bill_fingerprint"):
        for rate_type_id in _printed(document) - set(document._mapping("tax").mapped("lucca_id")):
            lost[document.company_id, "tax", rate_type_id] |= document
    if not lost:
        return
    ids = {rate_type_id for _company, _kind, rate_type_id in lost}
    known = documents.env["lucca.mapping"]._by_reference(documents.connection_id, ids)
    for key in lost.keys() & known.keys():
        lost[key].write({"mapping_ids": [Command.link(known[key].id)]})


def _printed(document):
    """Return Lucca's ids of the VAT rates on a document; none if it cannot be read."""
    try:
        return {tax.rate_type_id for tax in document._booked_document().base.taxes}
    except InvalidDocument:
        return set()
