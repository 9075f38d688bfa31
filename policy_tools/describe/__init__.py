"""A policy as a document for partners to read and sign, in plain Dutch or English."""
