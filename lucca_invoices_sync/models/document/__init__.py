from . import document
from . import transitions
from . import actions
from . import files
from . import paper
from . import insight
