-- name: standings
SELECT asked.scope, asked.corporation, coalesce(c.name, s.name, asked.key) AS name, asked.period, coalesce(s.used, 0) AS used,
       c.most, coalesce(c.eligible, true) AS eligible, c.closed_until, c.reason, c.review_on
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS asked (scope, corporation, key, period)
     LEFT JOIN spread s ON s.municipality = $1 AND s.scope = asked.scope AND s.corporation = asked.corporation
                           AND s.key = asked.key AND s.period = asked.period
     LEFT JOIN complex c ON asked.scope = 'complex' AND c.municipality = $1 AND c.corporation = asked.corporation
                            AND c.key = asked.key
WHERE s.used > 0 OR c.name IS NOT NULL
ORDER BY asked.scope, asked.corporation, asked.key, asked.period;
