-- name: claim_scarce
SELECT claim_scarce($1, $2::text::jsonb);

-- name: release_scarce
SELECT release_scarce($1, $2::text::jsonb);

-- name: fed_and_held
-- As `fed`; the figures stay as they are until the transaction ends.
WITH held AS (
    SELECT first_day, last_day, vacated, expected, other_lettings FROM vacated
    WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3
    ORDER BY municipality, period FOR SHARE
)
SELECT sum(vacated)::integer AS vacated,
       sum(greatest(vacated, coalesce(expected, vacated)))::integer AS expected,
       sum(CASE WHEN vacated = 0 THEN coalesce(expected, 0) ELSE vacated END)::integer AS carried,
       sum(other_lettings)::integer AS other_lettings,
       sum(12 * extract(year FROM age(last_day + 1, first_day)) + extract(month FROM age(last_day + 1, first_day)))::integer AS months
FROM held;

-- name: fed
SELECT sum(vacated)::integer AS vacated,
       sum(greatest(vacated, coalesce(expected, vacated)))::integer AS expected,
       sum(CASE WHEN vacated = 0 THEN coalesce(expected, 0) ELSE vacated END)::integer AS carried,
       sum(other_lettings)::integer AS other_lettings,
       sum(12 * extract(year FROM age(last_day + 1, first_day)) + extract(month FROM age(last_day + 1, first_day)))::integer AS months
FROM vacated WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3;

-- name: consume_place
UPDATE place SET consumed = true WHERE mediation = $1;

-- name: lock_ledgers
-- As `lock_feed`: figures that are delivered are either there before, or wait.
SELECT pg_advisory_xact_lock(hashtextextended(one, 2)) FROM unnest($1::text[]) AS one;

-- name: wait_for_place
SELECT wait_for_place($1, $2::text::jsonb, $3, $4);

-- name: wait_no_more
DELETE FROM waiting_place WHERE mediation = $1;

-- name: waiting_with
SELECT mediation, claim FROM waiting_place
WHERE $1 = ANY (string_to_array(ledger, '+')) AND NOT resting
ORDER BY ledger, rank, mediation;

-- name: whose_turn
SELECT one.mediation, one.claim::jsonb ->> 'municipality' AS municipality
FROM unnest($1::text[], $2::text[]) AS one (mediation, claim)
WHERE has_room(one.mediation, one.claim::jsonb)
UNION ALL
SELECT t.mediation, m.municipality FROM task t JOIN mediation m ON m.id = t.mediation
WHERE m.municipality = $3 AND NOT m.test AND t.kind = 'await_place' AND t.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM waiting_place w WHERE w.mediation = t.mediation);
