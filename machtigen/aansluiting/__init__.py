"""Connect a service in one command: registered, with its keys, and with an example that works.

Uses `keys.client` and machtigen's own interface for operators, as any operator could by hand.
"""
