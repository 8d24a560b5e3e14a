"""Machtigingen: who may act for whom, for what, until when; how they come about and end."""
