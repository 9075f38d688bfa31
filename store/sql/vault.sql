-- name: add_person
INSERT INTO vault_key (person, lookup, wrapped) VALUES ($1, $2, $3) ON CONFLICT (lookup) DO NOTHING;

-- name: person_by_lookup
SELECT person FROM vault_key WHERE lookup = $1;

-- name: key_of_person
SELECT wrapped FROM vault_key WHERE person = $1;

-- name: person_of_mediation
SELECT person FROM mediation WHERE id = $1;

-- name: put_item
INSERT INTO vault_item (id, person, mediation, kind, author, ciphertext) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET ciphertext = excluded.ciphertext, stored_at = now()
WHERE vault_item.kind = 'person' AND NOT EXISTS (SELECT FROM open_person o WHERE o.person = vault_item.person);

-- name: item
SELECT person, ciphertext FROM vault_item WHERE id = $1;

-- name: items_of
SELECT id, person, kind, author, ciphertext, stored_at FROM vault_item
WHERE mediation = $1 AND kind = $2 ORDER BY stored_at, id;

-- name: add_key
INSERT INTO vault_key (person, wrapped) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING;

-- name: destroy_key
UPDATE vault_key SET wrapped = NULL WHERE person = $1 AND lookup IS NULL;
