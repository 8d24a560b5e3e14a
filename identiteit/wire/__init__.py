"""Requests and answers of identiteit: the published contract."""
