from . import document
from . import transitions
from . import file
from . import files
from . import screens
from . import decisions
from . import chosen_supplier
from . import choosing
