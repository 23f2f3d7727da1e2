from . import audit_trail
