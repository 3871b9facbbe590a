from odoo.tests import tagged

from .rights_common import RightsCase, StatedMixin
from .rights_tries import TriesMixin


@tagged("post_install", "-at_install")
class TestCampusRights(StatedMixin, TriesMixin, RightsCase):
    addon = "campus_card"
