"""Tickets with which identiteit shows names on our pages; this package never learns one."""
