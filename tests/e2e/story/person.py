"""Somebody at a screen: a browser, a login, a language."""

import re

from playwright.sync_api import expect

# What our addons show: pages of the backend, dialogs, and what lies above the till.
OURS = ".o_menu_sections, .o_form_sheet, .o_list_table, .modal-content, .campus-paid"
# Letters among digits belong to a number.
WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![A-Za-z0-9])")
# Names and abbreviations that are the same in every language.
NAMES = {"CSV", "GB", "UID", "POS", "Excel", "Esc", "vendor", "cards", "csv", "CAMP"}


class Person:
    """``addon`` is the one whose screens this person uses most."""

    addon = "campus_card"

    def __init__(self, visitor, words):
        self.visitor, self.words = visitor, words
        self.page = visitor.page
        self.find = visitor.page.locator

    def say(self, text, addon=None):
        """A text of the addon in the language of the screen."""
        return self.words(addon or self.addon, text)

    def see(self, selector, *texts):
        """Wait until the element shows each of the texts or patterns; returns it."""
        element = self.find(selector)
        expect(element).to_be_visible()
        for text in texts:
            expect(element).to_contain_text(text)
        return element

    def gone(self, selector):
        expect(self.find(selector)).to_have_count(0)

    def rows(self, count):
        """The rows of the list that is open, once there are so many."""
        rows = self.find(".o_data_row")
        expect(rows).to_have_count(count)
        return rows.all()

    def menu(self, *xmlids):
        """Open an entry of the menu bar, section first."""
        for xmlid in xmlids:
            self.find(f"[data-menu-xmlid='{xmlid}']").click()

    def scan(self, uid):
        """What a reader plugged in as a keyboard does: digits, then Enter."""
        self.page.keyboard.type(uid)
        self.page.keyboard.press("Enter")

    def confirm(self, text):
        """Answer a question with yes."""
        question = self.find(".modal", has_text=text)
        expect(question).to_be_visible()
        return question.locator(".modal-footer .btn-primary")

    def search(self, text):
        """Search the list or board that is open for a text."""
        self.find(".o_searchview_input").fill(text)
        expect(self.find(".o_searchview_autocomplete")).to_contain_text(text)
        self.page.keyboard.press("Enter")
        expect(self.find(".o_searchview_facet")).to_contain_text(text)

    def shot(self, name):
        """Screenshot of a station; a Chinese screen must not have English left on it."""
        path = self.visitor.shot(f"story {name}")
        if self.words.language != "en_US":
            shown = " ".join(self.find(f":is({OURS}):visible").all_inner_texts())
            left = set(WORD.findall(shown)) - NAMES
            assert not left, f"English at “{name}”: {sorted(left)}"
        return path
