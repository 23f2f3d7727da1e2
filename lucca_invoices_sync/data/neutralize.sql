-- A copied database must never call Lucca: no key, no active connection, no scheduled action.
UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT cron_id FROM lucca_connection);
UPDATE lucca_connection
   SET active = false,
       api_key = NULL;
