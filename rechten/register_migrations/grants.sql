-- PostgreSQL, the database of one register: what the role of the running service may do.
-- Run by the owner after each migration:
--   psql -v role=rechten_register -f rechten/register_migrations/grants.sql
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :role;
GRANT USAGE ON SCHEMA public TO :role;

-- The processing log is written and read, never changed.
GRANT SELECT, INSERT ON logregel, logdetail TO :role;

-- A record is corrected by a new one; a ground of use stays as it was written.
GRANT SELECT, INSERT ON gegeven, gebruiksgrond TO :role;

-- A storing and a proposal are histories: the next thing is added to them.
GRANT SELECT, INSERT ON storing, storing_voorval, storing_aanbieding, storing_stap TO :role;
GRANT SELECT, INSERT ON voorstel, voorstel_beeindiging TO :role;

-- A person is renumbered under a newer version of the domain; the row key and the records stay.
GRANT SELECT, INSERT, UPDATE ON betrokkene, nummering TO :role;

-- What is thrown away in time.
GRANT SELECT, INSERT, DELETE ON gebruikt_ticket, herhaling TO :role;

GRANT SELECT ON alembic_version TO :role;
