"""How a package starts: its settings, its clock, and what it tells an operator when it cannot.

Needs the extra `server` (pydantic-settings, typer, uvicorn): only `settings.py`, `deps.py` and
`__main__.py` of a package import from here.
"""
