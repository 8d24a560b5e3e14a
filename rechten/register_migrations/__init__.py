"""Migrations of the databases of registers."""
