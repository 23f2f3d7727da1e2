from . import connection
from . import mapping
from . import document
from . import sync
from . import supplier
from . import bill
from . import odoo
from . import demo
