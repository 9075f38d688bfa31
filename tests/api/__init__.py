"""The API over HTTP, on real PostgreSQL and Temporal, with the real workflow and partner systems."""
