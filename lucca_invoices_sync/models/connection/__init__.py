from . import connection
from . import key
from . import synchronisation
from . import actions
from . import activity
from . import figures
