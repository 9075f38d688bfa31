-- name: policies_in_use
SELECT digest, document FROM policy;

-- name: events_to_fill
SELECT e.mediation, e.ordinal, e.at, e.document::text AS document
FROM (SELECT id FROM mediation WHERE id > $1 ORDER BY id LIMIT $2) AS m JOIN event e ON e.mediation = m.id
ORDER BY e.mediation, e.sequence;

-- name: fill_participation
INSERT INTO participation (mediation, organisation, part, since, first, until, last, stage, outcome, shown_until)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[], $6::timestamptz[],
                     $7::integer[], $8::text[], $9::text[], $10::timestamptz[]);

-- name: parts_of
SELECT part, first, until, last FROM participation
WHERE mediation = $1 AND organisation = $2 AND (shown_until IS NULL OR shown_until > $3)
ORDER BY first;
