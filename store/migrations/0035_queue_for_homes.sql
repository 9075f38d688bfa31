-- Who waits for a home, for which homes, and in which order: of those who wait for one the first has it. `rank` is compared
-- part by part, the smaller comes first. Who waits already joins with the next decision of the mediation.
CREATE TABLE waiting_home (
    mediation    text COLLATE "C" PRIMARY KEY,
    municipality text NOT NULL,
    ledger       text NOT NULL,
    corporations text[] NOT NULL,
    homes        text[] NOT NULL,
    rank         text[] COLLATE "C" NOT NULL,
    turn         jsonb NOT NULL,
    resting      boolean NOT NULL,
    asked_at     timestamptz
);
CREATE INDEX ON waiting_home USING gin (homes);
CREATE INDEX ON waiting_home USING gin (corporations);
CREATE INDEX ON waiting_home (municipality);
