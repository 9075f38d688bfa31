-- Dwellings that a corporation without a system releases here. No address: a district and a complex only.
CREATE TABLE released_dwelling (
    corporation          text NOT NULL,
    id                   text NOT NULL,
    complex              text NOT NULL,
    district             text NOT NULL,
    rooms                integer NOT NULL CHECK (rooms BETWEEN 1 AND 20),
    rent_cents           integer NOT NULL CHECK (rent_cents >= 0),
    accessible           boolean NOT NULL,
    low_stimulus         boolean NOT NULL,
    living_form          text NOT NULL,
    released_on          date NOT NULL,
    closed_for_placement boolean NOT NULL,
    taken_back_on        date,
    revision             integer NOT NULL DEFAULT 1,
    changed_at           timestamptz NOT NULL,
    changed_by           text NOT NULL,
    PRIMARY KEY (corporation, id)
);
CREATE INDEX released_dwelling_listed ON released_dwelling (corporation, released_on, id);

-- Every delivery of such dwellings: the same key is never used twice.
CREATE TABLE released_delivery (
    corporation text NOT NULL,
    key         text NOT NULL,
    digest      text NOT NULL,
    by          text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (corporation, key)
);
