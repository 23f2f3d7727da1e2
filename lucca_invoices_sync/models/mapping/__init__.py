from . import mapping
from . import tax
from . import suggestion
from . import actions
