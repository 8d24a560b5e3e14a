"""Cases as services registered them: what is bound to one ends with it, and professionals act in one."""
