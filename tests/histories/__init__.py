"""Golden histories: whole mediations as each release ran them, kept to be replayed and judged again for ever.

`python -m tests.histories` writes those of this release.
"""
