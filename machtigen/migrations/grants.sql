-- PostgreSQL: what the role of the running service may do. Run by the owner after each migration.
--   psql -v role=machtigen_app -f machtigen/migrations/grants.sql
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :role;
GRANT USAGE ON SCHEMA public TO :role;

-- History and its seals are written and read, never changed.
GRANT SELECT, INSERT ON machtiging_geschiedenis, geschiedenis_zegel TO :role;

-- A party and a registration stay as they are.
GRANT SELECT, INSERT ON partij, dienst, client, machtiging_dienst TO :role;

-- A machtiging changes its state and is never removed.
GRANT SELECT, INSERT, UPDATE ON machtiging, betwisting, bericht, uitgaand TO :role;

-- The desk: what clerks did is written and read, never changed.
GRANT SELECT, INSERT ON balie_handeling TO :role;
GRANT SELECT, INSERT, UPDATE ON baliemedewerker, balie_registratie, controlecode TO :role;
GRANT SELECT, INSERT, DELETE ON balieticket, controlepoging TO :role;

-- What is thrown away in time.
GRANT SELECT, INSERT, UPDATE, DELETE ON sessie, inlogpoging, herhaling, code_poging TO :role;

-- The register of use is written and read, never changed.
GRANT SELECT, INSERT ON gebruik, gebruik_schakel TO :role;

-- The decision log, and the names that actors were given, are written and read, never changed.
GRANT SELECT, INSERT ON beslissing, pairwise_naam TO :role;
-- Life events: each received once; what is known and what is missing changes.
GRANT SELECT, INSERT ON ontvangst TO :role;
GRANT SELECT, INSERT, UPDATE ON feit, ontvangststand, gespiegeld TO :role;
GRANT SELECT, INSERT, UPDATE, DELETE ON ontbrekend TO :role;
-- An organisation and the other side of a case stay as they are; who acted and who was for it is never changed.
GRANT SELECT, INSERT ON organisatie, handelende, zaak_wederpartij, instemming_stem TO :role;

-- People come and go, invitations are used, cases are closed.
GRANT SELECT, INSERT, UPDATE ON organisatie_lid, uitnodiging, beroepsregistratie, zaak, instemming TO :role;
GRANT SELECT, INSERT, DELETE ON machtiging_kring TO :role;

-- Tokens and their status: short-lived, thrown away in time.
GRANT SELECT, INSERT, UPDATE, DELETE ON inlogverzoek, autorisatiecode, uitgifte, uitgifte_schakel, statusvermelding TO :role;
GRANT SELECT, INSERT, UPDATE ON statuslijst TO :role;

GRANT SELECT ON alembic_version TO :role;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :role;
