from odoo import models
from odoo.exceptions import AccessError, UserError

from ..accounts import NOT_ON_LINES
from ..bill.exchange_rate import keep_billed_rates
from ..messages import Messages, Reason, joined, read_message, sentences
from ..states import OF_AMOUNTS
from ..toasts import tell_of_selection
from .change import NOTHING_TOLD
from .decision import with_former
from .payment import PAID_TWICE
from .telling import finish_asking

_lt = Messages(__name__)


class LuccaDocument(models.Model):
    """The buttons by which people decide about documents."""

    _inherit = "lucca.document"

    def _check_billing(self):
        """Raise ``AccessError`` for a user who may not decide: auditors read, billing users decide."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("account.group_account_invoice")):
            raise AccessError(self.env._("Only billing users may do this."))

    def _check_at_work(self):
        """Raise ``UserError`` if no synchronisation books these documents: their connections are archived."""
        # A connection may be of a company that the user does not see.
        reasons = [one._why_at_rest() for one in self.sudo().connection_id]
        if reasons and all(reasons):
            raise UserError(reasons[0])

    def action_retry(self):
        """Start a synchronisation that books documents without a bill, or with one that is undone.

        :raises UserError: none of them can be booked
        """
        self._check_billing()
        self._check_at_work()
        # Billing users may have a document tried again, although they may not write documents.
        waiting = self.filtered(lambda one: one.state == "pending" and one._can_be_tried())
        documents = self.sudo()
        retried = documents._book_anew() | documents._retry()
        waiting.sudo()._start_sync()  # billing users may have this done
        documents._look_again([("id", "in", waiting.ids)])
        if not retried and not waiting:
            raise UserError(
                self.env._(
                    "Only documents that are approved in Lucca can be retried, as long as they have"
                    " no bill, or one that is cancelled or reversed."
                )
            )
        return self._tell(
            retried | waiting,
            self.env._("Documents that are tried again: %s."),
            self.env._(
                "Their bill is created already, Lucca does not approve them, or their connection is"
                " archived."
            ),
        )

    def _retry(self):
        """Have documents tried again as a person decided; return those that can be."""
        fit = self._fit_to_retry()
        fit._note_decision("retried", lambda one: with_former(_lt("Tried again."), one))
        return fit._try_again(is_stale=True)

    def action_retry_alike(self):
        """Retry all documents of the current companies that need attention for the same reason as this one."""
        self.ensure_one()
        alike = self.search([("state", "=", "blocked"), ("reason", "=", self.reason)])
        return (self | alike).action_retry()

    def _tell(self, done, words, why):
        """Return the toast for a person who selected several documents; None for one, whose form shows the result.

        :param done: the documents for which something was done
        :param words: the sentence on these, with a place (``%s``) for their number
        :param why: the sentence on why the others were left out
        """
        if len(self) > 1:
            return tell_of_selection(self.env, words % len(done), len(self) - len(done), why)
        return None

    def action_ignore(self, reason=""):
        """Do not import documents; if one has a bill that is to follow a change, leave the bill as it is.

        :param reason: the person's words; may be empty
        :raises UserError: the bills of all these documents are created already
        """
        self._check_billing()
        message = _lt("%s decided not to import it.", self.env.user.name)
        if reason:
            message = _lt(
                "%(user)s decided not to import it: %(reason)s",
                user=self.env.user.name,
                reason=reason,
            )
        # Billing users may leave a document out, although they may not write documents.
        documents = self.sudo()
        documents._remember_left_out()
        ignored = documents._ignore(message, reason)
        if self and not ignored:
            raise UserError(
                self.env._(
                    "The bills of these documents are created already. Cancel or delete a bill that"
                    " you do not want."
                )
            )
        return self._tell(
            ignored,
            self.env._("Documents that are not imported: %s."),
            self.env._("Their bill is created already."),
        )

    def action_book_anyway(self, account_id=False):
        """Have documents booked whose doubt a person accepts, such as a duplicate bill or a difference in amounts.

        :param account_id: the id of the account for a difference; without it the connection's is used
        :raises UserError: none of these documents can be booked anyway, or the account is unusable
        """
        self._check_billing()
        self._check_at_work()
        # Billing users may decide this, although they may not write documents.
        documents = self.sudo().filtered(lambda document: document._may_be_booked())
        if not documents:
            raise UserError(self.env._("None of these documents can be booked anyway."))
        if account_id:
            documents.difference_account_id = self._account_of(account_id, documents.company_id)
        documents._note_decision(
            "booked_anyway", lambda one: one._describe_accepted(with_account=bool(account_id))
        )
        for document in documents:
            # Reasons accepted before stay accepted, or two doubts would be asked in turn for ever.
            accepted = {*(document.accepted_reasons or ()), document.reason}
            document.accepted_reasons = sorted(accepted)
        documents._try_again()
        return self._tell(
            documents,
            self.env._("Documents that are booked anyway: %s."),
            self.env._("They need something else, or their connection is archived."),
        )

    def _describe_accepted(self, with_account):
        """Return a message of what a person accepts, with the account for a difference if one was chosen."""
        accepted = _lt("Accepted: %s.", Reason(self.reason))
        account = self.difference_account_id.with_company(self.company_id)
        if with_account and self.reason in OF_AMOUNTS:
            account_name = joined([account.code, account], " ")
            accepted = sentences(accepted, _lt("Account of the difference: %s.", account_name))
        return with_former(accepted, self)

    def _account_of(self, account_id, companies):
        """Return the account that a person chose; raise ``UserError`` if one of the companies cannot use it."""
        account = self.env["account.account"].browse(account_id)
        account.check_access("read")
        if account.account_type in NOT_ON_LINES:
            raise UserError(
                self.env._(
                    "The account %s is of receivables, payables or off balance, which Odoo accepts on no line of a"
                    " bill: choose another one.",
                    account.display_name,
                )
            )
        for company in companies:
            fit = account.filtered_domain(account._check_company_domain(company))
            if not fit.active:
                raise UserError(
                    self.env._(
                        "The account %(account)s is archived, or not of %(company)s.",
                        account=account.display_name,
                        company=company.name,
                    )
                )
        return account

    def action_seen(self):
        """Record that a person has seen what changed in Lucca, or differs from it or the electronic invoice."""
        self._check_billing()
        # Billing users may decide this, although they may not write documents.
        documents = self.sudo().filtered(lambda one: one.is_changed or one.has_differences)
        if not documents:
            raise UserError(
                self.env._(
                    "There is nothing to mark as seen: none of these documents changed in Lucca, or"
                    " differs from its electronic invoice or its bill."
                )
            )
        documents._note_decision("seen", _describe_seen)
        # Lucca may approve a withdrawn document again: the changes that its draft then follows stay.
        seen = documents.filtered(
            lambda one: one.is_changed and one._is_approved() and one.state == "imported"
        )
        keep_billed_rates(seen)
        seen.write(NOTHING_TOLD)
        documents.write({"is_changed": False, "has_differences": False})
        finish_asking(documents, but=PAID_TWICE)
        return self._tell(
            documents,
            self.env._("Documents that are marked as seen: %s."),
            self.env._(
                "They did not change in Lucca, and do not differ from their electronic invoices and bills."
            ),
        )

    def action_activate_currency(self):
        """Activate the document's currency, which has all documents booked that wait for it."""
        if not self.currency_id:
            raise UserError(
                self.env._("There is no currency to activate: Odoo does not know the document's.")
            )
        self.currency_id.active = True


def _describe_seen(document):
    """Return a message of what a person has seen of a document, with the differences of its electronic invoice."""
    told = []
    if document.is_changed and document.is_withdrawn:
        told.append(_lt("Seen: Lucca no longer approves the document."))
    elif document.is_changed and document.move_id._lucca_is_undone():
        told.append(_lt("Seen: the bill stays cancelled or reversed."))
    elif document.is_changed:
        told.append(_lt("Seen: the change in Lucca."))
    if document.has_differences:
        if document.electronic_check:
            told.append(_lt("Seen: the electronic invoice says something else."))
        else:
            told.append(_lt("Seen: the bill has another total."))
        told.append(read_message(document.electronic_message))
    return sentences(*told)
