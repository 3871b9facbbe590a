from odoo.addons.campus_card.tests.rights_common import RightsCase, StatedMixin
from odoo.addons.campus_card.tests.rights_tries import TriesMixin
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampusTimetableRights(StatedMixin, TriesMixin, RightsCase):
    addon = "campus_timetable"
