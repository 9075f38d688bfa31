-- name: claim_scarce
SELECT claim_scarce($1, $2::text::jsonb);

-- name: release_scarce
SELECT release_scarce($1, $2::text::jsonb);

-- name: fed_and_held
-- As `fed`; the figures stay as they are until the transaction ends.
WITH held AS (
    SELECT vacated, expected, other_lettings FROM vacated
    WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3
    ORDER BY municipality, period FOR SHARE
)
SELECT sum(vacated)::integer AS vacated,
       sum(greatest(vacated, coalesce(expected, vacated)))::integer AS expected,
       sum(other_lettings)::integer AS other_lettings
FROM held;

-- name: fed
SELECT sum(vacated)::integer AS vacated,
       sum(greatest(vacated, coalesce(expected, vacated)))::integer AS expected,
       sum(other_lettings)::integer AS other_lettings
FROM vacated WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3;

-- name: consume_place
UPDATE place SET consumed = true WHERE mediation = $1;
