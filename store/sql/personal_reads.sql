-- name: record_personal_read
INSERT INTO personal_read (at, mediation, person, role, organisation, substitute, caseworker, what, purpose)
SELECT $1, m.id, m.person, $3, $4, $5, $6, $7, $8 FROM mediation m WHERE m.id = $2;

-- name: personal_reads
-- Of a mediation, or of its client in all mediations of its municipality; among them where a search showed the client.
WITH asked AS (
    SELECT other.id, other.municipality FROM mediation m
    JOIN mediation other ON other.id = m.id OR $2 AND other.person = m.person AND other.municipality = m.municipality
    WHERE m.id = $1
), found AS (
    SELECT r.at, r.id, r.mediation, r.what, r.role, r.organisation, r.substitute, r.caseworker, r.purpose
    FROM personal_read r JOIN asked ON asked.id = r.mediation
    UNION ALL
    SELECT s.at, s.id, asked.id, 'search', 'coordinator', s.organisation, NULL, s.caseworker, s.purpose
    FROM person_search s JOIN asked ON s.shown @> ARRAY[asked.id] AND s.organisation = asked.municipality
)
SELECT * FROM found
WHERE $3::timestamptz IS NULL OR (at, id, mediation, what) < ($3, $4::bigint, $5::text, $6::text)
ORDER BY at DESC, id DESC, mediation DESC, what DESC LIMIT $7;

-- name: took_part_in
SELECT EXISTS (SELECT FROM command WHERE mediation = $1 AND document -> 'by' ->> 'user' = $2 AND NOT refused)
    OR EXISTS (SELECT FROM personal_read WHERE mediation = $1 AND caseworker = $2)
    OR EXISTS (SELECT FROM person_search WHERE shown @> ARRAY[$1] AND caseworker = $2)
    OR EXISTS (SELECT FROM assignment_change WHERE mediation = $1 AND $2 IN (by_user, before, after));
