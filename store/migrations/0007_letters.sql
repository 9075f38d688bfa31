-- What became of each letter, by the key of the effect that asked for it (or of a digest) and its reader.
CREATE TABLE letter (
    key          text NOT NULL,
    reader       text NOT NULL,
    mediation    text REFERENCES mediation,
    municipality text NOT NULL,
    channel      text NOT NULL CHECK (channel IN ('mail', 'notify', 'none')),
    state        text NOT NULL CHECK (state IN ('posted', 'delivered', 'failed', 'not_sent')),
    reference    text UNIQUE,
    at           timestamptz NOT NULL,
    code         text,
    PRIMARY KEY (key, reader)
);
CREATE INDEX letter_by_mediation ON letter (mediation);
CREATE INDEX letter_failed ON letter (municipality, at) WHERE state = 'failed';
CREATE INDEX letter_under_way ON letter (municipality, at) WHERE state = 'posted' AND channel = 'notify';
