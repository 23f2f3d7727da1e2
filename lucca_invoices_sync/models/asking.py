"""Activities of our own type, which ask a person to act. Their user is always somebody who may."""

from odoo.fields import Domain

from .messages import in_words

#: The type of our activities. Those of any other type belong to other addons and people: they are never ended here.
ACTIVITY = "lucca_invoices_sync.mail_activity_type_attention"
MANAGER = "account.group_account_manager"
#: The group of the users who decide about documents and bills.
BILLING = "account.group_account_invoice"
#: The group of the users who can repair a connection.
SYSTEM = "base.group_system"
#: How many of our activities a person gets by e-mail, too. While as many are open, Odoo sends no e-mail about
#: a further bill: a change in Lucca may concern hundreds. The activity of the connection says how many they are.
MOST_EMAILS = 10


def ask(record, responsible, describe, groups=(BILLING,)):
    """Schedule an activity on a bill or a connection, for a user who may act.

    :param responsible: the user who gets it, if allowed to act (``res.users``, may be empty)
    :param describe: a function that takes an environment and returns ``(summary, note)`` in its language
    :param groups: XML ids of groups, one of which is needed to act
    """
    user = find_person(record.company_id, responsible, groups)
    summary, note = describe(env_of(record, user))
    records = record.with_context(**_context_for(user, record))
    records.activity_schedule(ACTIVITY, summary=summary, note=note, user_id=user.id)


def _context_for(user, records):
    """Return the context in which Odoo e-mails a person about new activities on records, or does not."""
    # The current user may not see the activities of other users.
    activities = records.env["mail.activity"].sudo()
    ours = [*_ours_on(records.env["account.move"]), ("user_id", "=", user.id)]
    is_bill = records._name == "account.move"
    most = MOST_EMAILS + 1 - len(records)
    is_flood = is_bill and (most <= 0 or activities.search_count(ours, limit=most) >= most)
    return {"mail_activity_quick_update": True} if is_flood else {}


def _ours_on(records):
    """Return the domain of our activities on records of a model."""
    # By a query, ``env.ref`` would make sure that the type exists.
    type_id = records.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY, raise_if_not_found=True)
    return [("activity_type_id", "=", type_id), ("res_model", "=", records._name)]


def env_of(record, user):
    """Return a record's environment in the language of a user."""
    # The current user may not be allowed to read other users.
    return record.with_context(lang=user.sudo().lang or record.env.lang).env


def find_asked(records):
    """Return our activities on records that are not done yet."""
    return records.activity_search([ACTIVITY])


def find_asked_with_bills(record):
    """Return ``(our activities on a record, those on all bills)`` that are not done yet, by one query."""
    bills = record.env["account.move"]
    ours = Domain(_ours_on(record)) & Domain("res_id", "in", record.ids) | Domain(_ours_on(bills))
    ours &= Domain("automated", "=", True)
    read = ["res_model", "res_id", "user_id"]
    asked = record.env["mail.activity"].search_fetch(ours, read)
    on_bills = asked.filtered(lambda one: one.res_model == bills._name)
    return (asked - on_bills).with_prefetch(), on_bills


def finish(records, but=None):
    """End our activities on records.

    :param but: the summary of activities to keep, as a message
    """
    asked = find_asked(records)
    if but:
        # It is in the language that its first user had.
        languages = [code for code, _name in records.env["res.lang"].get_installed()]
        kept = {in_words(records.with_context(lang=code).env, but) for code in languages}
        asked = asked.filtered(lambda one: one.summary not in kept)
    asked.action_feedback()


def reassign(records, asked, responsible, groups=(BILLING,), leaving=()):
    """Reassign the activities whose user may no longer act.

    :param asked: our activities on ``records``, as ``find_asked`` returns them
    :param leaving: users who are about to be archived or deleted (``res.users``)
    """
    companies = {record.id: record.company_id for record in records}
    unfit = asked.filtered(
        lambda one: (
            one.user_id in leaving or not _is_fit(one.user_id, companies[one.res_id], groups)
        )
    ).grouped(lambda one: companies[one.res_id])
    for company, activities in unfit.items():
        user = find_person(company, responsible, groups, leaving)
        bills = records.browse(activities.mapped("res_id"))
        activities.with_context(**_context_for(user, bills)).user_id = user


def reassign_on_bills(connection, asked, leaving=()):
    """Reassign the activities on the bills of a connection whose user may no longer act.

    :param asked: our activities on bills, which may also be those of other connections
    :param leaving: users who are about to be archived or deleted (``res.users``)
    """
    bills = asked.env["account.move"].browse(set(asked.mapped("res_id")))
    bills = bills.filtered(lambda bill: bill.lucca_document_id.connection_id == connection)
    ids = set(bills.ids)
    on_them = asked.filtered(lambda one: one.res_id in ids)
    reassign(bills, on_them, connection.responsible_id, leaving=leaving)


def ask_others(users):
    """Ask other people what we ask users about bills, before these users are archived or deleted."""
    # Those who archive users may not read the bills and activities of others.
    env = users.sudo().env
    ours = Domain(_ours_on(env["account.move"])) & Domain("automated", "=", True)
    asked = env["mail.activity"].search(ours & Domain("user_id", "in", users.ids))
    bills = env["account.move"].browse(set(asked.mapped("res_id")))
    for connection in bills.lucca_document_id.connection_id:
        reassign_on_bills(connection, asked, users)


def hand_over(records, former, responsible, is_meant, groups=(BILLING,)):
    """Give a new responsible the activities that we scheduled for the former one on records of a model.

    Where the former one could not act, they are those of the person who was asked instead. They stay where the new
    one may not act.

    :param records: an empty recordset of the model
    :param former: the former responsible (``res.users``, may be empty)
    :param is_meant: a function that tells, given a record, whether its activities are handed over
    :param groups: XML ids of groups, one of which is needed to act
    """
    ours = [*_ours_on(records), ("automated", "=", True)]
    asked = records.env["mail.activity"].search(ours)
    meant = records.browse(asked.mapped("res_id")).filtered(
        lambda one: is_meant(one) and _is_fit(responsible, one.company_id, groups)
    )
    companies = {record.id: record.company_id for record in meant}
    former_of = {
        company: find_person(company, former, groups) for company in set(companies.values())
    }
    asked = asked.filtered(lambda one: one.user_id == former_of.get(companies.get(one.res_id)))
    asked.with_context(**_context_for(responsible, meant)).user_id = responsible


def find_person(company, responsible, groups=(BILLING,), leaving=()):
    """Return the user to ask: the responsible if allowed to act, else another one.

    The other one is an accounting manager of the company, else a billing user of it, else an
    administrator. Users who work in the company by default come first.

    :param leaving: users who are about to be archived or deleted (``res.users``), and are not asked
    """
    if responsible not in leaving and _is_fit(responsible, company, groups):
        return responsible
    for group in (MANAGER, BILLING):
        if found := _find_users(company.env, group, [("company_ids", "in", company.ids)], leaving):
            return found.sorted(lambda user: user.company_id != company)[0]
    administrators = _find_users(company.env, SYSTEM, leaving=leaving)
    return administrators.sorted(lambda user: company not in user.company_ids)[:1] or (
        company.env.ref("base.user_admin")
    )


def _is_fit(user, company, groups):
    """Return whether a user works in a company and is in one of the groups (XML ids)."""
    user = user.sudo()  # the current user may not be allowed to read other users
    return bool(user.active and company in user.company_ids) and any(map(user.has_group, groups))


def _find_users(env, group, domain=(), leaving=()):
    """Return the active internal users of a group (its XML id), without those that leave."""
    # The current user may not be allowed to read other users.
    users = env["res.users"].sudo().with_context(active_test=True)
    is_member = ("all_group_ids", "in", env.ref(group).ids)
    found = users.search([is_member, ("share", "=", False), *domain], order="id")
    return found.filtered(lambda user: user not in leaving)
