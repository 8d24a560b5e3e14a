"""Migrations of identiteit."""
