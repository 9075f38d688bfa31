-- What is wrong with a mediation behind the scenes: found by the watchman, and ended when it is found no more.
CREATE TABLE alarm (
    mediation    text NOT NULL,
    kind         text NOT NULL,
    municipality text NOT NULL,
    code         text,
    since        timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    letter       text,
    PRIMARY KEY (mediation, kind, since)
);
CREATE UNIQUE INDEX alarm_now ON alarm (mediation, kind) WHERE ended_at IS NULL;
CREATE INDEX alarm_of_municipality ON alarm (municipality, since) WHERE ended_at IS NULL;
