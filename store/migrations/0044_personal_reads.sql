-- Who read personal data of a client, what, and why: written before it is shown, and never changed. No name stands in it.
CREATE TABLE personal_read (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    mediation    text NOT NULL REFERENCES mediation,
    person       text NOT NULL,
    role         text NOT NULL,
    organisation text NOT NULL,
    substitute   text,
    caseworker   text NOT NULL,
    what         text NOT NULL,
    purpose      text NOT NULL
);
CREATE INDEX personal_read_by_mediation ON personal_read (mediation, id);
CREATE INDEX personal_read_by_person ON personal_read (person, id);
CREATE INDEX person_search_by_mediation ON person_search USING gin (shown);
