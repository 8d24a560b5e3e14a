-- Rights of the database role of identiteit (PostgreSQL). Run as the owner after `migrate`.
-- Life events and a clerk's look-ups are insert-only: nobody who serves requests can change or remove one.
GRANT SELECT, INSERT, UPDATE ON persoon, baliemedewerker TO identiteit;
GRANT SELECT, INSERT, UPDATE, DELETE ON poging, sessie, deelnemer, code, toegang, gebruikt_ticket, uitgaand TO identiteit;
GRANT SELECT, INSERT, UPDATE, DELETE ON gebeurtenis_wachtend, verhouding, gemeld, levering TO identiteit;
GRANT SELECT, INSERT, UPDATE ON stroom TO identiteit;
GRANT SELECT, INSERT ON bron, gebeurtenis, balie_opvraging TO identiteit;
GRANT USAGE ON SEQUENCE gebeurtenis_volgnummer_seq, balie_opvraging_volgnummer_seq TO identiteit;
