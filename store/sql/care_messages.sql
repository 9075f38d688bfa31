-- name: next_count
INSERT INTO care_count (sender, what, last) VALUES ($1, $2, 1)
ON CONFLICT (sender, what) DO UPDATE SET last = care_count.last + 1
RETURNING last;

-- name: add_care_message
WITH added AS (
    INSERT INTO care_message (id, direction, kind, sender, identification, municipality, provider, mediation, effect,
                              digest, item, noted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO care_product (message, place, allocation, begins_on, ends_on, delivery, reason)
SELECT added.id, p.* FROM added,
    unnest($13::integer[], $14::bigint[], $15::date[], $16::date[], $17::text[], $18::text[]) AS p;

-- name: care_message
SELECT * FROM care_message WHERE id = $1;

-- name: care_message_of_effect
SELECT * FROM care_message WHERE effect = $1;

-- name: care_message_of_ours
SELECT * FROM care_message
WHERE direction = 'out' AND sender = $1 AND kind = $2 AND identification = $3 AND provider = $4;

-- name: care_messages_of
SELECT * FROM care_message
WHERE (municipality = ANY($1::text[]) OR provider = $2) AND (NOT $3::boolean OR codes IS NULL OR codes <> '{}')
ORDER BY noted_at DESC, id LIMIT $4;

-- name: care_message_sent
UPDATE care_message SET sent_at = coalesce(sent_at, $2) WHERE id = $1;

-- name: care_message_undelivered
UPDATE care_message SET undelivered = $2 WHERE id = $1;

-- name: lock_care
SELECT pg_advisory_xact_lock(hashtextextended($1, 5));

-- name: care_message_judged
UPDATE care_message SET judged_at = $2, codes = $3::text[], products = $4::text[] WHERE id = $1 AND judged_at IS NULL;

-- name: care_retour_received
UPDATE care_message SET judged_at = $2, codes = $3::text[], retour = $4, retour_at = $2
WHERE id = $1 AND judged_at IS NULL;

-- name: care_retour_named
UPDATE care_message SET retour = coalesce(retour, $2) WHERE id = $1 RETURNING retour;

-- name: care_retour_sent
UPDATE care_message SET retour_at = coalesce(retour_at, $2) WHERE id = $1;

-- name: care_identification_used
SELECT EXISTS (
    SELECT FROM care_message m
    WHERE m.sender = $1 AND m.kind = $2 AND m.identification = $3 AND m.id <> $4 AND m.judged_at IS NOT NULL
);

-- name: care_allocations
SELECT DISTINCT ON (p.allocation) p.allocation, m.mediation, p.begins_on, p.ends_on, p.reason
FROM care_product p JOIN care_message m ON m.id = p.message
WHERE m.direction = 'out' AND m.municipality = $1 AND m.provider = $2 AND p.allocation = ANY($3::bigint[])
  AND (m.codes IS NULL OR m.codes = '{}')
ORDER BY p.allocation, m.noted_at DESC, m.identification DESC;

-- name: care_allocation_of
SELECT p.allocation FROM care_product p JOIN care_message m ON m.id = p.message
WHERE m.direction = 'out' AND m.mediation = $1 AND m.provider = $2
ORDER BY m.noted_at DESC, m.identification DESC LIMIT 1;

-- name: care_reports
SELECT m.kind, p.allocation, p.begins_on, p.ends_on, p.delivery, p.reason
FROM care_product p JOIN care_message m ON m.id = p.message
WHERE m.direction = 'in' AND m.codes = '{}' AND m.municipality = $1 AND m.provider = $2
  AND p.allocation = ANY($3::bigint[])
ORDER BY m.judged_at, m.noted_at, m.id, p.place;

-- name: care_products
SELECT allocation, begins_on, ends_on, delivery, reason FROM care_product WHERE message = $1 ORDER BY place;

-- name: effect_document
SELECT document FROM effect WHERE key = $1;

-- name: municipality_of
SELECT municipality FROM mediation WHERE id = $1;

-- name: institution_of
SELECT document -> 'parties' ->> 'institution' FROM event WHERE mediation = $1 AND type = 'MediationStarted';
