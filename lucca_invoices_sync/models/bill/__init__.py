from . import bill
from . import line
from . import tax
from . import no_vat
from . import duplicate
from . import check
from . import refund
