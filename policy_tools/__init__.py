"""What can be done with a city's policy file: check it, compare it, describe it, prove the process sound under it.

Everything here is pure text and data; where the files are is told by `runtime.policy_files`.
"""
