"""The real servers of the sandbox, as child processes: PostgreSQL, Temporal, its virtual clock, and mail.

Each server is an async context manager with ``start`` and ``stop``. It keeps its state in a directory, listens on
127.0.0.1 only, dies with its parent, and starts again on the same directory after any crash.
"""
