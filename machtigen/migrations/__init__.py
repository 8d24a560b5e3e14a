"""Migrations of machtigen: numbered, one head, expand before contract."""
