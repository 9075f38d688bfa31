"""Corporations over VERA 4.3, the data standard of Dutch housing corporations: REST, JSON, Dutch names.

`codes` and `entities` are the part of the standard that we speak, `client` is how a system is called, `dwellings` and
`answers` say what VERA's words mean in ours, and `corporation` carries out what is asked of a corporation.
"""
