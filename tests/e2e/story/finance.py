"""Card finance: closes the day and proves that cards and books agree."""

from playwright.sync_api import expect

from .person import Person
from .words import yuan

DAYS_PAGE = "/odoo/campus-day-close"


class Finance(Person):
    """Reads the ledger, writes nothing but the close."""

    addon = "campus_reports"

    def close_day(self, booked):
        """Look at what would be booked, close, open the entry.

        :param booked: the lines of the entry, ``[(code, debit cents, credit cents)]``
        """
        self.see(".o_control_panel", self.say("Day Close"))
        self.find(".o_control_panel .btn-primary", has_text=self.say("Close a Day")).click()
        preview = self.see(".modal [name=preview]")
        # the dialog proposes yesterday; this school began today
        self.find(".modal [name=date] input, .modal [name=date] button").first.click()
        self.find(".o_datetime_picker .o_today").click()
        for code, debit, credit in booked:
            row = preview.locator("tr", has_text=code).filter(has_text=yuan(debit or credit))
            expect(row).to_have_count(1)
        self.shot("17 day to be closed")
        self.find(".modal button[name=action_close]", has_text=self.say("Close Day")).click()
        self.confirm(self.say("A closed day is final: nothing can be booked on it any more.")).click()
        self.see(".o_form_sheet h1")
        self.gone(".modal")
        self.see(".o_statusbar_status .o_arrow_button_current", self.say("Closed"))
        self.shot("18 day closed")
        self.find("button[name=action_open_moves]").click()
        self.see(".o_breadcrumb", "CAMP/")
        self.see(".o_field_widget[name=line_ids] .o_list_renderer")
        self.shot("19 journal entry")

    def check_bridge(self, on_cards_minor):
        """The bridge reads zero in every line."""
        self.menu("campus_reports.campus_reports_menu_finance", "campus_reports.campus_bridge_check_menu")
        self.see(".o_form_sheet .alert-success", self.say("Cards and books agree"), yuan(0))
        for field in ("cards", "books"):
            expect(self.find(f".o_field_widget[name={field}]").first).to_have_text(yuan(on_cards_minor))
        for field in ("difference", "drift"):
            cells = self.find(f".o_data_row .o_data_cell[name={field}]")
            assert cells.count() >= 3
            for cell in cells.all():
                expect(cell).to_have_text(yuan(0))
        self.shot("20 bridge reads zero")
