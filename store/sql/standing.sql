-- name: mediations_by_stage
SELECT stage, count(*) AS mediations FROM mediation GROUP BY stage;

-- name: mediations_by_outcome
SELECT outcome, count(*) AS mediations FROM mediation WHERE outcome IS NOT NULL GROUP BY outcome;

-- name: stages_entered
SELECT document ->> 'stage' AS stage, count(DISTINCT mediation) AS mediations
FROM event WHERE type = 'StageEntered' GROUP BY 1;

-- name: events_by_type
SELECT type, count(*) AS events FROM event GROUP BY type;

-- name: reminders_sent
SELECT count(*) FROM effect
WHERE type = 'SendLetter' AND result = 'done' AND document ->> 'letter' = 'task_reminder';

-- name: effects_waiting
SELECT count(*) FROM effect WHERE result IS NULL;

-- name: days_to
SELECT extract(epoch FROM min(reached.at) - m.opened_at) / 86400 AS days
FROM mediation m JOIN event reached ON reached.mediation = m.id AND reached.type = $1
GROUP BY m.id, m.opened_at;

-- name: span
SELECT min(opened_at) AS first, max(coalesce(closed_at, changed_at)) AS last FROM mediation;

-- name: mediation_ids
SELECT id FROM mediation ORDER BY opened_at, id;
