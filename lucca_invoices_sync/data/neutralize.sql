-- A copied database must never call Lucca: no key, no active connection, no scheduled action.
UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT cron_id FROM lucca_connection);
UPDATE lucca_connection
   SET active = false;
-- A copy that is not upgraded yet has its keys where version 19.0.1.1.0 had them.
DO $$
BEGIN
    IF to_regclass('"lucca-api-key"') IS NULL THEN
        UPDATE lucca_connection SET api_key = NULL;
    ELSE
        DELETE FROM "lucca-api-key";
    END IF;
END $$;
