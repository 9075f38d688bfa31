"""Everything a mediation needs around it, on one machine: servers, partners and a simulated city."""
