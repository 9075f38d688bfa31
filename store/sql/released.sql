-- name: released_by
SELECT r.id, r.complex, r.district, r.rooms, r.rent_cents, r.accessible, r.low_stimulus, r.living_form, r.released_on,
       r.closed_for_placement, r.corporation, count(*) OVER () AS of_all
FROM released_dwelling r
WHERE r.corporation = $1 AND r.released_on <= $2 AND (r.taken_back_on IS NULL OR r.taken_back_on > $2)
  AND NOT EXISTS (SELECT FROM kept_dwelling k WHERE k.corporation = r.corporation AND k.dwelling = r.id)
ORDER BY r.released_on, r.id LIMIT $3;

-- name: released_dwellings
SELECT r.*, EXISTS (SELECT FROM kept_dwelling k WHERE k.corporation = r.corporation AND k.dwelling = r.id) AS kept
FROM released_dwelling r
WHERE r.corporation = $1 AND ($2::date IS NULL OR (r.released_on, r.id) > ($2, $3))
ORDER BY r.released_on, r.id LIMIT $4;

-- name: released_to
-- What corporations released that nobody has, with for how many of some municipalities it was listed as suitable, and
-- who of them comes first.
SELECT r.*, false AS kept, w.waiting, w.first
FROM released_dwelling r
     CROSS JOIN LATERAL (
         SELECT count(*) AS waiting, (array_agg(w.mediation ORDER BY w.rank, w.mediation))[1] AS first
         FROM waiting_home w
         WHERE w.homes @> ARRAY[r.corporation || ' ' || r.id] AND w.municipality = ANY ($2) AND NOT w.resting) w
WHERE r.corporation = ANY ($1) AND (r.taken_back_on IS NULL OR r.taken_back_on > $3)
  AND NOT EXISTS (SELECT FROM kept_dwelling k WHERE k.corporation = r.corporation AND k.dwelling = r.id)
  AND ($4::date IS NULL OR (r.released_on, r.corporation, r.id) > ($4, $5, $6))
ORDER BY r.released_on, r.corporation, r.id LIMIT $7;

-- name: released_dwelling
SELECT r.*, EXISTS (SELECT FROM kept_dwelling k WHERE k.corporation = r.corporation AND k.dwelling = r.id) AS kept
FROM released_dwelling r WHERE r.corporation = $1 AND r.id = $2;

-- name: lock_released
SELECT pg_advisory_xact_lock(hashtextextended($1, 3));

-- name: release_dwellings
INSERT INTO released_dwelling AS r (corporation, changed_at, changed_by, id, complex, district, rooms, rent_cents,
                                    accessible, low_stimulus, living_form, released_on, closed_for_placement)
SELECT $1, $2, $3, *
FROM unnest($4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::boolean[], $10::boolean[],
            $11::text[], $12::date[], $13::boolean[])
ON CONFLICT (corporation, id) DO UPDATE
SET complex = excluded.complex, district = excluded.district, rooms = excluded.rooms, rent_cents = excluded.rent_cents,
    accessible = excluded.accessible, low_stimulus = excluded.low_stimulus, living_form = excluded.living_form,
    released_on = excluded.released_on, closed_for_placement = excluded.closed_for_placement, taken_back_on = NULL,
    revision = r.revision + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
WHERE r.taken_back_on IS NOT NULL
   OR (r.complex, r.district, r.rooms, r.rent_cents, r.accessible, r.low_stimulus, r.living_form, r.released_on,
       r.closed_for_placement)
      IS DISTINCT FROM
      (excluded.complex, excluded.district, excluded.rooms, excluded.rent_cents, excluded.accessible,
       excluded.low_stimulus, excluded.living_form, excluded.released_on, excluded.closed_for_placement);

-- name: take_back_dwelling
UPDATE released_dwelling
SET taken_back_on = $3, revision = revision + 1, changed_at = $4, changed_by = $5
WHERE corporation = $1 AND id = $2 AND (taken_back_on IS NULL OR taken_back_on > $3);

-- name: keep_released_delivery
INSERT INTO released_delivery (corporation, key, digest, by, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: released_digest
SELECT digest FROM released_delivery WHERE corporation = $1 AND key = $2;

-- name: offered_now
SELECT k.mediation, k.dwelling, r.revision
FROM kept_dwelling k JOIN released_dwelling r ON r.corporation = k.corporation AND r.id = k.dwelling
     JOIN mediation m ON m.id = k.mediation
WHERE k.corporation = $1 AND k.dwelling = ANY ($2) AND m.outcome IS NULL AND m.stage IN ('offer', 'acceptance')
ORDER BY k.dwelling;

-- name: not_free_any_more
UPDATE released_dwelling r
SET taken_back_on = $3, revision = r.revision + 1, changed_at = $4, changed_by = 'system'
FROM unnest($1::text[], $2::text[]) AS one (corporation, id)
WHERE r.corporation = one.corporation AND r.id = one.id AND (r.taken_back_on IS NULL OR r.taken_back_on > $3);
