-- name: enter_caseworker
INSERT INTO caseworker (organisation, id, name, since) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation, id) DO UPDATE SET name = excluded.name, ended_at = NULL;

-- name: name_of_caseworker
SELECT name FROM caseworker WHERE organisation = $1 AND id = $2;

-- name: lock_caseworker
-- Nobody ends their work until this transaction is over.
SELECT id FROM caseworker WHERE organisation = $1 AND id = $2 AND ended_at IS NULL FOR SHARE;

-- name: lock_leaving_caseworker
SELECT id FROM caseworker WHERE organisation = $1 AND id = $2 AND ended_at IS NULL FOR UPDATE;

-- name: end_caseworker
UPDATE caseworker SET ended_at = $3 WHERE organisation = $1 AND id = $2;

-- name: end_absences
-- What has been stays as it was.
WITH ended AS (
    UPDATE caseworker_absence SET last = $3::date - 1
    WHERE organisation = $1 AND caseworker = $2 AND first < $3 AND last >= $3
)
DELETE FROM caseworker_absence WHERE organisation = $1 AND caseworker = $2 AND first >= $3;

-- name: list_caseworkers
SELECT c.id, c.name, c.since,
       (SELECT count(*) FROM assignment a JOIN mediation m ON m.id = a.mediation
        WHERE a.organisation = c.organisation AND a.caseworker = c.id AND a.task = '' AND m.closed_at IS NULL) AS mediations,
       (SELECT count(*) FROM assignment a JOIN task t ON t.mediation = a.mediation AND t.id = a.task
        WHERE a.organisation = c.organisation AND a.caseworker = c.id AND t.closed_at IS NULL) AS tasks,
       (SELECT coalesce(json_agg(json_build_object('first', b.first, 'last', b.last, 'covered_by', b.covered_by)
                                 ORDER BY b.first), '[]')
        FROM caseworker_absence b
        WHERE b.organisation = c.organisation AND b.caseworker = c.id AND b.last >= $2) AS absences
FROM caseworker c WHERE c.organisation = $1 AND c.ended_at IS NULL AND ($3::text IS NULL OR c.id = $3)
ORDER BY c.since, c.id;

-- name: note_absence
INSERT INTO caseworker_absence (organisation, caseworker, first, last, covered_by, noted_by, noted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: absent_within
SELECT caseworker FROM caseworker_absence
WHERE organisation = $1 AND caseworker = $2 AND first <= $4 AND last >= $3 LIMIT 1;

-- name: covering_within
SELECT caseworker FROM caseworker_absence
WHERE organisation = $1 AND covered_by = $2 AND first <= $4 AND last >= $3 LIMIT 1;

-- name: assign
-- Gives a mediation or task to a caseworker, or to nobody; nothing is noted when it was so already.
WITH was AS (
    SELECT caseworker FROM assignment WHERE mediation = $1 AND task = $2
), taken AS (
    DELETE FROM assignment WHERE $4::text IS NULL AND mediation = $1 AND task = $2
), given AS (
    INSERT INTO assignment (mediation, task, organisation, caseworker, since)
    SELECT $1, $2, $3, $4, $6 WHERE $4::text IS NOT NULL
    ON CONFLICT (mediation, task) DO UPDATE SET caseworker = excluded.caseworker, since = excluded.since
    WHERE assignment.caseworker <> excluded.caseworker
)
INSERT INTO assignment_change (at, by_user, organisation, mediation, task, before, after, handed_over)
SELECT $6, $5, $3, $1, $2, (SELECT caseworker FROM was), $4, false
WHERE (SELECT caseworker FROM was) IS DISTINCT FROM $4::text;

-- name: hand_over
-- Gives all open work of one caseworker to another, or that of some mediations.
WITH moved AS (
    UPDATE assignment a SET caseworker = $3, since = $6
    FROM mediation m
    WHERE m.id = a.mediation AND a.organisation = $1 AND a.caseworker = $2
      AND ($4::text[] IS NULL OR a.mediation = ANY ($4))
      AND (CASE WHEN a.task = '' THEN m.closed_at IS NULL
           ELSE EXISTS (SELECT FROM task t WHERE t.mediation = a.mediation AND t.id = a.task AND t.closed_at IS NULL) END)
    RETURNING a.mediation, a.task
), noted AS (
    INSERT INTO assignment_change (at, by_user, organisation, mediation, task, before, after, handed_over)
    SELECT $6, $5, $1, mediation, task, $2, $3, true FROM moved
)
SELECT count(*) FILTER (WHERE task = '') AS mediations, count(*) FILTER (WHERE task <> '') AS tasks FROM moved;

-- name: assignment_changes
SELECT c.at, c.by_user, c.task, c.before, c.after, c.handed_over
FROM assignment_change c WHERE c.mediation = $1 ORDER BY c.id;
