from . import supplier
from . import create
