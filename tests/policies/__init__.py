"""Tests of what is said and proved of a policy."""
