from . import test_auto_topup
from . import test_chart
from . import test_history_pages
from . import test_limits_pages
from . import test_privacy_pages
from . import test_topup
from . import test_topup_link
from . import test_topup_pages
