from . import connection
from . import scheduled_action
from . import checks
from . import key
from . import screens
from . import look
