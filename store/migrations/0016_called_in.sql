-- When a mediation that waits for a partner was last told that it answers again.
ALTER TABLE effect ADD COLUMN called_at timestamptz;
