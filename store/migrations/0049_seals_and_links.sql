-- Each command with the seal of whoever gave it, and with a link over it and the one before: see store.journal.link.
-- Commands of before have neither.
ALTER TABLE command ADD COLUMN seal json, ADD COLUMN link text;
