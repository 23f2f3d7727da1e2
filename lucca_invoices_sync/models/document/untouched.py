"""Draft bills that nobody edited stay untouched while Odoo merges records that are on them."""

from contextlib import contextmanager

from . import change, content


@contextmanager
def kept_untouched(env, domain):
    """Keep the untouched drafts of a domain untouched during the block.

    Odoo writes the remaining supplier, bank account or account to the bills by SQL, which is no work of a person on
    them.

    :param domain: the documents whose bills have the records that are merged
    """
    # Who may merge may not read documents, or not those of all companies.
    documents = env["lucca.document"].sudo()
    drafts = documents.search(
        [("bill_fingerprint", "!=", False), ("move_id.state", "=", "draft"), *domain]
    )
    untouched = drafts.filtered(change.is_untouched)
    yield
    if untouched:
        env.invalidate_all()
    for document in untouched:
        document.bill_fingerprint = content.renew(document.move_id, document.bill_fingerprint)
