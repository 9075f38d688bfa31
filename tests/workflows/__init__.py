"""The durable shell: real workflow code, real activities and real servers, on virtual time."""
