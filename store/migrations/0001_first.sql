-- The journal: commands, the events they led to, and the policies they were decided under.
CREATE TABLE policy (
    digest      text PRIMARY KEY,
    id          text NOT NULL,
    version     text NOT NULL,
    document    json NOT NULL
);

CREATE TABLE mediation (
    id            text PRIMARY KEY,
    municipality  text NOT NULL,
    policy        text NOT NULL REFERENCES policy,
    person        text NOT NULL,
    stage         text NOT NULL,
    outcome       text,
    organisations text[] NOT NULL,
    sequence      integer NOT NULL,
    head          text NOT NULL,
    opened_at     timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    closed_at     timestamptz,
    wake_at       timestamptz,
    CHECK ((outcome IS NULL) = (closed_at IS NULL))
);
CREATE INDEX mediation_by_municipality ON mediation (municipality, opened_at, id);
CREATE INDEX mediation_by_organisation ON mediation USING gin (organisations);

CREATE TABLE command (
    mediation    text NOT NULL,
    id           text NOT NULL,
    ordinal      integer NOT NULL,
    type         text NOT NULL,
    organisation text NOT NULL,
    at           timestamptz NOT NULL,
    document     json NOT NULL,
    gone         json NOT NULL,
    recorded     json NOT NULL,
    refused      boolean NOT NULL,
    PRIMARY KEY (mediation, id),
    UNIQUE (mediation, ordinal)
);

CREATE TABLE event (
    mediation text NOT NULL REFERENCES mediation,
    sequence  integer NOT NULL,
    ordinal   integer NOT NULL,
    type      text NOT NULL,
    at        timestamptz NOT NULL,
    document  json NOT NULL,
    PRIMARY KEY (mediation, sequence)
);

-- Requests of the API by idempotency key: the same key is always answered alike.
CREATE TABLE request (
    organisation text NOT NULL,
    key          text NOT NULL,
    mediation    text NOT NULL,
    fingerprint  text NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, key)
);

-- The read model.
CREATE TABLE task (
    mediation text NOT NULL REFERENCES mediation,
    id        text NOT NULL,
    kind      text NOT NULL,
    owner     text NOT NULL,
    about     text,
    opened_at timestamptz NOT NULL,
    due       timestamptz NOT NULL,
    reminded  integer NOT NULL,
    escalated integer NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (mediation, id)
);
CREATE INDEX task_open_by_owner ON task (owner, due) WHERE closed_at IS NULL;

-- The outbox: what was decided to be done outside, and when it was done.
CREATE TABLE effect (
    key         text PRIMARY KEY,
    mediation   text NOT NULL REFERENCES mediation,
    lane        text NOT NULL,
    type        text NOT NULL,
    document    json NOT NULL,
    asked_at    timestamptz NOT NULL,
    result      text CHECK (result IN ('done', 'void', 'refused')),
    settled_at  timestamptz
);
CREATE INDEX effect_waiting ON effect (mediation) WHERE result IS NULL;

-- What is scarce.
CREATE TABLE open_person (
    person    text PRIMARY KEY,
    mediation text NOT NULL UNIQUE
);

CREATE TABLE capacity (
    municipality text NOT NULL,
    year         integer NOT NULL,
    places       integer NOT NULL,
    used         integer NOT NULL DEFAULT 0,
    beyond       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (municipality, year),
    CHECK (used BETWEEN 0 AND places),
    CHECK (beyond >= 0)
);

CREATE TABLE place (
    mediation    text PRIMARY KEY,
    municipality text NOT NULL,
    year         integer NOT NULL,
    units        integer NOT NULL CHECK (units > 0),
    beyond       boolean NOT NULL,
    FOREIGN KEY (municipality, year) REFERENCES capacity
);

CREATE TABLE kept_dwelling (
    corporation text NOT NULL,
    dwelling    text NOT NULL,
    mediation   text NOT NULL UNIQUE,
    PRIMARY KEY (corporation, dwelling)
);

-- The vault: personal data and free text, encrypted per person. Nothing else in this database names a person.
CREATE TABLE vault_key (
    person  text PRIMARY KEY,
    lookup  bytea UNIQUE,
    wrapped bytea
);

CREATE TABLE vault_item (
    id         text PRIMARY KEY,
    person     text NOT NULL REFERENCES vault_key,
    mediation  text,
    kind       text NOT NULL,
    author     text NOT NULL,
    ciphertext bytea NOT NULL,
    stored_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX vault_item_by_mediation ON vault_item (mediation, kind);
