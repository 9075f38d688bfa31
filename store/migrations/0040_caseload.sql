-- Who works for a municipality: known by the pseudonym of the sign-in. `name` is a reference into the vault.
CREATE TABLE caseworker (
    organisation text NOT NULL,
    id           text NOT NULL,
    name         text NOT NULL,
    since        timestamptz NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (organisation, id)
);

-- Whose a mediation is, or one of its tasks; the empty task stands for the mediation. It decides nothing and is no event:
-- the municipality has the task, and one of its people does it.
CREATE TABLE assignment (
    mediation    text NOT NULL REFERENCES mediation,
    task         text NOT NULL DEFAULT '',
    organisation text NOT NULL,
    caseworker   text NOT NULL,
    since        timestamptz NOT NULL,
    PRIMARY KEY (mediation, task),
    FOREIGN KEY (organisation, caseworker) REFERENCES caseworker
);
CREATE INDEX assignment_by_caseworker ON assignment (organisation, caseworker);

-- Every change of it, for ever.
CREATE TABLE assignment_change (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    by_user      text NOT NULL,
    organisation text NOT NULL,
    mediation    text NOT NULL REFERENCES mediation,
    task         text NOT NULL,
    before       text,
    after        text,
    handed_over  boolean NOT NULL
);
CREATE INDEX assignment_change_by_mediation ON assignment_change (mediation, id);

-- The days on which a caseworker is absent, and whose list has the work meanwhile.
CREATE TABLE caseworker_absence (
    organisation text NOT NULL,
    caseworker   text NOT NULL,
    first        date NOT NULL,
    last         date NOT NULL,
    covered_by   text NOT NULL,
    noted_by     text NOT NULL,
    noted_at     timestamptz NOT NULL,
    PRIMARY KEY (organisation, caseworker, first),
    FOREIGN KEY (organisation, caseworker) REFERENCES caseworker (organisation, id),
    FOREIGN KEY (organisation, covered_by) REFERENCES caseworker (organisation, id),
    CHECK (first <= last),
    CHECK (caseworker <> covered_by)
);
CREATE INDEX caseworker_absence_by_cover ON caseworker_absence (organisation, covered_by, last);
