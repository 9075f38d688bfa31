-- When this journal was refilled after it had been put back to an earlier moment, on which timeline of PostgreSQL. Which
-- positions of the feed of events had been given by then nobody knows: those given since come after this one.
CREATE TABLE put_back (
    at         timestamptz PRIMARY KEY,
    timeline   integer NOT NULL,
    feed_after bigint NOT NULL
);
INSERT INTO put_back (at, timeline, feed_after) SELECT now(), timeline_id, 0 FROM pg_control_checkpoint();
