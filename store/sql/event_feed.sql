-- name: events_wait
SELECT EXISTS (SELECT FROM event_feed WHERE position IS NULL);

-- name: lock_event_feed
SELECT pg_advisory_xact_lock(hashtextextended('event_feed', 2));

-- name: number_events
WITH next AS (
    SELECT w.mediation, w.sequence, row_number() OVER (ORDER BY e.at, w.mediation, w.sequence) AS n
    FROM (SELECT mediation, sequence FROM event_feed WHERE position IS NULL) AS w
         JOIN event e ON e.mediation = w.mediation AND e.sequence = w.sequence
), last AS (
    SELECT greatest((SELECT coalesce(max(position), 0) FROM event_feed),
                    (SELECT coalesce(max(feed_after), 0) FROM put_back)) AS position
)
UPDATE event_feed f SET position = last.position + next.n
FROM next, last WHERE f.mediation = next.mediation AND f.sequence = next.sequence;

-- name: event_feed
SELECT f.position, f.mediation, f.sequence
FROM event_feed f JOIN mediation m ON m.id = f.mediation
WHERE f.position > $1 AND NOT m.test
  AND ($2::text IS NULL OR m.municipality = $2)
  AND ($3::text IS NULL OR EXISTS
       (SELECT FROM participation part
        WHERE part.organisation = $3 AND part.mediation = m.id AND f.sequence BETWEEN part.first AND coalesce(part.last, f.sequence)
          AND (part.shown_until IS NULL OR part.shown_until > $5)))
ORDER BY f.position
LIMIT $4;
