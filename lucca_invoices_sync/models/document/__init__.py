from . import document
from . import file
from . import files
from . import screens
