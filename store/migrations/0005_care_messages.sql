-- Messages exchanged with care providers (iWmo): what is known of each, and never what it says. Its content, which names
-- the client, is in the vault.
CREATE TABLE care_count (
    sender text NOT NULL,
    what   text NOT NULL CHECK (what IN ('message', 'allocation')),
    last   bigint NOT NULL,
    PRIMARY KEY (sender, what)
);

CREATE TABLE care_message (
    id             text PRIMARY KEY,
    direction      text NOT NULL CHECK (direction IN ('in', 'out')),
    kind           text NOT NULL,
    sender         text NOT NULL,
    identification text NOT NULL,
    municipality   text NOT NULL,
    provider       text NOT NULL,
    mediation      text REFERENCES mediation,
    effect         text UNIQUE,
    digest         text NOT NULL,
    item           text NOT NULL REFERENCES vault_item,
    noted_at       timestamptz NOT NULL,
    sent_at        timestamptz,
    judged_at      timestamptz,
    codes          text[],
    products       text[],
    retour         text,
    retour_at      timestamptz,
    undelivered    text,
    CHECK ((direction = 'out') = (effect IS NOT NULL)),
    CHECK ((judged_at IS NULL) = (codes IS NULL))
);
CREATE UNIQUE INDEX care_message_ours ON care_message (sender, kind, identification) WHERE direction = 'out';
CREATE INDEX care_message_by_identification ON care_message (sender, kind, identification);
CREATE INDEX care_message_open ON care_message (municipality, noted_at) WHERE codes IS NULL;

-- What a message is about: one line for each product in it.
CREATE TABLE care_product (
    message    text NOT NULL REFERENCES care_message,
    place      integer NOT NULL,
    allocation bigint,
    begins_on  date NOT NULL,
    ends_on    date,
    delivery   text NOT NULL,
    reason     text,
    PRIMARY KEY (message, place)
);
CREATE INDEX care_product_by_allocation ON care_product (allocation);
