"""Activities that ask a person to act: told from all others, and given to somebody who can."""

#: Our own type: what other addons and people schedule is never ended by us.
ACTIVITY = "lucca_invoices_sync.mail_activity_type_attention"
MANAGER = "account.group_account_manager"
#: Who decides what becomes of documents and bills.
BILLING = "account.group_account_invoice"
#: Who gets a connection to work again.
SYSTEM = "base.group_system"


def ask(record, responsible, describe, groups=(BILLING,)):
    """Schedule an activity on a bill or a connection, for somebody who can act.

    :param responsible: who is asked if fit (``res.users``, may be empty)
    :param describe: a function that gives its summary and note, in the language of an environment
    :param groups: XML ids of groups, one of which is needed to act
    """
    user = find_person(record.company_id, responsible, groups)
    summary, note = describe(env_of(record, user))
    record.activity_schedule(ACTIVITY, summary=summary, note=note, user_id=user.id)


def env_of(record, user):
    """Return a record's environment in the language of a user, who reads what is written in it."""
    # Whoever asks need not see other users.
    return record.with_context(lang=user.sudo().lang or record.env.lang).env


def find_asked(records):
    """Return our activities on records that are not done yet."""
    return records.activity_search([ACTIVITY])


def finish(records, words=False):
    """End our activities on records.

    :param words: what is said of it
    """
    find_asked(records).action_feedback(feedback=words)


def reassign(records, asked, responsible, groups=(BILLING,)):
    """Give our activities on records, whose user can no longer act, to somebody who can.

    :param asked: these activities, as ``find_asked`` finds them
    """
    for activity in asked:
        company = records.browse(activity.res_id).company_id
        if not _is_fit(activity.user_id, company, groups):
            activity.user_id = find_person(company, responsible, groups)


def find_person(company, responsible, groups=(BILLING,)):
    """Return who is asked: the responsible where fit, else somebody of the company.

    That is an accounting manager, else a billing user, else an administrator; those who work in
    the company by default come first.
    """
    if _is_fit(responsible, company, groups):
        return responsible
    for group in (MANAGER, BILLING):
        if found := _find_users(company.env, group, [("company_ids", "in", company.ids)]):
            return found.sorted(lambda user: user.company_id != company)[0]
    administrators = _find_users(company.env, SYSTEM)
    return administrators.sorted(lambda user: company not in user.company_ids)[:1] or (
        company.env.ref("base.user_admin")
    )


def _is_fit(user, company, groups):
    """Whether a user sees what belongs to a company, and may act on it."""
    user = user.sudo()  # whoever asks need not see other users' companies and groups
    return bool(user.active and company in user.company_ids) and any(map(user.has_group, groups))


def _find_users(env, group, domain=()):
    """Return the active internal users of a group (its XML id)."""
    # Whoever asks need not see other users.
    users = env["res.users"].sudo().with_context(active_test=True)
    is_member = ("all_group_ids", "in", env.ref(group).ids)
    return users.search([is_member, ("share", "=", False), *domain], order="id")
