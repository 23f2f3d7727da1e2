from . import connection
from . import key
from . import screens
