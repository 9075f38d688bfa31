"""Replay and re-judgement: what is found, and what must be told apart."""
