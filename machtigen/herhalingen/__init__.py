"""Repeated requests (RFC draft Idempotency-Key): the first answer is given again, the act not done again."""
