-- The directory of organisations: every change is kept, and each version of an organisation holds from a day on.
-- Secrets are not here: they stay in the operator's file.
CREATE TABLE directory_change (
    revision integer PRIMARY KEY,
    by       text NOT NULL,
    at       timestamptz NOT NULL
);

CREATE TABLE organisation_version (
    organisation text NOT NULL,
    revision     integer NOT NULL REFERENCES directory_change,
    place        integer NOT NULL,
    since        date NOT NULL,
    document     json NOT NULL,
    PRIMARY KEY (organisation, revision)
);

-- What the operator's file said when it was last read: what it says anew is taken over, what it repeats is not.
CREATE TABLE directory_file (
    organisation text PRIMARY KEY,
    digest       text NOT NULL
);
