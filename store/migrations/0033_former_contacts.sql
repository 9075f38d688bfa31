-- What was known of a person before it was changed: who had stored it, from when until when. It is encrypted with the
-- person's key, and is kept and destroyed with what is known now. A change is known by its key, so that it is made once.
CREATE TABLE vault_former (
    key         text PRIMARY KEY,
    person      text NOT NULL REFERENCES vault_key,
    author      text NOT NULL,
    ciphertext  bytea NOT NULL,
    stored_at   timestamptz NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    replaced_by text NOT NULL
);
CREATE INDEX vault_former_by_person ON vault_former (person, replaced_at);
