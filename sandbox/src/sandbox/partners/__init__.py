"""Reference partner systems: the corporation's, the care provider's and the district team's own systems.

Each is a real HTTP server with its own state. The engine calls it as it would call a partner's system, and the
simulated city's people work in it too. Run one with
`python -m sandbox.partners corporation --port 8101 --state corporation.sqlite`.
"""
