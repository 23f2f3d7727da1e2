"""Two tables tell who may do what over RPC. ``test_rpc`` calls every line of them as every kind of user.

``KINDS`` are the columns: users of one group each, and the public visitor, who has no session. All
work in the company that Lucca is connected to, except "elsewhere", a billing user of another
company. The system administrator has no accounting rights: Odoo's `base.group_system` implies none.
"""

KINDS = {
    "auditor": "account.group_account_readonly",
    "billing": "account.group_account_invoice",
    "elsewhere": "account.group_account_invoice",
    "manager": "account.group_account_manager",
    "system": "base.group_system",
    "employee": "base.group_user",
    "portal": "base.group_portal",
    "public": None,
}

#: The results of a call, as the tables write them.
ALLOWED, REFUSED, IN_WORDS, LOGIN = "yes", "-", "words", "login"

#: The public methods of the addon, called on a record of the connected company. "yes": the call
#: does its work. "-": AccessError. "words": UserError. "login": a login is required first.
METHODS = """
                                auditor  billing  elsewhere  manager  system  employee  portal  public

account.move
  action_lucca_sync_now         -        yes      yes        yes      yes     -         -       login
  action_lucca_fetch_files      -        yes      -          yes      -       -         -       login
  action_lucca_open             yes      yes      -          yes      -       -         -       login
  action_lucca_seen             -        yes      -          yes      -       -         -       login
  action_lucca_unblock_payment  -        yes      -          yes      -       -         -       login
  action_lucca_document         yes      yes      -          yes      -       -         -       login

account.journal
  action_lucca_sync_now         -        yes      -          yes      -       -         -       login
  action_lucca_attention        yes      yes      -          yes      -       -         -       login
  action_lucca_open_look        yes      yes      -          yes      -       -         -       login

res.config.settings
  action_lucca_test_connection  -        -        -          -        yes     -         -       login
  action_lucca_sync_now         -        -        -          -        yes     -         -       login
  action_lucca_open_connection  -        -        -          -        yes     -         -       login
  action_lucca_open_look        -        -        -          -        yes     -         -       login
  action_lucca_open_attention   -        -        -          -        yes     -         -       login
  action_lucca_open_unmapped    -        -        -          -        yes     -         -       login

lucca.connection
  action_full_check             -        yes      -          yes      yes     -         -       login
  action_test_connection        -        -        -          -        yes     -         -       login
  action_forget_key             -        -        -          -        yes     -         -       login
  action_sync_now               -        yes      -          yes      yes     -         -       login
  action_open_documents         yes      yes      -          yes      yes     -         -       login
  action_open_attention         yes      yes      -          yes      yes     -         -       login
  action_open_waiting_files     yes      yes      -          yes      yes     -         -       login
  action_open_unmapped          yes      yes      -          yes      yes     -         -       login
  action_open_runs              yes      yes      -          yes      yes     -         -       login
  action_open_look              yes      yes      -          yes      yes     -         -       login
  action_open_found             yes      yes      -          yes      yes     -         -       login
  action_start_booking          -        -        -          yes      yes     -         -       login

lucca.document
  action_retry                  -        yes      -          yes      -       -         -       login
  action_ignore                 -        yes      -          yes      -       -         -       login
  action_book_anyway            -        yes      -          yes      -       -         -       login
  action_link_bill              -        yes      -          yes      -       -         -       login
  action_link                   yes      yes      -          yes      yes     -         -       login
  action_link_exact             yes      yes      -          yes      yes     -         -       login
  action_enter_by_hand          -        yes      -          yes      -       -         -       login
  action_retry_alike            -        yes      -          yes      -       -         -       login
  action_ask_to_book            yes      yes      -          yes      yes     -         -       login
  action_ask_to_ignore          yes      yes      -          yes      yes     -         -       login
  action_open_currency          yes      yes      -          yes      yes     -         -       login
  action_choose_supplier        yes      yes      -          yes      yes     -         -       login
  action_create_supplier        -        -        -          words    -       -         -       login
  action_open_journal           yes      yes      -          yes      yes     -         -       login
  action_fetch_files            -        yes      -          yes      -       -         -       login
  action_for_group              words    words    -          words    words   -         -       login
  get_group_ways                yes      yes      -          yes      yes     -         -       login
  action_show_files             -        yes      -          yes      -       -         -       login
  action_seen                   -        yes      -          yes      -       -         -       login
  action_activate_currency      -        -        -          yes      yes     -         -       login
  action_open_mappings          yes      yes      -          yes      yes     -         -       login
  action_open_lucca             yes      yes      -          yes      yes     -         -       login
  action_open_bill              yes      yes      -          yes      yes     -         -       login
  action_open_duplicate         yes      yes      -          yes      yes     -         -       login
  action_choose                 -        -        -          yes      -       -         -       login

lucca.sync.run
  action_open_documents         yes      yes      -          yes      yes     -         -       login

lucca.document.accept
  action_apply                  -        yes      -          yes      -       -         -       login

lucca.document.ignore
  action_apply                  -        yes      -          yes      -       -         -       login

lucca.document.supplier
  action_apply                  -        yes      -          yes      -       -         -       login

lucca.mapping.choose
  action_apply                  -        -        -          yes      -       -         -       login
  action_create_suppliers       -        -        -          words    -       -         -       login
  action_create_taxes           -        -        -          words    -       -         -       login

res.partner
  action_lucca_choose           -        -        -          words    -       -         -       login

lucca.document.link
  action_apply                  -        yes      -          yes      -       -         -       login

lucca.audit.line
  action_open_document          yes      yes      -          yes      -       -         -       login
  action_open_bill              yes      yes      -          yes      -       -         -       login

lucca.audit.trail
  action_full_check             -        yes      -          yes      -       -         -       login
  action_show                   yes      yes      -          yes      -       -         -       login
  action_pdf                    yes      yes      -          yes      -       -         -       login
  action_xlsx                   yes      yes      -          yes      -       -         -       login

lucca.file
  action_leave_out              -        yes      -          yes      -       -         -       login

lucca.mapping
  action_take_suggestion        -        -        -          yes      -       -         -       login
  action_take_sure_suggestions  -        -        -          yes      -       -         -       login
  action_create_tax             -        -        -          yes      -       -         -       login
  action_open_taxes             yes      yes      -          yes      yes     -         -       login
  action_choose                 -        -        -          yes      -       -         -       login
  action_create_supplier        -        -        -          words    -       -         -       login
  action_create_other_supplier  -        -        -          words    -       -         -       login
  action_map                    yes      yes      -          yes      yes     -         -       login
  action_open_documents         yes      yes      -          yes      yes     -         -       login
  action_open_choices           yes      yes      -          yes      yes     -         -       login
"""

#: What Odoo's own methods may do with the rows of the addon's models: c(reate), r(ead), u(pdate),
#: d(elete). The rows belong to the user's own company. Nobody can access another company's. A
#: wizard belongs to the user who opened it. The budget of a Lucca account belongs to no company.
MODELS = """
                                auditor  billing  elsewhere  manager  system  employee  portal  public

lucca.connection                r        r        r          r        crud    -         -       login
lucca.decision                  r        r        r          r        r       -         -       login
lucca.document                  r        r        r          r        r       -         -       login
lucca.document.accept           -        crud     crud       crud     -       -         -       login
lucca.document.ignore           -        crud     crud       crud     -       -         -       login
lucca.document.supplier         -        crud     crud       crud     -       -         -       login
lucca.document.link             -        crud     crud       crud     -       -         -       login
lucca.file                      r        r        r          r        r       -         -       login
lucca.mapping                   r        r        r          crud     r       -         -       login
lucca.mapping.choose            -        -        -          crud     -       -         -       login
lucca.sync.run                  r        r        r          r        r       -         -       login
lucca.audit.line                r        r        r          r        -       -         -       login
lucca.audit.trail               crud     crud     crud       crud     -       -         -       login
lucca.budget                    -        -        -          -        rd      -         -       login
lucca.cache                     -        -        -          -        rd      -         -       login
lucca.sync.state                -        -        -          -        rd      -         -       login
lucca.sync.watch                -        -        -          -        rd      -         -       login

lucca.bill                      -        -        -          -        -       -         -       login
lucca.bill.check                -        -        -          -        -       -         -       login
lucca.bill.duplicate            -        -        -          -        -       -         -       login
lucca.bill.line                 -        -        -          -        -       -         -       login
lucca.bill.no_vat               -        -        -          -        -       -         -       login
lucca.bill.refund               -        -        -          -        -       -         -       login
lucca.bill.tax                  -        -        -          -        -       -         -       login
lucca.demo                      -        -        -          -        -       -         -       login
lucca.supplier                  -        -        -          -        -       -         -       login
lucca.supplier.create           -        -        -          -        -       -         -       login
lucca.sync                      -        -        -          -        -       -         -       login
lucca.sync.book                 -        -        -          -        -       -         -       login
lucca.sync.files                -        -        -          -        -       -         -       login
lucca.sync.list                 -        -        -          -        -       -         -       login
lucca.sync.post                 -        -        -          -        -       -         -       login
lucca.sync.look                 -        -        -          -        -       -         -       login
lucca.sync.purchases            -        -        -          -        -       -         -       login
lucca.sync.resolve              -        -        -          -        -       -         -       login
"""

#: Models whose rows belong to no company.
OF_NO_COMPANY = {"lucca.budget"}


def read_methods():
    """Return ``{(model, method): {kind: result of the call}}``."""
    rights, model = {}, None
    for line in METHODS.splitlines()[2:]:
        name, *cells = line.split() or [""]
        if cells:
            rights[model, name] = dict(zip(KINDS, cells, strict=True))
        elif name:
            model = name
    return rights


def read_models():
    """Return ``{model: {kind: letters of what is allowed, or LOGIN}}``."""
    lines = [line.split() for line in MODELS.splitlines()[2:] if line]
    return {name: dict(zip(KINDS, cells, strict=True)) for name, *cells in lines}
