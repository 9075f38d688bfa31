-- Changes of an organisation that a second person confirms. Organisations are as organisation_version keeps them.
CREATE TABLE directory_proposal (
    id           text PRIMARY KEY,
    organisation text NOT NULL,
    since        date NOT NULL,
    before       json,
    after        json NOT NULL,
    watched      text[] NOT NULL,
    proposed_by  text NOT NULL,
    proposed_for text NOT NULL,
    proposed_at  timestamptz NOT NULL,
    confirmed    boolean,
    decided_by   text,
    decided_for  text,
    decided_at   timestamptz,
    CHECK ((decided_at IS NULL) = (confirmed IS NULL)),
    CHECK (NOT confirmed OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX directory_proposal_open ON directory_proposal (organisation) WHERE decided_at IS NULL;

-- What an organisation is told of such a change, at the address that it had before.
CREATE TABLE directory_notice (
    id           text PRIMARY KEY,
    organisation text NOT NULL,
    municipality text NOT NULL,
    reader       json NOT NULL,
    told         text NOT NULL,
    watched      text[] NOT NULL,
    at           timestamptz NOT NULL,
    sent         boolean NOT NULL DEFAULT false
);
CREATE INDEX directory_notice_waiting ON directory_notice (municipality) WHERE NOT sent;
