-- part: own_work
WITH own AS (
    SELECT * FROM work WHERE municipality = $1
    UNION ALL
    -- what another municipality asks it to carry on: only the answer to that, and not what partners are told
    SELECT mediation, reference, municipality, NULL, NULL, id, kind, owner, owner_role, about, opened_at, due, reminded,
           escalated, NULL, NULL, FALSE, NULL, NULL, test
    FROM work WHERE owner = $1 AND kind = 'answer_transfer' AND municipality <> $1
)

-- part: chosen_work after own_work
, chosen AS (
    SELECT w.*, work_group(due, legal_limit, owner = $1, $2, $3, $4) AS place_of_group
    FROM own AS w
    WHERE ($6::text[] IS NULL OR assignee = ANY ($6) OR (assignee IS NULL AND '' = ANY ($6)))
      AND ($7::text IS NULL OR stage = $7)
      AND ($8::text IS NULL OR kind = $8)
      AND ($9::text IS NULL OR owner = $9)
      AND ($10::timestamptz IS NULL OR due < $10)
      AND ($11::text IS NULL OR district = $11)
      AND ($12::boolean IS NULL
           OR $12 = ((paused OR coalesce(snoozed_until > $5, false)) AND NOT coalesce(legal_limit < $2, false)))
      AND ($13::boolean IS NULL OR test = $13)
)

-- name: list_work after chosen_work
, placed AS (
    SELECT *, CASE $15::text
        WHEN 'due' THEN ARRAY[extract(epoch FROM due)]
        WHEN '-due' THEN ARRAY[-extract(epoch FROM due)]
        WHEN 'openedAt' THEN ARRAY[extract(epoch FROM opened_at)]
        ELSE ARRAY[place_of_group, coalesce(extract(epoch FROM legal_limit), 1e12), extract(epoch FROM due)]
        END::double precision[] AS place
    FROM chosen
)
SELECT * FROM placed
WHERE ($14::integer IS NULL OR place_of_group = $14)
  AND ($16::double precision[] IS NULL OR (place, mediation, id) > ($16, $17::text, $18::text))
ORDER BY place, mediation, id
LIMIT $19;

-- name: count_work after chosen_work
-- How much of each group there is.
SELECT place_of_group, count(*) AS n FROM chosen GROUP BY 1;

-- name: covered_by
SELECT caseworker FROM caseworker_absence WHERE organisation = $1 AND covered_by = $2 AND first <= $3 AND last >= $3;

-- name: changed_since
SELECT m.id, r.name AS reference, m.stage, m.outcome, m.changed_at, m.test, w.caseworker AS assignee,
       (SELECT json_agg(json_build_object('sequence', e.sequence, 'at', e.at, 'type', e.type,
                                          'by', (c.document ->> 'by')::json) ORDER BY e.sequence)
        FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
        WHERE e.mediation = m.id AND e.at >= $2) AS events
FROM mediation m JOIN reference r ON r.mediation = m.id
     LEFT JOIN assignment w ON w.mediation = m.id AND w.task = ''
WHERE m.municipality = $1 AND m.changed_at >= $2
  AND ($3::text[] IS NULL OR w.caseworker = ANY ($3) OR (w.caseworker IS NULL AND '' = ANY ($3)))
  AND ($4::timestamptz IS NULL OR (m.changed_at, m.id) < ($4, $5::text))
ORDER BY m.changed_at DESC, m.id DESC LIMIT $6;

-- name: list_stuck after own_work
-- Mediations with an open task that keeps them waiting: of the kinds $5, or far too late.
SELECT w.mediation, min(w.municipality) AS municipality, min(w.reference) AS reference, min(w.stage) AS stage,
       min(w.assignee) AS assignee, min(w.opened_at) AS since, bool_or(w.test) AS test,
       json_agg(json_build_object('id', w.id, 'kind', w.kind, 'owner', w.owner, 'opened_at', w.opened_at, 'due', w.due,
                                  'far_too_late', w.due < $2) ORDER BY w.opened_at, w.id) AS tasks
FROM own AS w
WHERE (w.kind = ANY ($5) OR (w.due < $2 AND NOT w.paused))
  AND ($6::text[] IS NULL OR w.assignee = ANY ($6) OR (w.assignee IS NULL AND '' = ANY ($6)))
GROUP BY w.mediation
HAVING $3::timestamptz IS NULL OR (min(w.opened_at), w.mediation) > ($3, $4::text)
ORDER BY min(w.opened_at), w.mediation LIMIT $7;
