from . import audit_line
