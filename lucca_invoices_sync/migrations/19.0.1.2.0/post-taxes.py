"""What is bought under a nature, and who chose a VAT rate's tax."""


def migrate(cr, version):
    cr.execute("UPDATE lucca_mapping SET tax_scope = 'consu' WHERE is_goods IS TRUE")
    # Scheduled synchronisations write as the superuser (1); a person's choice is never replaced.
    cr.execute(
        """
        UPDATE lucca_mapping SET found_by = 'person'
         WHERE kind = 'tax' AND tax_id IS NOT NULL AND found_by IS NULL AND write_uid <> 1
        """
    )
