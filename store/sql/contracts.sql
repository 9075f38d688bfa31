-- name: clients_of_provider
SELECT count(*) FROM mediation m
WHERE m.closed_at IS NULL AND NOT m.test
  AND EXISTS (SELECT FROM participation p WHERE p.mediation = m.id AND p.organisation = $1::text AND p.until IS NULL)
  AND $1 = coalesce(
    (SELECT e.document ->> 'provider' FROM event e
     WHERE e.mediation = m.id AND e.type IN ('SupportRequested', 'ProviderChanged') ORDER BY e.sequence DESC LIMIT 1),
    (SELECT e.document -> 'parties' ->> 'care_provider' FROM event e
     WHERE e.mediation = m.id AND e.type = 'MediationStarted'));

-- name: dwellings_of_corporation
SELECT count(*) FROM kept_dwelling k JOIN mediation m ON m.id = k.mediation
WHERE k.corporation = $1 AND NOT m.test AND ($2::date IS NULL OR m.opened_at >= $2);
