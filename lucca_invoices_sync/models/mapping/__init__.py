from . import mapping
from . import tax
from . import screens
