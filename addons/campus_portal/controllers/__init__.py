from . import app
from . import home
from . import phone
from . import emergency
from . import loss
from . import kiosk
