from odoo.addons.campus_card import tests as _card_tests  # says that nothing is committed here
from . import test_campus_demo
from . import test_demo_doors
from . import test_every_button
