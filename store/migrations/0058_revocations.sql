-- Tokens that are believed no more before they end by themselves: one token by a hash of its id, or all tokens that a
-- person was given until a moment, by the person's pseudonym.
CREATE TABLE revocation (
    kind text NOT NULL,
    name text NOT NULL,
    at   timestamptz NOT NULL,
    by   text NOT NULL,
    PRIMARY KEY (kind, name)
);
