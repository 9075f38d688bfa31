-- name: our_tables
SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename;

-- name: who_we_are
-- As whom we are connected, and what that may do. (Whoever may become the owner of the tables is taken for the owner.)
SELECT r.rolname AS login, r.rolsuper AS superuser,
       coalesce((SELECT bool_or(pg_has_role(c.relowner, 'MEMBER')) FROM pg_class c
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'), false) AS owns,
       coalesce(has_table_privilege(to_regclass('public.migration'), 'SELECT'), false) AS may_read,
       coalesce(has_table_privilege(to_regclass('public.event'), 'INSERT'), false) AS may_write
FROM pg_roles r WHERE r.rolname = session_user;

-- name: migrations_applied
SELECT name FROM migration;
