-- The roles there are, and the owner of all that is ours. Run by whoever migrates, before every migration; it may be
-- repeated. Roles are those of a whole server: several databases on it share them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['mediation_owner', 'mediation_writer', 'mediation_reader', 'mediation_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this server is being migrated
            END;
        END IF;
    END LOOP;
    IF NOT pg_has_role('mediation_owner', 'MEMBER') THEN
        GRANT mediation_owner TO CURRENT_USER;
    END IF;
    IF NOT has_schema_privilege('mediation_owner', 'public', 'CREATE') THEN
        ALTER SCHEMA public OWNER TO mediation_owner;
    END IF;
END $$;

-- What a release before made under another name.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT oid::regclass AS name, relkind FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
                 AND relowner <> 'mediation_owner'::regrole LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO mediation_owner', one.name);
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
               WHERE pronamespace = 'public'::regnamespace AND proowner <> 'mediation_owner'::regrole LOOP
        EXECUTE format('ALTER ROUTINE %s OWNER TO mediation_owner', one.name);
    END LOOP;
END $$;
