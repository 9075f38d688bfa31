"""What is told to others: the store, an auditor, a municipality's own systems, a corporation's feed."""
