-- A link for one task of one organisation: only the SHA-256 of its token is here, and keyed hashes of its codes.
CREATE TABLE link (
    hash            bytea PRIMARY KEY,
    mediation       text NOT NULL,
    task            text NOT NULL,
    organisation    text NOT NULL,
    due             timestamptz NOT NULL,
    made_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    code            bytea,
    code_expires_at timestamptz,
    code_tries      integer NOT NULL DEFAULT 0,
    wrong           integer NOT NULL DEFAULT 0,
    pass            bytea,
    pass_expires_at timestamptz,
    answered_at     timestamptz,
    FOREIGN KEY (mediation, task) REFERENCES task
);
CREATE INDEX link_by_task ON link (mediation, task);

-- How often something was tried, in the minutes that count.
CREATE TABLE link_try (
    bucket bytea NOT NULL,
    kind   text NOT NULL,
    since  timestamptz NOT NULL,
    tries  integer NOT NULL,
    PRIMARY KEY (bucket, kind)
);
