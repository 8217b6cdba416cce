-- What the schema language cannot say.

-- An erased contact leaves its deliveries behind, without the workspace_id being emptied with it.
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_workspace_id_contact_id_contacts_workspace_id_id_fk";--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_contact_fk" FOREIGN KEY ("workspace_id","contact_id") REFERENCES "contacts"("workspace_id","id") ON DELETE SET NULL ("contact_id");--> statement-breakpoint

-- Row-level security holds for the owner of the tables too, as which the app connects.
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relrowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;--> statement-breakpoint

-- UUIDv7 (RFC 9562): PostgreSQL has its own only from 18 on.
CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;--> statement-breakpoint

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is not allowed: it is append-only', TG_OP, TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- Counts that pages show, kept where rows change: one update a statement and list, not one a row.
CREATE FUNCTION count_list_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE lists l SET contact_count = l.contact_count + c.n
    FROM (SELECT workspace_id, list_id, count(*)::int AS n FROM changed GROUP BY 1, 2) c
    WHERE l.workspace_id = c.workspace_id AND l.id = c.list_id;
  ELSE
    UPDATE lists l SET contact_count = l.contact_count - c.n
    FROM (SELECT workspace_id, list_id, count(*)::int AS n FROM changed GROUP BY 1, 2) c
    WHERE l.workspace_id = c.workspace_id AND l.id = c.list_id;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER count_added AFTER INSERT ON "list_contacts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_list_contacts();--> statement-breakpoint
CREATE TRIGGER count_removed AFTER DELETE ON "list_contacts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_list_contacts();--> statement-breakpoint

CREATE FUNCTION count_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE workspaces w SET contact_count = w.contact_count + CASE TG_OP WHEN 'INSERT' THEN c.n ELSE -c.n END
  FROM (SELECT workspace_id, count(*)::int AS n FROM changed GROUP BY 1) c
  WHERE w.id = c.workspace_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER count_added AFTER INSERT ON "contacts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();--> statement-breakpoint
CREATE TRIGGER count_removed AFTER DELETE ON "contacts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();
