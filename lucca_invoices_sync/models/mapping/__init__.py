from . import mapping
from . import rights
from . import tax
from . import screens
