"""Reports: figures over many mediations, each with its definition, counted from what was recorded.

`catalogue` names them all; a report is a module that loads facts by a named query and counts them into tables.
"""
