-- name: lock_feed
SELECT pg_advisory_xact_lock(hashtextextended($1, 2));

-- name: keep_feed
INSERT INTO feed (municipality, key, kind, digest, by, fed_at, rows) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: accept_feed
UPDATE feed SET accepted = $3 WHERE municipality = $1 AND key = $2;

-- name: given_in
SELECT used FROM capacity WHERE ledger = $1 AND period = $2;

-- name: feed_digest
SELECT kind || ' ' || digest FROM feed WHERE municipality = $1 AND key = $2;

-- name: fed_periods
SELECT period, vacated, expected, other_lettings FROM vacated WHERE municipality = $1;

-- name: fed_complexes
SELECT corporation, key, name, eligible, most, closed_until, reason, review_on FROM complex WHERE municipality = $1;

-- name: write_vacated
INSERT INTO vacated (municipality, period, first_day, last_day, vacated, expected, other_lettings)
SELECT $1, * FROM unnest($2::text[], $3::date[], $4::date[], $5::integer[], $6::integer[], $7::integer[])
ON CONFLICT (municipality, period) DO UPDATE
SET vacated = excluded.vacated, expected = excluded.expected, other_lettings = excluded.other_lettings;

-- name: write_complexes
INSERT INTO complex (municipality, corporation, key, name, eligible, most, closed_until, reason, review_on)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::integer[], $7::date[], $8::text[], $9::date[])
ON CONFLICT (municipality, corporation, key) DO UPDATE
SET name = excluded.name, eligible = excluded.eligible, most = excluded.most, closed_until = excluded.closed_until,
    reason = excluded.reason, review_on = excluded.review_on;
