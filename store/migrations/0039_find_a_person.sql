-- By what a person of the vault is found again: keyed hashes of beginnings of the parts of a name, and of the day of
-- birth. The key is not here. Who has this table alone learns which persons share a beginning or a birthday, and nothing
-- that can be read.
CREATE TABLE vault_index (
    person text NOT NULL REFERENCES vault_key,
    token  bytea NOT NULL,
    PRIMARY KEY (person, token)
);
CREATE INDEX vault_index_by_token ON vault_index (token);
CREATE INDEX mediation_by_person ON mediation (person);

-- Who looked for a person, why, by what kind of fact, and which mediations were shown. What was looked for is not kept.
CREATE TABLE person_search (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    organisation text NOT NULL,
    caseworker   text NOT NULL,
    purpose      text NOT NULL,
    facts        text[] NOT NULL,
    shown        text[] NOT NULL,
    too_many     boolean NOT NULL
);
CREATE INDEX person_search_by_caseworker ON person_search (organisation, caseworker, at);

-- What a mediation is called on the phone, such as A26-0019: the municipality's letter, the year in which it began, and
-- a number within both. The municipality's own numbers never repeat; two municipalities may have the same letter.
CREATE TABLE reference_count (
    municipality text NOT NULL,
    year         integer NOT NULL,
    last         integer NOT NULL,
    PRIMARY KEY (municipality, year)
);
CREATE TABLE reference (
    mediation    text PRIMARY KEY REFERENCES mediation,
    municipality text NOT NULL,
    year         integer NOT NULL,
    number       integer NOT NULL,
    name         text NOT NULL GENERATED ALWAYS AS (
                     upper(left(municipality, 1)) || lpad((year % 100)::text, 2, '0') || '-'
                     || lpad(number::text, greatest(4, length(number::text)), '0')) STORED,
    UNIQUE (municipality, year, number)
);
CREATE INDEX reference_by_name ON reference (name);

INSERT INTO reference (mediation, municipality, year, number)
SELECT id, municipality, year, row_number() OVER (PARTITION BY municipality, year ORDER BY opened_at, id)
FROM mediation CROSS JOIN LATERAL (SELECT extract(year FROM opened_at AT TIME ZONE 'Europe/Amsterdam')::integer AS year) y;
INSERT INTO reference_count (municipality, year, last)
SELECT municipality, year, max(number) FROM reference GROUP BY municipality, year;
