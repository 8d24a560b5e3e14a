-- Roles on PostgreSQL, in the database of one transcryptor. Run by its owner after the migration.
-- The log is insert-only. The counters of the day are updated; kept answers and the auditor's sealed
-- copies are swept when their term has ended.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

GRANT SELECT, INSERT ON transcrypties, weigeringen, uitgiften TO keys_transcryptor;
GRANT SELECT, INSERT, UPDATE ON tellers TO keys_transcryptor;
GRANT USAGE ON SEQUENCE weigeringen_id_seq TO keys_transcryptor;
GRANT SELECT, INSERT, DELETE ON antwoorden, auditkopieen TO keys_transcryptor;
