"""Beoordeling (judgement) of contests: the operator's commands, over the interface of a running service."""
