import base64
from datetime import date

from odoo.tests import tagged

from .import_common import DATA, ROW, SECOND, ImportCase, csv_of, xlsx_of


@tagged("post_install", "-at_install")
class TestCampusImport(ImportCase):
    """What an import makes of good files, once and again."""

    def test_both_vendors_files_give_their_sums_to_the_cent(self):
        before = {plan: self.pocket_minor(plan) for plan in ("cash", "subsidy")}
        files = {
            "vendor_a_cards.csv": (3000, (2789, 92, 56, 63), 71_291_861, 14_277_623),
            "vendor_b_cards.xlsx": (2000, (1856, 71, 37, 36), 45_560_635, 9_500_347),
        }
        cards = self.env["campus.card"]
        for name, (rows, statuses, cash_minor, subsidy_minor) in files.items():
            known = set(cards.search([]).ids)
            answer = self.imports._run((DATA / name).read_bytes(), name)
            self.assert_counts(answer, created=rows)
            self.assertEqual(answer["openings"], {"cash": cash_minor, "subsidy": subsidy_minor})
            new = cards.search([("id", "not in", list(known))])
            states = [
                len(new.filtered(lambda card, state=state: card.state == state))
                for state in ("active", "lost", "frozen", "returned")
            ]
            self.assertEqual(tuple(states), statuses)
            for plan, minor in (("cash", cash_minor), ("subsidy", subsidy_minor)):
                self.assertEqual(self.pocket_minor(plan) - before[plan], minor)
                before[plan] = self.pocket_minor(plan)
            transfers = self.transfer_count()
            again = self.imports._run((DATA / name).read_bytes(), name)
            self.assert_counts(again, unchanged=rows)
            self.assertEqual(self.transfer_count(), transfers)

    def test_a_row_becomes_holder_card_wallet_and_openings(self):
        self.assert_counts(self.import_rows(ROW), created=1)
        partner = self.holder()
        self.assertEqual(partner.name, "卢彤强")
        self.assertEqual(partner.campus_role, "student")
        self.assertEqual(partner.campus_department_id.name, "测试学院")
        self.assertEqual(partner.campus_valid_from, date(2024, 8, 1))
        self.assertEqual(partner.campus_valid_until, date(2099, 7, 31))
        self.assertEqual(partner.company_id, self.company)
        card = partner.campus_card_ids
        self.assertRecordValues(
            card,
            [{"uid": "D08F168A", "state": "active", "kind": "physical", "valid_until": date(2099, 7, 31)}],
        )
        self.assertEqual(card.wallet_id, partner.campus_wallet_id)
        self.assertEqual(self.pocket_minor("cash", partner), 1230)
        self.assertEqual(self.pocket_minor("subsidy", partner), 500)
        opening = self.env["campus.account"]._system("opening")
        transfers = self.env["campus.transfer"].search([("wallet_id", "=", card.wallet_id.id)])
        self.assertEqual(transfers.debit_account_id, opening)
        self.assertEqual(set(transfers.mapped("kind")), {"opening"})

    def test_a_dry_run_changes_nothing_and_says_the_same(self):
        tables = (
            "res.partner",
            "campus.card",
            "campus.transfer",
            "campus.department",
            "campus.import.account",
        )
        before = [self.env[name].search_count([]) for name in tables]
        dry = self.import_rows(ROW, SECOND, dry_run=True)
        self.assertEqual([self.env[name].search_count([]) for name in tables], before)
        self.assertFalse(dry["committed"])
        wet = self.import_rows(ROW, SECOND)
        self.assertTrue(wet["committed"])
        for name in ("created", "updated", "unchanged", "errors", "openings", "warnings"):
            self.assertEqual(dry[name], wet[name])

    def test_the_same_file_again_changes_nothing(self):
        self.import_rows(ROW, SECOND)
        transfers, cards = self.transfer_count(), self.env["campus.card"].search_count([])
        for encoding in ("gb18030", "utf-8", "utf-8-sig"):
            answer = self.run_file(csv_of(ROW, SECOND, encoding=encoding))
            self.assert_counts(answer, unchanged=2)
            self.assertFalse(answer["warnings"])
        self.assertEqual(self.transfer_count(), transfers)
        self.assertEqual(self.env["campus.card"].search_count([]), cards)

    def test_a_person_with_changed_data_is_updated(self):
        self.import_rows(ROW, SECOND)
        changed = {**ROW, "姓名": "卢彤", "部门": "另一学院", "身份": "教职工", "有效期": "20300101"}
        answer = self.import_rows(changed, SECOND)
        self.assert_counts(answer, updated=1, unchanged=1)
        partner = self.holder()
        self.assertEqual(partner.name, "卢彤")
        self.assertEqual(partner.campus_role, "staff")
        self.assertEqual(partner.campus_department_id.name, "另一学院")
        self.assertEqual(partner.campus_valid_until, date(2030, 1, 1))
        self.assertEqual(partner.campus_card_ids.valid_until, date(2030, 1, 1))
        self.assertEqual(len(partner.campus_card_ids), 1)

    def test_a_changed_balance_is_reported_and_not_posted(self):
        self.import_rows(ROW)
        transfers = self.transfer_count()
        answer = self.import_rows({**ROW, "卡余额": "20.00"})
        self.assert_counts(answer, unchanged=1)
        self.assertEqual(
            [(w["row"], w["column"], w["value"], w["code"]) for w in answer["warnings"]],
            [(2, "卡余额", "2000", "balance_changed")],
        )
        self.assertIn("12.30", answer["warnings"][0]["message"])
        self.assertEqual(self.transfer_count(), transfers)
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)

    def test_an_account_that_held_nothing_is_not_opened_later(self):
        self.import_rows({**ROW, "卡余额": "0.00", "补助余额": "0.00"})
        self.import_rows(ROW)
        self.assertEqual(self.pocket_minor("cash", self.holder()), 0)

    def test_a_person_who_was_here_before_is_completed(self):
        partner = self.env["res.partner"].create({"name": "Lu", "campus_number": ROW["学工号"]})
        self.env["campus.wallet"]._for_holder(partner)
        answer = self.import_rows(ROW)
        self.assert_counts(answer, updated=1)
        self.assertEqual(self.holder(), partner)
        self.assertEqual(partner.name, "卢彤强")
        self.assertEqual(self.pocket_minor("cash", partner), 1230)
        self.assertEqual(partner.campus_card_ids.uid, "D08F168A")

    def test_the_state_of_a_card_follows_only_when_it_is_stricter(self):
        self.import_rows(ROW, SECOND)
        self.assert_counts(self.import_rows({**ROW, "卡状态": "挂失"}, SECOND), updated=1, unchanged=1)
        card = self.holder().campus_card_ids
        self.assertEqual(card.state, "lost")
        self.assertTrue(card.lost_at)
        answer = self.import_rows(ROW, SECOND)
        self.assert_counts(answer, unchanged=2)
        self.assertEqual([w["code"] for w in answer["warnings"]], ["status_differs"])
        self.assertEqual(card.state, "lost")

    def test_another_uid_for_the_same_account_is_a_replacement(self):
        self.import_rows(ROW)
        old = self.holder().campus_card_ids
        self.assert_counts(self.import_rows({**ROW, "物理卡号": "77705923"}), updated=1)
        new = self.holder().campus_card_ids - old
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.replaced_by_id, new)
        self.assertEqual((new.state, new.replaces_id, new.wallet_id), ("active", old, old.wallet_id))
        self.assert_counts(self.import_rows({**ROW, "物理卡号": "77705923"}), unchanged=1)

    def test_a_closed_account_without_money_is_closed(self):
        self.import_rows({**ROW, "卡状态": "注销", "卡余额": "0", "补助余额": "0"})
        card = self.holder().campus_card_ids
        self.assertEqual((card.state, card.wallet_id.state), ("returned", "closed"))

    def test_a_closed_account_with_money_keeps_it_and_is_flagged(self):
        answer = self.import_rows({**ROW, "卡状态": "注销"})
        self.assertEqual([w["code"] for w in answer["warnings"]], ["department_created", "closed_with_money"])
        card = self.holder().campus_card_ids
        self.assertEqual((card.state, card.wallet_id.state), ("returned", "open"))
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)

    def test_the_uid_of_a_closed_account_may_be_anothers(self):
        closed = {**ROW, "卡状态": "注销"}
        self.assert_counts(self.import_rows(closed, {**SECOND, "物理卡号": ROW["物理卡号"]}), created=2)

    def test_the_same_account_of_another_system_is_another_account(self):
        self.import_rows(ROW)
        sheet = (ROW["账号"], "T900", "戴鸿军", "女", "测试学院", "本科生", "1AFDAFB2", 250, 0, 0, 0)
        answer = self.run_file(xlsx_of((*sheet, date(2099, 12, 31), None)))
        self.assertEqual(answer["profile"], "vendor_b")
        self.assert_counts(answer, created=1)
        self.assertEqual(self.pocket_minor("cash", self.holder("T900")), 250)
        self.assertFalse(self.holder("T900").campus_valid_until)

    def test_progress_is_told_from_start_to_end(self):
        told = []
        self.import_rows(ROW, SECOND, progress=lambda *step: told.append(step))
        self.assertEqual(
            [phase for _done, _total, phase in told], ["read", "check", "holders", "cards", "balances"]
        )
        self.assertEqual(told[-1][:2], (6, 6))

    def test_a_guessed_profile_imports_an_unknown_file(self):
        self.env["campus.import.profile"].search([]).active = False
        answer = self.import_rows(ROW)
        self.assertEqual([e["code"] for e in answer["errors"]], ["file_header"])
        job = self.imports.create({"filename": "new.csv"})
        job.file = base64.b64encode(csv_of(ROW, SECOND))
        job.action_create_profile()
        self.assertEqual(job.profile_id.source, "new")
        self.assert_counts(self.import_rows(ROW, SECOND, profile=job.profile_id), created=2)
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)

    def test_an_imported_account_goes_along_with_a_wallet_that_is_joined(self):
        # an empty one: joining money asks a second person
        empty = {**ROW, "卡余额": "0.00", "补助余额": "0.00"}
        self.assert_counts(self.import_rows(empty, SECOND), created=2)
        holder, other = self.holder(), self.holder(SECOND["学工号"])
        taken = self.env["campus.import.account"].search([("partner_id", "=", holder.id)])
        self.assertEqual(taken.wallet_id, holder.campus_wallet_id)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((holder | other).ids, other)
        self.env.invalidate_all()
        self.assertEqual(taken.wallet_id, other.campus_wallet_id)
