"""The command `python -m keys vectors`: does our arithmetic give what other implementations give?"""
