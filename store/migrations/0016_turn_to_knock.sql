-- When what waits for a partner that stays away is tried again by itself.
ALTER TABLE effect ADD COLUMN turn timestamptz;
