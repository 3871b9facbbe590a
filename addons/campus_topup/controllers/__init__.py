from . import payment
from . import topup
from . import link
from . import auto
from . import history
from . import limits
from . import privacy
