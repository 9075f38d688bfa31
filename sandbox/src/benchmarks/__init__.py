"""Figures that are printed, not asserted: machines differ, so compare ratios within one run."""
