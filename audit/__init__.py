"""Lets others check us: histories are replayed, histories and journal are compared, a mediation is exported."""
