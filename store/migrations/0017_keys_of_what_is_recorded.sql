-- A key is used once something is recorded under it. Keys that a refused request had used up are free again.
DELETE FROM request r
WHERE r.mediation LIKE 'm-%' AND NOT EXISTS (
    SELECT FROM command c
    WHERE c.mediation = r.mediation AND NOT c.refused
      AND c.id = 'c-' || left(encode(sha256(convert_to(r.organisation || '|' || r.key, 'UTF8')), 'hex'), 40));
DROP INDEX request_by_moment;
