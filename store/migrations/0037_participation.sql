-- Which part each organisation has in a mediation, from when to when: what it may see follows from it. Filled in with
-- the journal of what was recorded before by `store.filling`, in the same transaction.
CREATE TABLE participation (
    mediation    text NOT NULL REFERENCES mediation,
    organisation text NOT NULL,
    part         text NOT NULL,
    since        timestamptz NOT NULL,
    first        integer NOT NULL,
    -- how the mediation stood when the part ended
    until        timestamptz,
    last         integer,
    stage        text,
    outcome      text,
    -- until when the organisation may see the mediation by this part; null: there is no end to it yet
    shown_until  timestamptz,
    PRIMARY KEY (mediation, organisation, part, first),
    CHECK ((until IS NULL) = (last IS NULL) AND (until IS NULL) = (stage IS NULL)),
    CHECK (until IS NULL OR shown_until IS NOT NULL)
);
CREATE INDEX participation_by_organisation ON participation (organisation, mediation);
