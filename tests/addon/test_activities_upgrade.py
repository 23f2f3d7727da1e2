"""The upgrade recognises the activities of an earlier version, and no others."""

from tests.addon.common import LuccaCase, migrate


class TestActivitiesUpgrade(LuccaCase):
    def test_only_activities_of_this_addon_get_its_type(self):
        bill = self.book().move_id
        warning, todo = "mail.mail_activity_data_warning", "mail.mail_activity_data_todo"
        ours = bill.activity_schedule(warning, summary="Changed in Lucca")
        ours |= bill.activity_schedule(warning, summary="Retiré dans Lucca")
        ours |= self.connection.activity_schedule(todo, summary="Lucca Invoices needs you")
        others = bill.activity_schedule(warning, summary="Of another addon")
        others |= bill.activity_schedule(warning, summary="Changed in Lucca", automated=False)
        others |= bill.copy().activity_schedule(warning, summary="Changed in Lucca")
        others |= self.connection.activity_schedule(todo, summary="Mine", automated=False)
        self.upgrade()
        kind = self.env.ref("lucca_invoices_sync.mail_activity_type_attention")
        self.assertEqual(ours.activity_type_id, kind)
        self.assertNotIn(kind, others.activity_type_id)

    def upgrade(self):
        migrate(self.env, "19.0.1.2.0/post-activities.py", "19.0.1.1.0")
