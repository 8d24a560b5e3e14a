"""Notices (berichten) to both sides of a machtiging, in their own inbox page."""
