from odoo.tests import tagged

from .exports_common import ExportsMixin
from .rights_common import RightsCase, StatedMixin
from .rights_tries import TriesMixin


@tagged("post_install", "-at_install")
class TestCampusRights(StatedMixin, TriesMixin, ExportsMixin, RightsCase):
    addon = "campus_card"
