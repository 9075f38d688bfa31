"""A city under siege: all is killed, paused, filled and lied to at random moments, and what must hold is checked.

`plan` draws what happens, `blows` deals it, `people` live meanwhile; `evidence` is what is seen from outside when it is
over, and `invariants` judge it.
"""
