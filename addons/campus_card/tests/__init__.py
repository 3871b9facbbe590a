from odoo import modules

from ..db import own_cursor
from . import test_campus_account_links
from . import test_campus_evidence
from . import test_campus_ledger
from . import test_campus_card
from . import test_campus_correction
from . import test_campus_counter
from . import test_campus_departments
from . import test_campus_holder
from . import test_campus_replace
from . import test_campus_resolve
from . import test_campus_security
from . import test_campus_tours
from . import test_campus_wallet_pin
from . import test_res_company_setup
from . import test_campus_chip_key
from . import test_campus_prepared
from . import test_campus_rights
from . import test_campus_proposed
from . import test_campus_holiday
from . import test_campus_identity
from . import test_campus_login
from . import test_campus_currency
from . import test_campus_number
from . import test_campus_archiving
from . import test_campus_big_ids
from . import test_campus_card_doors
from . import test_campus_debt
from . import test_campus_expiry
from . import test_campus_vcard
from . import test_campus_wallet_join
from . import test_base_address
from . import test_views_money
from . import test_views_pages
from . import test_paper

# A test takes back what it has done: nothing of it may be committed, and no other connection sees it.
own_cursor.may_commit = lambda: not modules.module.current_test
