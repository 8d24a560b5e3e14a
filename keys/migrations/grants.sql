-- Roles on PostgreSQL. Run by the database's owner after `python -m keys migrate`.
-- keys_register serves the registry; keys_partij is the role with which a transcryptor reads it.
-- Nobody may change or delete: every table is insert-only.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

GRANT SELECT, INSERT ON actoren, actor_sleutels, doelen, doel_einden, domeinen, domein_sleutels,
    toezeggingen, epoch_einden, actor_standen, gebruiksgronden, gebruiksgrond_einden,
    generaties, generatie_standen, overdrachten TO keys_register;

GRANT SELECT ON actoren, actor_sleutels, doelen, doel_einden, domeinen, domein_sleutels,
    toezeggingen, epoch_einden, actor_standen, gebruiksgronden, gebruiksgrond_einden,
    generaties, generatie_standen, overdrachten TO keys_partij;
