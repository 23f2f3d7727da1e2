from odoo import api, fields, models
from odoo.tools import format_list


class LuccaDocumentSupplier(models.TransientModel):
    _name = "lucca.document.supplier"
    _description = "Choose the Supplier of Lucca Documents"
    _check_company_auto = True

    document_ids = fields.Many2many(
        "lucca.document", default=lambda self: self._default_document_ids()
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    message = fields.Text(compute="_compute_message")
    has_choice = fields.Boolean(compute="_compute_company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        check_company=True,
        help="It applies to these documents only: the next ones of the same supplier need it again,"
        " until Lucca names the supplier.",
    )

    def _default_document_ids(self):
        """Return the selected documents whose supplier is chosen for each document."""
        chosen = self.env["lucca.document"].browse(self.env.context.get("active_ids"))
        return chosen.filtered("can_choose_supplier")

    @api.depends("document_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.document_ids.company_id[:1]
            wizard.has_choice = any(wizard.document_ids.mapped("partner_id"))

    @api.depends("document_ids")
    def _compute_message(self):
        selected = len(self.env.context.get("active_ids") or ())
        for wizard in self:
            wizard.message = wizard._describe(selected)

    def _describe(self, selected):
        """Return sentences on how many documents get the supplier, and on its names in Lucca.

        :param selected: how many documents were selected
        """
        documents = self.document_ids
        if not documents:
            return documents._explain_no_choice(self.env.user.partner_id)
        sentences = [self.env._("Documents that get this supplier: %s.", len(documents))]
        names = sorted(set(filter(None, documents.mapped("supplier_name"))))
        if len(names) == 1:
            sentences.append(self.env._("In Lucca it is “%s”.", names[0]))
        elif names:
            sentences.append(
                self.env._(
                    "Lucca has several names for it: %s. Are they one company?",
                    format_list(self.env, names),
                )
            )
        if selected > len(documents):
            sentences.append(
                self.env._(
                    "Left out, since Lucca names their supplier or they do not wait for it: %s.",
                    selected - len(documents),
                )
            )
        return " ".join(sentences)

    def action_apply(self):
        self.document_ids._choose_supplier(self.partner_id)
        return {"type": "ir.actions.act_window_close"}
