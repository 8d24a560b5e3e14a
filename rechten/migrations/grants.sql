-- PostgreSQL, the package's own database: what the role of the running service may do.
-- Run by the owner after each migration:
--   psql -v role=rechten_app -f rechten/migrations/grants.sql
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :role;
GRANT USAGE ON SCHEMA public TO :role;

-- A register can be paused; a source stays as it was registered.
GRANT SELECT, INSERT, UPDATE ON register TO :role;
GRANT SELECT, INSERT ON bron TO :role;

-- Sessions are made and ended, never changed.
GRANT SELECT, INSERT, DELETE ON sessie TO :role;

GRANT SELECT ON alembic_version TO :role;
