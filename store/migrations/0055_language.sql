-- The languages (of events, commands and records) that builds have begun to write, and since when: the last is spoken.
CREATE TABLE language (
    version integer PRIMARY KEY,
    since   timestamptz NOT NULL DEFAULT now()
);
