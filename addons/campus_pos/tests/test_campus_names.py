from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCampusNames(TransactionCase):
    """What the setup of a till makes is named in every language of the database."""

    def test_payment_method_and_journal_are_named_in_each_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        company = self.env["res.company"].create({"name": "Till Names University"})
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        method = company.with_context(lang="zh_CN")._campus_setup_pos()
        journal = method.journal_id
        for record, english, chinese in (
            (method, "Campus Card", "校园卡"),
            (journal, "Campus Card at Tills", "校园卡收款"),
            (journal.default_account_id, "Campus Card at Tills", "校园卡收款"),
        ):
            self.assertEqual(record.with_context(lang="en_US").name, english)
            self.assertEqual(record.with_context(lang="zh_CN").name, chinese)

    def test_a_renamed_payment_method_stays_renamed(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        company = self.env["res.company"].create({"name": "Till Names University"})
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        method = company._campus_setup_pos()
        method.with_context(lang="zh_CN").name = "饭卡"
        company._campus_setup_pos()
        self.assertEqual(method.with_context(lang="zh_CN").name, "饭卡")
