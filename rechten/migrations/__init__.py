"""Migrations of the package's own database."""
