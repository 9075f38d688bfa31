-- Who is told of events, and the outbox of what they are still to be told.
CREATE TABLE webhook (
    id              text PRIMARY KEY,
    municipality    text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('cloudevents', 'zgw')),
    url             text NOT NULL,
    types           text[],
    source          text NOT NULL,
    configuration   json NOT NULL,
    secret          bytea NOT NULL,
    secret_key      text NOT NULL,
    previous_secret bytea,
    previous_until  timestamptz,
    enabled         boolean NOT NULL DEFAULT true,
    disabled_reason text,
    failing         boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    CHECK (enabled = (disabled_reason IS NULL)),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);
CREATE INDEX webhook_by_municipality ON webhook (municipality, created_at, id);

-- No reference to its webhook: that somebody removes one must never make a decision fail.
CREATE TABLE notification (
    webhook    text NOT NULL,
    mediation  text NOT NULL,
    sequence   integer NOT NULL,
    type       text NOT NULL,
    at         timestamptz NOT NULL,
    next_at    timestamptz,
    tried_at   timestamptz,
    attempts   integer NOT NULL DEFAULT 0,
    code       text,
    result     text CHECK (result IN ('delivered', 'dead')),
    settled_at timestamptz,
    PRIMARY KEY (webhook, mediation, sequence),
    CHECK ((result IS NULL) = (settled_at IS NULL)),
    CHECK ((result IS NULL) = (next_at IS NOT NULL))
);
CREATE INDEX notification_waiting ON notification (webhook, mediation, sequence) WHERE result IS NULL;
CREATE INDEX notification_dead ON notification (webhook, settled_at, mediation, sequence) WHERE result = 'dead';
