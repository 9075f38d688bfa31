-- name: lock_directory
SELECT pg_advisory_xact_lock(7304002);

-- name: directory_revision
SELECT coalesce(max(revision), 0) FROM directory_change;

-- name: organisation_versions
SELECT organisation, since, document FROM organisation_version ORDER BY revision, place;

-- name: change_directory
INSERT INTO directory_change (revision, by, at)
SELECT coalesce(max(revision), 0) + 1, $1, $2 FROM directory_change RETURNING revision;

-- name: write_organisations
INSERT INTO organisation_version (revision, organisation, place, since, document)
SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::date[], $5::json[]);

-- name: file_digests
SELECT organisation, digest FROM directory_file;

-- name: keep_file_digests
INSERT INTO directory_file (organisation, digest) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (organisation) DO UPDATE SET digest = excluded.digest;
