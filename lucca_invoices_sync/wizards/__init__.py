from . import lucca_document_ignore
