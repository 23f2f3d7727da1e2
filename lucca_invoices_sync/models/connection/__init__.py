from . import connection
from . import scheduled_action
from . import checks
from . import key
from . import completeness
from . import screens
from . import look
from . import start_date
