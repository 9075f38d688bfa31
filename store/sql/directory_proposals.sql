-- name: propose_organisation
INSERT INTO directory_proposal (id, organisation, since, before, after, watched, proposed_by, proposed_for, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: directory_proposals
-- Those that are open, or one ($1), the oldest first.
SELECT id, organisation, since, before, after, watched, proposed_by, proposed_for, proposed_at, confirmed, decided_by,
       decided_for, decided_at
FROM directory_proposal WHERE CASE WHEN $1::text IS NULL THEN decided_at IS NULL ELSE id = $1 END
ORDER BY proposed_at, id;

-- name: decide_directory_proposal
UPDATE directory_proposal SET confirmed = $2, decided_by = $3, decided_for = $4, decided_at = $5
WHERE id = $1 AND decided_at IS NULL;

-- name: note_directory_notice
INSERT INTO directory_notice (id, organisation, municipality, reader, told, watched, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: directory_notices_waiting
-- Those of one municipality ($1), or of all where that is null, that have not been sent.
SELECT n.id, n.organisation, n.municipality, n.reader, n.told, n.watched, n.at FROM directory_notice n
WHERE NOT n.sent AND ($1::text IS NULL OR n.municipality = $1)
ORDER BY n.at, n.id;

-- name: directory_notice_sent
UPDATE directory_notice SET sent = true WHERE id = $1;
