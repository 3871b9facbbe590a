from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ..db import bulk
from ..db.bulk import Insert, column
from ..db.prepared import Statement, array, run_all

NASTY = [
    "",
    "null",
    "NULL",
    'say "x"',
    "back\\slash",
    "{brace}",
    "com,ma",
    " blank ",
    "tab\tline\n",
    "卡",
    None,
]


@tagged("post_install", "-at_install")
class TestCampusPrepared(TransactionCase):
    """Statements of kept cursors, and rows that travel as arrays, on an ordinary cursor."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            "CREATE TEMP TABLE campus_bulk (uuid uuid, number int4, words varchar, facts jsonb) ON COMMIT DROP"
        )
        self.insert = Insert(
            "campus_bulk", {"uuid": "uuid", "number": "int4", "words": "varchar", "facts": "jsonb"}
        )

    def store(self, **values):
        run_all(self.env.cr, self.insert.call(self.insert.pack(**values)))
        self.env.cr.execute("SELECT number, words, facts FROM campus_bulk ORDER BY uuid")
        return self.env.cr.fetchall()

    def ids(self, count):
        return [f"00000000-0000-4000-8000-{number:012x}" for number in range(count)]

    def test_any_text_arrives_as_it_was(self):
        self.env.cr.execute("SELECT %s::varchar[]", [column(NASTY)])
        self.assertEqual(self.env.cr.fetchone()[0], NASTY)
        rows = self.store(uuid=self.ids(len(NASTY)), number=7, words=NASTY, facts=None)
        self.assertEqual(rows, [(7, text, None) for text in NASTY])

    def test_a_column_may_be_one_value_or_a_list_of_the_same(self):
        facts = '{"a": "b,\\\\c"}'
        rows = self.store(uuid=self.ids(3), number=[1, None, 3], words=["x"] * 3, facts=[facts, None, facts])
        expected = [(1, "x", {"a": "b,\\c"}), (None, "x", None), (3, "x", {"a": "b,\\c"})]
        self.assertEqual(rows, expected)

    def test_beyond_some_shapes_one_statement_takes_all(self):
        with patch.object(bulk, "MAX_SHAPES", 0):
            rows = self.store(uuid=self.ids(2), number=[1, None], words="x", facts=None)
        self.assertEqual(rows, [(1, "x", None), (None, "x", None)])

    def test_one_row_is_a_row(self):
        self.assertEqual(
            self.store(uuid=self.ids(1), number=[5], words=[None], facts=None), [(5, None, None)]
        )

    def test_a_statement_without_values_and_with_many(self):
        cr = self.env.cr
        self.assertEqual(Statement("test_none", "SELECT 1").one(cr), (1,))
        found = Statement("test_many", "SELECT id FROM res_lang WHERE id = ANY(%s) AND id > %s")
        first = self.env["res.lang"].search([], limit=1).id
        self.assertEqual(found.rows(cr, array([first, 0]), 0), [(first,)])
        self.assertIsNone(found.one(cr, array([]), 0))
