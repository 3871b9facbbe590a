import io
from pathlib import Path

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user
from openpyxl import Workbook

DATA = Path(__file__).parents[3] / "tests" / "data"
HEADER = "账号,学工号,姓名,性别,部门,身份,物理卡号,卡余额,补助余额,卡状态,有效期,开户日期"
ROW = {
    "账号": "T100000",
    "学工号": "T20230300000",
    "姓名": "卢彤强",
    "性别": "女",
    "部门": "测试学院",
    "身份": "本科生",
    "物理卡号": "2316734416",
    "卡余额": "12.30",
    "补助余额": "5.00",
    "卡状态": "正常",
    "有效期": "20990731",
    "开户日期": "20240801",
}
SECOND = {
    **ROW,
    "账号": "T100001",
    "学工号": "T20220100001",
    "姓名": "姚彤琪",
    "物理卡号": "2014070210",
    "卡余额": "100.00",
    "补助余额": "0.00",
}
SHEET_HEADER = [
    "CardNo",
    "StuEmpNo",
    "Name",
    "Sex",
    "Dept",
    "Type",
    "UID(HEX)",
    "Balance(分)",
    "Subsidy(分)",
    "Lost",
    "Frozen",
    "ExpDate",
    "Remark",
]


def csv_of(*rows, end="\r\n", encoding="gb18030", header=HEADER):
    lines = [header, *(",".join(row.values()) for row in rows)]
    return ("\r\n".join(lines) + end).encode(encoding)


def xlsx_of(*rows, header=SHEET_HEADER):
    book = Workbook()
    for row in (("一卡通系统 卡户资料导出",), header, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class ImportCase(TransactionCase):
    """Short names for importing a file and looking at what came of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A school of its own (a branch shares its parent's chart of accounts): whatever
        # cards the database has, the numbers and UIDs of the files are free here.
        root = cls.env.company
        cls.company = cls.env["res.company"].create({"name": "School of Imports", "parent_id": root.id})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.env.company
        cls.company._campus_setup()
        cls.imports = cls.env["campus.import"]
        cls.profile_a = cls.env.ref("campus_import.campus_import_profile_vendor_a")
        cls.profile_b = cls.env.ref("campus_import.campus_import_profile_vendor_b")

    def run_file(self, content, **values):
        return self.imports._run(content, "cards.csv", **values)

    def import_rows(self, *rows, **values):
        return self.run_file(csv_of(*rows), **values)

    def holder(self, number=ROW["学工号"]):
        domain = [("campus_number", "=", number), ("company_id", "=", self.company.id)]
        return self.env["res.partner"].search(domain)

    @classmethod
    def user(cls, role, company=None):
        """A user of the test's school with one of the addon's groups."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"import-{role}-{company.id}",
            groups=f"campus_card.group_campus_card_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def pocket_minor(self, plan, partner=None):
        """Cents in a holder's pocket of that plan; of all the company's holders if None."""
        domain = [("kind", "=", "pocket"), ("plan_id.code", "=", plan), ("company_id", "=", self.company.id)]
        if partner is not None:
            domain.append(("wallet_id.partner_id", "=", partner.id))
        self.env["campus.account"].invalidate_model()
        return sum(self.env["campus.account"].search(domain).mapped("balance_minor"))

    def transfer_count(self):
        domain = [("kind", "=", "opening"), ("company_id", "=", self.company.id)]
        return self.env["campus.transfer"].search_count(domain)

    def assert_counts(self, answer, created=0, updated=0, unchanged=0, errors=0):
        found = (answer["created"], answer["updated"], answer["unchanged"], len(answer["errors"]))
        self.assertEqual(found, (created, updated, unchanged, errors), answer)

    def assert_error(self, answer, row, column, code):
        self.assertEqual(
            [(error["row"], error["column"], error["code"]) for error in answer["errors"]],
            [(row, column, code)],
        )
        error = answer["errors"][0]
        self.assertEqual(set(error), {"row", "column", "value", "code", "message"})
        self.assertTrue(error["message"].endswith("."))
        self.assertNotIn("%", error["message"])
