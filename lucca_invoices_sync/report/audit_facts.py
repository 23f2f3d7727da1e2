"""What explains the difference between a document and its bill, as SQL expressions over the table ``compared``."""

from odoo.tools import SQL

from ..lucca.booking.amounts import TOLERATED_SHARE, TOLERATED_UNITS


def lost_by_taxes():
    """Return the expression for the VAT of a bill that its own taxes add to the charge."""
    return SQL(
        """
        COALESCE((
          SELECT abs(sum(item.amount_currency))
            FROM account_move_line item
            JOIN account_tax_repartition_line part ON part.id = item.tax_repartition_line_id
            LEFT JOIN account_account account ON account.id = part.account_id
           WHERE item.move_id = compared.move_id
             AND (account.id IS NULL OR account.account_type ~ '^(expense|income)')
        ), 0)
        """
    )


def declared():
    """Return the expression for whether the taxes of a bill declare the VAT that Lucca lists beside its total.

    Their parts cancel each other, so half of what they have in all is due. It may be as far off as
    ``lucca.booking.amounts.tolerance_of`` allows.
    """
    return SQL(
        """
        EXISTS (
          SELECT FROM account_move_line item
            JOIN res_currency currency ON currency.id = item.currency_id
            JOIN lucca_connection connection ON connection.id = compared.connection_id
           WHERE item.move_id = compared.move_id AND item.tax_line_id IS NOT NULL
           GROUP BY currency.rounding, connection.tax_tolerance
          HAVING abs(sum(abs(item.amount_currency)) / 2 - abs(compared.amount_tax))
                 <= currency.rounding / 2 + GREATEST(
                   connection.tax_tolerance,
                   LEAST(%s * abs(compared.amount_untaxed), %s * currency.rounding)
                 )
        )
        """,
        TOLERATED_SHARE,
        TOLERATED_UNITS,
    )


def made_by_a_person():
    """Return the expression for how a document got a bill that the addon did not create.

    The last decision says it. If it is older than the table of decisions, the message does.
    """
    return SQL(
        """
        COALESCE(
          (SELECT CASE kind WHEN 'left' THEN 'kept' ELSE kind END
             FROM lucca_decision decision
            WHERE decision.document_id = compared.document_id
              AND kind IN ('linked', 'linked_again', 'by_hand', 'left')
            ORDER BY decided_at DESC, decision.id DESC LIMIT 1),
          CASE WHEN message LIKE %s THEN 'by_hand' WHEN message LIKE %s THEN 'linked'
               ELSE 'kept' END
        )
        """,
        "%entered it by hand%",
        "%linked it to an existing bill%",
    )


def changed_in_lucca():
    """Return the expression for whether the document changed after its bill was created.

    The document says it until a person pressed *Seen*, the last decision for ever.
    """
    return SQL(
        """
        is_changed OR changes IS NOT NULL OR purchase_changes IS NOT NULL
        OR billed_payload IS NOT NULL
        OR (SELECT kind = 'changed' FROM lucca_decision decision
             WHERE decision.document_id = compared.document_id
               AND kind IN ('changed', 'followed', 'replaced', 'bill_deleted')
             ORDER BY decided_at DESC, decision.id DESC LIMIT 1)
        """
    )
