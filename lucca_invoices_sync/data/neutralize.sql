-- A copied database must never call Lucca. It gets no key, active connection or scheduled action.
UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT cron_id FROM lucca_connection);
UPDATE lucca_connection
   SET active = false;
-- A copy that is not upgraded yet has its keys in the column of version 19.0.1.1.0.
DO $$
BEGIN
    IF to_regclass('"lucca-api-key"') IS NULL THEN
        UPDATE lucca_connection SET api_key = NULL;
    ELSE
        DELETE FROM "lucca-api-key";
    END IF;
END $$;
