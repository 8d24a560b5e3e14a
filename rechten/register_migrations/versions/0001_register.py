"""Persons, records, grounds, used tickets, first answers, and the insert-only log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSERT_ONLY = ("logregel", "logdetail", "gegeven")


def upgrade() -> None:
    """Make the tables, and the triggers that keep log and records insert-only."""
    _people_and_records()
    _rights_and_repeats()
    _log()
    _insert_only()


def _people_and_records() -> None:
    op.create_table(
        "betrokkene",
        sa.Column("pid", sa.String(43), primary_key=True),
        sa.Column("verpakt", sa.LargeBinary, nullable=False),
        sa.Column("zaad", sa.LargeBinary, nullable=False),
        sa.Column("sinds", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "gegeven",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("pid", sa.String, sa.ForeignKey("betrokkene.pid"), nullable=False),
        sa.Column("categorie", sa.String, nullable=False),
        sa.Column("waarde", sa.JSON, nullable=False),
        sa.Column("bron", sa.String, nullable=False),
        sa.Column("geldig_van", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geldig_tot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vastgelegd_op", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("doel", sa.String, nullable=False),
        sa.Column("corrigeert", sa.String, nullable=True),
    )
    op.create_index("ix_gegeven_pid", "gegeven", ["pid"])


def _rights_and_repeats() -> None:
    op.create_table(
        "gebruiksgrond",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("afnemer", sa.String, nullable=False),
        sa.Column("afnemer_naam", sa.JSON, nullable=False),
        sa.Column("doel", sa.String, nullable=False),
        sa.Column("categorieen", sa.JSON, nullable=False),
        sa.Column("geldig_van", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geldig_tot", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_gebruiksgrond_afnemer", "gebruiksgrond", ["afnemer"])
    op.create_table(
        "gebruikt_ticket",
        sa.Column("jti", sa.String, primary_key=True),
        sa.Column("verloopt_op", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_gebruikt_ticket_verloopt_op", "gebruikt_ticket", ["verloopt_op"])
    op.create_table(
        "herhaling",
        sa.Column("sleutel", sa.String, primary_key=True),
        sa.Column("vingerafdruk", sa.String, nullable=False),
        sa.Column("antwoord", sa.JSON, nullable=False),
        sa.Column("op", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_herhaling_op", "herhaling", ["op"])


def _log() -> None:
    op.create_table(
        "logregel",
        sa.Column("trace_id", sa.String(32), primary_key=True),
        sa.Column("span_id", sa.String(16), primary_key=True),
        sa.Column("parent_span_id", sa.String(16), nullable=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("start_time", sa.BigInteger, nullable=False),
        sa.Column("end_time", sa.BigInteger, nullable=False),
        sa.Column("data_subject_id", sa.String, nullable=True),
        sa.Column("resource", sa.JSON, nullable=False),
        sa.Column("attributes", sa.JSON, nullable=False),
    )
    op.create_index("ix_logregel_data_subject_id", "logregel", ["data_subject_id"])
    op.create_table(
        "logdetail",
        sa.Column("trace_id", sa.String(32), primary_key=True),
        sa.Column("span_id", sa.String(16), primary_key=True),
        sa.Column("doel_digest", sa.String, nullable=False),
        sa.Column("verzegeld", sa.LargeBinary, nullable=False),
    )


def _insert_only() -> None:
    """No role, the owner included, changes a line by an ordinary statement; `grants.sql` adds roles."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'insert-only table'; END $$"
        )
        for table in INSERT_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in INSERT_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'insert-only table'); END"
            )
