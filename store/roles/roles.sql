-- Who may do what with which table. Run by the owner after the migrations, as often as you like.
--
--   owner      owns all tables, and migrates
--   writer     the application: adds to what is kept for good, and changes no more than its code does
--   reader     reports: no personal data, not even encrypted; no links, secrets, or who read what
--   auditor    the journal, and the lists that are held against it
--
-- Every table stands here, or nobody but its owner may touch it (tests/store/test_roles.py).
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, mediation_writer, mediation_reader, mediation_auditor;
GRANT USAGE ON SCHEMA public TO mediation_writer, mediation_reader, mediation_auditor;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO mediation_writer;

-- Read by the application alone.
GRANT SELECT ON migration, work TO mediation_writer;

-- Kept for good, word for word.
GRANT SELECT, INSERT ON
    assignment_change, care_product, command, directory_change, event, organisation_version, policy, put_back, reference,
    released_delivery, vault_former
    TO mediation_writer;

-- Kept for good; what is named here may change.
GRANT SELECT, INSERT ON
    alarm, capacity, care_count, care_message, caseworker, complex, directory_file, directory_notice, directory_proposal, effect,
    event_feed, feed, mediation, parked, reference_count, released_dwelling, request, spread, vacated, vault_key
    TO mediation_writer;
GRANT UPDATE (code, ended_at, letter, seen_at) ON alarm TO mediation_writer;
GRANT UPDATE (beyond, parts, places, used) ON capacity TO mediation_writer;
GRANT UPDATE (last) ON care_count TO mediation_writer;
GRANT UPDATE (codes, judged_at, products, retour, retour_at, sent_at, undelivered) ON care_message TO mediation_writer;
GRANT UPDATE (ended_at, name) ON caseworker TO mediation_writer;
GRANT UPDATE (digest) ON directory_file TO mediation_writer;
GRANT UPDATE (sent) ON directory_notice TO mediation_writer;
GRANT UPDATE (confirmed, decided_at, decided_by, decided_for) ON directory_proposal TO mediation_writer;
GRANT UPDATE (result, settled_at, turn) ON effect TO mediation_writer;
GRANT UPDATE (position) ON event_feed TO mediation_writer;
GRANT UPDATE (accepted) ON feed TO mediation_writer;
GRANT UPDATE (changed_at, closed_at, district, head, organisations, outcome, policy, sequence, stage, wake_at)
    ON mediation TO mediation_writer;
GRANT UPDATE (letter) ON parked TO mediation_writer;
GRANT UPDATE (last, outcome, shown_until, stage, until) ON participation TO mediation_writer;
GRANT UPDATE (last) ON reference_count TO mediation_writer;
GRANT UPDATE (accessible, changed_at, changed_by, closed_for_placement, complex, district, living_form, low_stimulus,
              released_on, rent_cents, revision, rooms, taken_back_on) ON released_dwelling TO mediation_writer;
GRANT UPDATE (key) ON request TO mediation_writer; -- once: what an earlier release kept without a secret
GRANT UPDATE (closed_at, due, escalated, hindrance, legal_limit, owner, owner_role, paused, reminded, snoozed_until)
    ON task TO mediation_writer;
GRANT UPDATE (expected, other_lettings, vacated) ON vacated TO mediation_writer;
GRANT UPDATE (lookup, wrapped) ON vault_key TO mediation_writer;

-- Removed when they are old enough, and never changed.
GRANT SELECT, INSERT, DELETE ON person_search, personal_read TO mediation_writer;

-- How things stand now: rows come and go.
GRANT SELECT, INSERT, DELETE ON
    assignment, caseworker_absence, kept_dwelling, language, letter, link, link_try, notification, open_person, participation,
    place, placement, revocation, task, vault_index, vault_item, vault_secret, waiting_home, waiting_place, webhook
    TO mediation_writer;
GRANT UPDATE (caseworker, since) ON assignment TO mediation_writer;
GRANT UPDATE (last) ON caseworker_absence TO mediation_writer;
GRANT UPDATE (closed_until, eligible, most, name, reason, review_on) ON complex TO mediation_writer;
GRANT UPDATE (at, code, state) ON letter TO mediation_writer;
GRANT UPDATE (answered_at, code, code_expires_at, code_tries, pass, pass_expires_at, wrong) ON link TO mediation_writer;
GRANT UPDATE (since, tries) ON link_try TO mediation_writer;
GRANT UPDATE (attempts, code, next_at, result, settled_at, tried_at) ON notification TO mediation_writer;
GRANT UPDATE (consumed) ON place TO mediation_writer;
GRANT UPDATE (beyond) ON placement TO mediation_writer;
GRANT UPDATE (beyond, most, used) ON spread TO mediation_writer;
GRANT UPDATE (author, ciphertext, stored_at) ON vault_item TO mediation_writer;
GRANT UPDATE (at, by) ON revocation TO mediation_writer;
GRANT UPDATE (wrapped) ON vault_secret TO mediation_writer;
GRANT UPDATE (asked_at, corporations, homes, ledger, municipality, rank, resting, turn) ON waiting_home TO mediation_writer;
GRANT UPDATE (claim, ledger, rank, resting) ON waiting_place TO mediation_writer;
GRANT UPDATE (disabled_reason, enabled, failing, previous_secret, previous_until, secret, secret_key)
    ON webhook TO mediation_writer;

GRANT SELECT ON
    capacity, command, complex, directory_change, directory_file, effect, event, feed, kept_dwelling, mediation,
    migration, open_person, organisation_version, participation, place, placement, policy, reference,
    released_delivery, released_dwelling, spread, task, vacated, waiting_home, waiting_place, work
    TO mediation_reader;

GRANT SELECT ON alarm, command, effect, event, mediation, migration, participation, policy, reference, task
    TO mediation_auditor;

-- What the application may not do is refused to the owner too, and to a superuser: a mistake in a console changes
-- nothing. (Whoever means it drops the trigger, so links and histories are still needed: docs/audit.md.)
CREATE OR REPLACE FUNCTION kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept for good', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT c.oid::regclass AS name, concat_ws(' OR ', 'TRUNCATE',
               CASE WHEN NOT has_any_column_privilege('mediation_writer', c.oid, 'UPDATE') THEN 'UPDATE' END,
               CASE WHEN NOT has_table_privilege('mediation_writer', c.oid, 'DELETE') THEN 'DELETE' END) AS acts,
               t.oid AS trigger, pg_get_triggerdef(t.oid) AS now
        FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'kept_for_good'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('mediation_writer', c.oid, 'INSERT')
    LOOP
        -- Made only where it is missing or another: to make one waits for all who write to the table.
        CONTINUE WHEN (kept.now LIKE '%TRUNCATE%'
                       AND (kept.now LIKE '%UPDATE%') = (kept.acts LIKE '%UPDATE%')
                       AND (kept.now LIKE '%DELETE%') = (kept.acts LIKE '%DELETE%'));
        EXECUTE format('CREATE OR REPLACE TRIGGER kept_for_good BEFORE %s ON %s FOR EACH STATEMENT '
                       'EXECUTE FUNCTION kept_for_good()', kept.acts, kept.name);
    END LOOP;
END $$;
