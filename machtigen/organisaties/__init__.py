"""Organisations as parties: who works there, in which function, and who acts for them."""
