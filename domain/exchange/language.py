"""The number of the language of this release: of its events, its commands, and of what is recorded of them.

It grows by one when any of them changes, so that a release which does not know a change leaves it to those which do:
tests/domain/test_language.py compares their descriptions with those of the number. How releases take over from each
other: docs/upgrade.md.
"""

LANGUAGE = 1
