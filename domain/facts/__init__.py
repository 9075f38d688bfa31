"""Small frozen values: dates and terms, organisations, referral, dwelling, tasks, clocks, rules by name."""
