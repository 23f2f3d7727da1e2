from . import mapping
from . import rights
from . import tax
from . import tax_choice
from . import screens
from . import establishment
from . import suppliers
from . import choosing
