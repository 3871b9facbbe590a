"""Somebody at a screen: a browser, a login, a language."""

from playwright.sync_api import expect


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
        self.visitor.shot(f"story {name}")
