-- The secrets of the installation, each for one end and wrapped under a vault key; beside them a mark for each vault key
-- that wraps something (`vault key ...`), and the fingerprint of each key of what Temporal stores (`payload key ...`).
-- Whoever starts must be able to unwrap every row.
CREATE TABLE vault_secret (
    name    text PRIMARY KEY,
    wrapped bytea NOT NULL
);
