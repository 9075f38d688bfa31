-- Capacity by ledger (one municipality, or several that share) and period (a year or half a year); no limit is no row's fault.
ALTER TABLE place DROP CONSTRAINT place_municipality_year_fkey;
ALTER TABLE capacity RENAME COLUMN municipality TO ledger;
ALTER TABLE capacity RENAME COLUMN year TO period;
ALTER TABLE capacity ALTER COLUMN period TYPE text USING period::text;
ALTER TABLE capacity ALTER COLUMN places DROP NOT NULL;
ALTER TABLE capacity ADD COLUMN parts jsonb NOT NULL DEFAULT '{}';

ALTER TABLE place RENAME COLUMN municipality TO ledger;
ALTER TABLE place RENAME COLUMN year TO period;
ALTER TABLE place ALTER COLUMN period TYPE text USING period::text;
ALTER TABLE place ADD COLUMN municipality text;
UPDATE place SET municipality = ledger;
ALTER TABLE place ALTER COLUMN municipality SET NOT NULL;
ALTER TABLE place ADD COLUMN part text;
ALTER TABLE place ADD COLUMN consumed boolean NOT NULL DEFAULT false;
UPDATE place p SET consumed = true
WHERE EXISTS (SELECT FROM event e WHERE e.mediation = p.mediation AND e.type = 'PlaceConsumed');
ALTER TABLE place ADD FOREIGN KEY (ledger, period) REFERENCES capacity;

-- The denominator of a ceiling, as a municipality tells it. Periods of one municipality never overlap.
CREATE TABLE vacated (
    municipality   text NOT NULL,
    period         text NOT NULL,
    first_day      date NOT NULL,
    last_day       date NOT NULL,
    vacated        integer NOT NULL CHECK (vacated >= 0),
    expected       integer CHECK (expected >= 0),
    other_lettings integer NOT NULL CHECK (other_lettings >= 0),
    PRIMARY KEY (municipality, period)
);

-- What corporations and the municipality agreed on complexes.
CREATE TABLE complex (
    municipality text NOT NULL,
    corporation  text NOT NULL,
    name         text NOT NULL,
    eligible     boolean NOT NULL,
    most         integer CHECK (most >= 0),
    closed_until date,
    reason       text,
    review_on    date,
    PRIMARY KEY (municipality, corporation, name)
);

-- Every delivery of such figures, as it came: who told what, and when. The same key is never read twice.
CREATE TABLE feed (
    municipality text NOT NULL,
    key          text NOT NULL,
    kind         text NOT NULL,
    digest       text NOT NULL,
    by           text NOT NULL,
    fed_at       timestamptz NOT NULL,
    rows         json NOT NULL,
    PRIMARY KEY (municipality, key)
);

-- Placements over districts and complexes.
CREATE TABLE spread (
    municipality text NOT NULL,
    scope        text NOT NULL CHECK (scope IN ('district', 'complex')),
    corporation  text NOT NULL,
    name         text NOT NULL,
    period       text NOT NULL,
    most         integer,
    used         integer NOT NULL DEFAULT 0,
    beyond       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (municipality, scope, corporation, name, period),
    CHECK (used >= 0 AND used <= most),
    CHECK (beyond >= 0)
);

CREATE TABLE placement (
    mediation    text NOT NULL,
    municipality text NOT NULL,
    scope        text NOT NULL,
    corporation  text NOT NULL,
    name         text NOT NULL,
    period       text NOT NULL,
    beyond       boolean NOT NULL,
    PRIMARY KEY (mediation, scope, corporation, name, period),
    FOREIGN KEY (municipality, scope, corporation, name, period) REFERENCES spread
);
