"""Tools for a city's policy file: check it, compare it, describe it, prove that the process is sound under it.

Everything here is pure: text and data in, text and data out. `runtime.policy_files` knows where the files are.
"""
