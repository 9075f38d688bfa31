"""Everything that touches the outside is done here, in Temporal activities: a module for each kind of partner."""
