from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCampusTapBigIds(TransactionCase):
    """Ids of taps outgrow 32 bits within eleven years."""

    def test_every_column_that_points_to_a_tap_is_as_large(self):
        self.cr.execute(
            """SELECT table_name || '.' || column_name, data_type FROM information_schema.columns
                WHERE (table_name = 'campus_tap' AND column_name = 'id') OR column_name = 'tap_id'"""
        )
        columns = dict(self.cr.fetchall())
        self.assertIn("campus_tap_review.tap_id", columns)
        self.assertEqual(set(columns.values()), {"bigint"}, columns)
        self.assertEqual(self.env["campus.tap.review"]._fields["tap_id"].column_type[0], "int8")
        self.cr.execute(
            """SELECT conrelid::regclass::text FROM pg_constraint con JOIN pg_attribute a
                   ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
                WHERE contype = 'f' AND a.atttypid <> 'int8'::regtype AND confrelid = 'campus_tap'::regclass"""
        )
        self.assertFalse(self.cr.fetchall())
