-- name: places_given
SELECT mediation, ledger, period, municipality, parts, units, consumed, beyond
FROM place WHERE ledger = ANY ($1) AND period = ANY ($2);

-- name: placements_given
SELECT s.municipality, s.scope, s.corporation, s.name, s.period, s.used + s.beyond AS placed, secret.people AS hidden, c.most, c.closed_until, c.review_on,
       coalesce(c.eligible, true) AS eligible, c.key IS NOT NULL AS registered
FROM spread s LEFT JOIN complex c ON s.scope = 'complex' AND c.municipality = s.municipality
                                     AND c.corporation = s.corporation AND c.key = s.key
     CROSS JOIN LATERAL (
         SELECT count(*) AS people FROM placement p
         WHERE (p.municipality, p.scope, p.corporation, p.key, p.period) = (s.municipality, s.scope, s.corporation, s.key, s.period)
           AND coalesce(
               (SELECT e.document #>> '{changes,address_secret}' FROM event e
                WHERE e.mediation = p.mediation AND e.type = 'ReferralCorrected'
                  AND e.document #>> '{changes,address_secret}' IS NOT NULL ORDER BY e.sequence DESC LIMIT 1),
               (SELECT e.document #>> '{referral,address_secret}' FROM event e
                WHERE e.mediation = p.mediation AND e.sequence = 1))::boolean
     ) AS secret
WHERE s.municipality = ANY ($1) AND s.period = ANY ($2)
ORDER BY s.municipality, s.scope, s.corporation, s.key, s.period;

-- name: histories
SELECT json_agg(document ORDER BY sequence) AS events FROM event GROUP BY mediation ORDER BY mediation;

-- name: held_people
SELECT mediation || ' ' || person AS key, 1 AS count FROM open_person;

-- name: held_dwellings
SELECT mediation || ' ' || corporation || ' ' || dwelling AS key, 1 AS count FROM kept_dwelling;

-- name: held_places
SELECT concat_ws(' ', mediation, ledger, period, municipality, coalesce(nullif(array_to_string(parts, ','), ''), '-'),
                 CASE WHEN beyond THEN 'beyond' ELSE 'within' END,
                 CASE WHEN consumed THEN 'consumed' ELSE 'reserved' END) AS key, units AS count
FROM place;

-- name: held_placements
SELECT concat_ws(' ', mediation, municipality, scope, corporation, key, period,
                 CASE WHEN beyond THEN 'beyond' ELSE 'within' END) AS key, 1 AS count
FROM placement;

-- name: waiting_places
SELECT concat_ws(' ', mediation, CASE WHEN resting THEN 'rests' ELSE 'waits' END) AS key, 1 AS count FROM waiting_place;

-- name: counted_places
SELECT concat_ws(' ', ledger, period, 'within') AS key, used AS count FROM capacity WHERE used <> 0
UNION ALL
SELECT concat_ws(' ', ledger, period, 'beyond'), beyond FROM capacity WHERE beyond <> 0
UNION ALL
SELECT concat_ws(' ', ledger, period, 'part', part.key), part.value::integer
FROM capacity, jsonb_each_text(parts) AS part WHERE part.value <> '0';

-- name: counted_placements
SELECT concat_ws(' ', municipality, scope, corporation, key, period, 'within') AS key, used AS count
FROM spread WHERE used <> 0
UNION ALL
SELECT concat_ws(' ', municipality, scope, corporation, key, period, 'beyond'), beyond FROM spread WHERE beyond <> 0;
