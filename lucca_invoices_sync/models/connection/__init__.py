from . import connection
from . import checks
from . import key
from . import screens
