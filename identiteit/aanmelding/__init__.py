"""Tickets for registers: enrolment by a registered source, and inspection by the person."""
