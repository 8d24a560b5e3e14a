"""rechten: what registers hold about people, who may have it for what, what happened with it, and what
the person sees. Every register is an actor with a database, keys and pseudonyms of its own. It never
knows who someone is, nor how a person is called in another register.
"""
