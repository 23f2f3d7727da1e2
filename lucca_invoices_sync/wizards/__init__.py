from . import lucca_document_accept
from . import lucca_document_ignore
from . import lucca_document_supplier
from . import lucca_mapping_choose
from . import lucca_document_link
from . import lucca_audit_trail
