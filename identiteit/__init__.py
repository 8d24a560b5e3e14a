"""identiteit: who someone is. The only package that may hold a BSN, a name, a birth date, an address.

It knows persons, their means of login and their life events. It must never know rights, mandates,
contents of registers, or any register's pseudonym.
"""
