-- Every event once, in one order over all mediations. A position is given only to what is committed, by one reader at
-- a time (store/event_feed.py): whoever has read up to a position has missed nothing before it.
CREATE TABLE event_feed (
    mediation text NOT NULL,
    sequence  integer NOT NULL,
    position  bigint UNIQUE,
    PRIMARY KEY (mediation, sequence),
    FOREIGN KEY (mediation, sequence) REFERENCES event ON DELETE CASCADE
);
CREATE INDEX event_feed_waiting ON event_feed (mediation, sequence) WHERE position IS NULL;

INSERT INTO event_feed (mediation, sequence, position)
SELECT mediation, sequence, row_number() OVER (ORDER BY at, mediation, sequence) FROM event;

CREATE FUNCTION feed_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_feed (mediation, sequence) SELECT mediation, sequence FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER event_feed AFTER INSERT ON event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION feed_events();

-- A mediation changed when something happened in it, and not when a command led to nothing.
UPDATE mediation m SET changed_at = last.at
FROM (SELECT mediation, max(at) AS at FROM event GROUP BY mediation) AS last
WHERE last.mediation = m.id AND last.at <> m.changed_at;
