from . import document
from . import queries
from . import files
from . import actions
from . import screen
