"""The policy files of the municipalities, one TOML file per municipality, and what can be done with such a file.

Everything here is pure text and data: reading a file's lines, checking, comparing and describing it.
"""
