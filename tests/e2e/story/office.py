"""The card office: takes over the old file, serves the counter, freezes a card."""

from playwright.sync_api import expect
from pypdf import PdfReader

from . import cards
from .person import Person
from .portrait import portrait
from .rpc import search_read
from .words import yuan

IMPORT_PAGE = "/odoo/campus-import"
HOLDERS_PAGE = "/odoo/campus-holders"


class Office(Person):
    """Holders, cards and cash."""

    # -- the old card file ---------------------------------------------------------

    def import_cards(self, path):
        """Upload, check, read what the check found, import, wait for the end."""
        self.find(".o_list_button_add").click()
        self.find(".o_field_widget[name=file] input[type=file]").set_input_files(path)
        self.see(".o_campus_import_preview", "学工号", self._imported("Campus number"))
        self.see(".o_statusbar_buttons", self._imported("Check the File"))
        self.shot("01 file chosen")
        self.find("button[name=action_check]:visible").click()
        self._watch("02 checking")
        self.see(
            ".o_form_sheet",
            self._imported("Nothing is changed yet."),
            self._imported("Below is what an import would do."),
        )
        self._expect_totals("to be created", "to be updated")
        self.shot("03 checked")
        self.find("button[name=action_import]:visible").click()
        question = "Holders, cards and opening balances will be created as the check says. Import now?"
        self.confirm(self._imported(question)).click()
        self._watch("04 importing")
        self.see(
            ".o_form_sheet",
            self._imported("The file is imported."),
            self._imported("Importing it again would change nothing."),
        )
        self._expect_totals("created", "updated")
        self.shot("05 imported")
        self.find(".o_campus_tile", has=self.find("[name=attention_count]")).click()
        # beside them the report names cards with UIDs of random or half length
        new = self.find(".o_data_row", has_text=self._imported("The department is new."))
        expect(new).to_have_count(cards.departments(path))
        self.shot("05 report")

    def _watch(self, name):
        """See the bar of the work in the background, then wait until it is through."""
        self.see(".o_campus_import_progress")
        self.shot(name)
        self.gone(".o_campus_import_progress")

    def _expect_totals(self, created, updated):
        for field, text, number in (
            ("created_count", created, cards.ROWS),
            ("updated_count", updated, 0),
            ("unchanged_count", "unchanged", 0),
            ("error_count", "with errors", 0),
        ):
            tile = self.find(".o_campus_tile", has=self.find(f"[name={field}]"))
            expect(tile).to_contain_text(f"{number:,}")
            expect(tile).to_contain_text(self._imported(text))
        totals = self.find("[name=totals]")
        for plan, minor in (("Cash", cards.CASH_MINOR), ("Subsidy", cards.SUBSIDY_MINOR)):
            row = totals.locator("tr", has_text=self.say(plan))
            expect(row).to_contain_text(yuan(minor))

    def _imported(self, text):
        """A text of the import's screens in the language of the screen."""
        return self.say(text, "campus_import")

    # -- a holder --------------------------------------------------------------------

    def add_photo(self, holder):
        """Find a holder by number and give the person a photo."""
        self.search(holder.number)
        self.find(".o_data_row", has_text=holder.name).click()
        expect(self.find("[name=campus_number] input")).to_have_value(holder.number)
        expect(self.find("[name=campus_department_id] input")).to_have_value(holder.department)
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": portrait()}
        self.find(".o_field_widget[name=image_1920] input[type=file]").set_input_files(photo)
        self.find(".o_form_button_save").click()
        # The old picture was drawn from the name.
        expect(self.find(".o_form_status_indicator_buttons.invisible")).to_have_count(1)
        self.shot("06 holder with photo")

    # -- the counter -------------------------------------------------------------------

    def top_up(self, holder, yuan_note):
        """Scan the card, take a bank note, print the receipt."""
        minor = yuan_note * 100
        self.menu("campus_card.campus_menu_counter", "campus_card.campus_counter_menu")
        expect(self.find(".o_campus_counter [name=credential] input")).to_be_focused()
        self.scan(holder.uid)
        self.see(".o_campus_sheet", holder.name, holder.number, yuan(holder.balance_minor))
        self.find("button[name=action_set_amount]").get_by_text(f"{yuan_note}", exact=True).click()
        expect(self.find("[name=amount] input")).to_have_value(f"{yuan_note}.00")
        self.shot("07 counter")
        button = self.find("button[name=action_confirm]:visible")
        expect(button).to_have_text(self.say("Take the Cash"))
        button.click()
        before, after = holder.balance_minor, holder.balance_minor + minor
        self.see(".o_campus_done", self.say("Topped up"), yuan(minor), yuan(before), yuan(after))
        paper = self.shot("08 counter done").with_name("story-08-receipt.pdf")
        with self.page.expect_download() as download:
            self.find("button[name=action_print_receipt]").click()
        download.value.save_as(paper)
        assert len(PdfReader(paper).pages) == 1
        self.find(".modal-footer button[special=cancel]").click()
        self.gone(".modal")
        self._read_receipt(holder, minor)

    def _read_receipt(self, holder, minor):
        """The receipt as a page: letters of a PDF may be drawn shapes that nobody can read back."""
        topup = [("wallet_id.partner_id.campus_number", "=", holder.number), ("kind", "=", "topup")]
        [transfer] = search_read(self.visitor, "campus.transfer", topup, ["company_id"])
        paper = self.visitor.context.new_page()
        paper.set_viewport_size({"width": 330, "height": 430})
        paper.goto(f"/report/html/campus_card.report_campus_receipt/{transfer['id']}")
        text = paper.locator("body")
        school = transfer["company_id"][1]
        for shown in (school, self.say("Campus card receipt"), holder.name, holder.number):
            expect(text).to_contain_text(shown)
        for amount in (minor, holder.balance_minor, holder.balance_minor + minor):
            expect(text).to_contain_text(yuan(amount))
        self.visitor.shot("story 08 receipt", paper)
        paper.close()

    # -- a card --------------------------------------------------------------------------

    def freeze(self, holder):
        """Open the holder's card and freeze it."""
        self.menu("campus_card.campus_menu_cards", "campus_card.campus_card_menu_all")
        self.search(holder.number)
        self.find(".o_data_row", has_text=holder.name).click()
        badge = self.find(".o_form_sheet [name=state].o_field_badge")
        expect(badge).to_have_text(self.say("Active"))
        self.find("button[name=action_freeze]:visible").click()
        expect(badge).to_have_text(self.say("Frozen"))
        self.shot("14 card frozen")
