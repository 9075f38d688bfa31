-- Commands that could not be recorded, and in which letter the municipality was told so.
CREATE TABLE parked (
    mediation    text NOT NULL,
    about        text NOT NULL,  -- the command; of time: its day
    municipality text,
    origin       text NOT NULL CHECK (origin IN ('time', 'partner', 'given')),
    fault        text NOT NULL,
    at           timestamptz NOT NULL,
    letter       text,
    PRIMARY KEY (mediation, about)
);
CREATE INDEX parked_by_municipality ON parked (municipality);
