"""${message}"""
${imports if imports else ""}
revision = ${repr(up_revision)}
def upgrade():
    ${upgrades if upgrades else "pass"}
def downgrade():
    ${downgrades if downgrades else "pass"}
