-- name: lock_refilling
SELECT pg_advisory_xact_lock(hashtextextended($1, 6));

-- name: lines_of
SELECT ordinal, id, link, recorded ->> 'head' AS head FROM command WHERE mediation = $1 ORDER BY ordinal;

-- name: number_is_taken
-- Whether the number $4 of the municipality $1 in the year of $2 is that of another mediation than $3.
SELECT EXISTS (
    SELECT FROM reference
    WHERE municipality = $1 AND year = extract(year FROM $2::timestamptz AT TIME ZONE 'Europe/Amsterdam')::integer
      AND mediation <> $3 AND number = $4
);

-- name: limit_of_ledger
SELECT places FROM capacity WHERE ledger = $1 AND period = $2;

-- name: lost_of
-- What a mediation refers to and nothing has: its client, the texts of these notes ($2), the fate of letters that were sent.
SELECT NOT EXISTS (SELECT FROM vault_key k WHERE k.person = m.person) AS person,
       (SELECT count(*) FROM unnest($2::text[]) AS note WHERE NOT EXISTS (SELECT FROM vault_item i WHERE i.id = note)) AS notes,
       (SELECT count(*) FROM effect e WHERE e.mediation = m.id AND e.type = 'SendLetter' AND e.result = 'done'
        AND NOT EXISTS (SELECT FROM letter l WHERE l.key = e.key)) AS letters
FROM mediation m WHERE m.id = $1;

-- name: ends_of
-- How far the journal is with each of these mediations, and whether it waits for nothing any more.
SELECT one.id AS mediation, coalesce(c.ordinal, 0) AS commands, c.link, c.recorded ->> 'head' AS head,
       m.id IS NULL OR (m.closed_at IS NOT NULL AND m.wake_at IS NULL AND NOT e.waits) AS finished, e.waits
FROM unnest($1::text[]) AS one (id)
     LEFT JOIN mediation m ON m.id = one.id
     LEFT JOIN LATERAL (SELECT ordinal, link, recorded FROM command WHERE mediation = one.id ORDER BY ordinal DESC LIMIT 1) c ON true
     CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM effect WHERE mediation = one.id AND result IS NULL) AS waits) e;

-- name: line_at
SELECT link, recorded ->> 'head' AS head FROM command WHERE mediation = $1 AND ordinal = $2;

-- name: timeline_is_known
SELECT (SELECT timeline_id FROM pg_control_checkpoint()) = ANY (array_agg(timeline)) IS NOT false FROM put_back;

-- name: move_numbers_on
-- By so many: positions of the feed ($2), numbers of messages and allocations ($3), numbers of mediations ($4).
WITH noted AS (
    INSERT INTO put_back (at, timeline, feed_after)
    SELECT $1, timeline_id,
           $2 + greatest((SELECT coalesce(max(position), 0) FROM event_feed), (SELECT coalesce(max(feed_after), 0) FROM put_back))
    FROM pg_control_checkpoint()
), messages AS (
    UPDATE care_count SET last = last + $3
)
UPDATE reference_count SET last = last + $4
WHERE year >= extract(year FROM $1::timestamptz AT TIME ZONE 'Europe/Amsterdam') - 1;

-- name: lock_beginning_again
-- Others wait for it as long as it takes.
SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),
       pg_advisory_xact_lock(hashtextextended('begin_again', 6));
