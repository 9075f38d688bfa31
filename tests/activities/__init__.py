"""The hands, against the reference systems of partners and a real mail server."""
