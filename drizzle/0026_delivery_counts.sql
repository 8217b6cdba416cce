-- by hand: all locks at once, or none. The worker of the version before, which runs on, takes them in any order, and lets go
-- of what it has sooner than the database would look for a deadlock and fail one of them. Those of the migrations behind it as
-- well: they may run in the same transaction, which keeps all that it has.
DO $$
BEGIN
  PERFORM set_config('lock_timeout', '300ms', true);
  LOOP
    BEGIN
      LOCK TABLE campaigns, deliveries, alerts, tracking_rollups IN ACCESS EXCLUSIVE MODE;
      LOCK TABLE tracking_events IN SHARE MODE;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.05 + random() * 0.1);
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', '0', true);
END $$;--> statement-breakpoint
CREATE TABLE "delivery_deltas" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"shapes" jsonb NOT NULL,
	"domains" jsonb NOT NULL,
	"moments" jsonb NOT NULL,
	CONSTRAINT "delivery_deltas_workspace_id_campaign_id_id_pk" PRIMARY KEY("workspace_id","campaign_id","id")
);
--> statement-breakpoint
ALTER TABLE "delivery_deltas" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "delivery_domains" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"domain" text collate "C" NOT NULL,
	"planned" integer NOT NULL,
	"sent" integer NOT NULL,
	"failed" integer NOT NULL,
	"bounced" integer NOT NULL,
	"opened" integer NOT NULL,
	"clicked" integer NOT NULL,
	CONSTRAINT "delivery_domains_workspace_id_campaign_id_domain_pk" PRIMARY KEY("workspace_id","campaign_id","domain")
);
--> statement-breakpoint
ALTER TABLE "delivery_domains" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "delivery_moments" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"sent" integer NOT NULL,
	"delivered" integer NOT NULL,
	"bounced" integer NOT NULL,
	CONSTRAINT "delivery_moments_workspace_id_campaign_id_at_pk" PRIMARY KEY("workspace_id","campaign_id","at")
);
--> statement-breakpoint
ALTER TABLE "delivery_moments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "delivery_rollups" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"state" "delivery_state" NOT NULL,
	"reason" text NOT NULL,
	"flags" integer NOT NULL,
	"n" integer NOT NULL,
	CONSTRAINT "delivery_rollups_workspace_id_campaign_id_part_state_reason_flags_pk" PRIMARY KEY("workspace_id","campaign_id","part","state","reason","flags")
);
--> statement-breakpoint
ALTER TABLE "delivery_rollups" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "deliveries_state";--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "audience" uuid[];--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "lists" bigint;--> statement-breakpoint
ALTER TABLE "delivery_domains" ADD CONSTRAINT "delivery_domains_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_moments" ADD CONSTRAINT "delivery_moments_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_rollups" ADD CONSTRAINT "delivery_rollups_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_rollups_unconfirmed" ON "delivery_rollups" USING btree ("workspace_id","campaign_id") WHERE state = 'unconfirmed' and part = -1;--> statement-breakpoint
CREATE INDEX "deliveries_campaign" ON "deliveries" USING btree ("workspace_id","campaign_id","id","state");--> statement-breakpoint
CREATE INDEX "deliveries_not_sent" ON "deliveries" USING btree ("workspace_id","campaign_id","id") WHERE state in ('retrying', 'failed', 'skipped', 'unconfirmed', 'cancelled');--> statement-breakpoint
CREATE INDEX "deliveries_noted" ON "deliveries" USING btree ("workspace_id","campaign_id","id") WHERE bounced_at is not null or complained_at is not null or unsubscribed_at is not null or deferred_at is not null or code_opened_at is not null or code_scanned_at is not null or redeemed_at is not null;--> statement-breakpoint
CREATE INDEX "deliveries_clicked" ON "deliveries" USING btree ("workspace_id","campaign_id","id") WHERE clicked_at is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "delivery_deltas" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_deltas" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = delivery_deltas.workspace_id and c.id = delivery_deltas.campaign_id));--> statement-breakpoint
CREATE POLICY "tenant" ON "delivery_domains" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_domains" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = delivery_domains.workspace_id and c.id = delivery_domains.campaign_id));--> statement-breakpoint
CREATE POLICY "tenant" ON "delivery_moments" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_moments" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = delivery_moments.workspace_id and c.id = delivery_moments.campaign_id));--> statement-breakpoint
CREATE POLICY "tenant" ON "delivery_rollups" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_rollups" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = delivery_rollups.workspace_id and c.id = delivery_rollups.campaign_id));--> statement-breakpoint
-- by hand
ALTER TABLE "delivery_deltas" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "delivery_rollups" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "delivery_domains" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "delivery_moments" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- What is known of a delivery besides its state, as bits. lib/analytics/delivery-counts.ts names them in the same order.
CREATE FUNCTION delivery_flags(contact uuid, accepted timestamptz, delivered timestamptz, deferred timestamptz, bounced timestamptz,
  complained timestamptz, opened timestamptz, clicked timestamptz, unsubscribed timestamptz, code_opened timestamptz,
  code_scanned timestamptz, redeemed timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (contact IS NULL)::int + (accepted IS NOT NULL)::int * 2 + (delivered IS NOT NULL)::int * 4 + (deferred IS NOT NULL)::int * 8
    + (bounced IS NOT NULL)::int * 16 + (complained IS NOT NULL)::int * 32 + (opened IS NOT NULL)::int * 64
    + (clicked IS NOT NULL)::int * 128 + (unsubscribed IS NOT NULL)::int * 256 + (code_opened IS NOT NULL)::int * 512
    + (code_scanned IS NOT NULL)::int * 1024 + (redeemed IS NOT NULL)::int * 2048
$$;--> statement-breakpoint

-- The parts of a campaign that a delivery counts in, `part` of delivery_rollups: -1 is all of it, 0 to 50 are its lists, and what
-- is larger is the quarter of an hour in which it was sent, since 1970.
CREATE FUNCTION delivery_quarter(state delivery_state, sent timestamptz) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE state WHEN 'sent' THEN floor(extract(epoch FROM sent) / 900)::int END
$$;--> statement-breakpoint
CREATE FUNCTION delivery_parts(lists bigint, quarter integer) RETURNS SETOF integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT -1 UNION ALL SELECT quarter WHERE quarter IS NOT NULL
  UNION ALL SELECT list FROM generate_series(0, 50) list WHERE lists >> list & 1 = 1
$$;--> statement-breakpoint

-- When what is counted of a delivery over time happened, by minutes as seconds since 1970.
CREATE FUNCTION moments_of(state delivery_state, sent timestamptz, delivered timestamptz, bounced timestamptz)
RETURNS TABLE (minute bigint, n_sent integer, n_delivered integer, n_bounced integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT extract(epoch FROM date_bin('1 minute', m.at, to_timestamp(0)))::bigint, m.s, m.d, m.b
  FROM (VALUES (CASE WHEN state = 'sent' THEN sent END, 1, 0, 0), (delivered, 0, 1, 0), (bounced, 0, 0, 1)) m(at, s, d, b)
  WHERE m.at IS NOT NULL AND state IN ('sent', 'unconfirmed')
$$;--> statement-breakpoint

-- One row for each campaign of a statement, whatever it changed: mostly that is one row for a batch. By mail domain and by minute
-- only where something of that can have changed, which claiming does not. Two functions of one text, because what is inserted was nothing before.
DO $do$
DECLARE
  t record;
BEGIN
  FOR t IN VALUES
    ('count_new', 'INSERT', 'NEW TABLE AS now_is', 'SELECT 1 AS sign, * FROM now_is'),
    ('count_changed', 'UPDATE', 'OLD TABLE AS was NEW TABLE AS now_is', 'SELECT 1 AS sign, * FROM now_is UNION ALL SELECT -1, * FROM was')
  LOOP
    EXECUTE format($of$
CREATE FUNCTION %1$s_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_deltas (workspace_id, campaign_id, id, shapes, domains, moments)
  WITH c AS MATERIALIZED (
    SELECT workspace_id, campaign_id, lists, delivery_quarter(state, sent_at) AS quarter, state, coalesce(reason, '') AS reason,
      delivery_flags(contact_id, accepted_at, delivered_at, deferred_at, bounced_at, complained_at, opened_at, clicked_at,
        unsubscribed_at, code_opened_at, code_scanned_at, redeemed_at) AS flags, address IS NULL AS nowhere, sum(sign) AS n
    FROM (%2$s) d GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ), shapes AS (
    SELECT workspace_id, campaign_id, jsonb_object_agg(concat_ws('|', part, state, reason, flags), n) AS shapes FROM (
      SELECT workspace_id, campaign_id, part, state, reason, flags, sum(n) AS n
      FROM c CROSS JOIN LATERAL delivery_parts(lists, quarter) part GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
    ) s GROUP BY 1, 2
  ), domains AS (
    SELECT workspace_id, campaign_id, jsonb_object_agg(domain, counts) AS domains FROM (
      SELECT workspace_id, campaign_id, split_part(address, '@', 2) AS domain, ARRAY[sum(sign),
        sum(CASE state WHEN 'sent' THEN sign ELSE 0 END), sum(CASE state WHEN 'failed' THEN sign ELSE 0 END),
        sum(CASE WHEN bounced_at IS NOT NULL THEN sign ELSE 0 END), sum(CASE WHEN opened_at IS NOT NULL THEN sign ELSE 0 END),
        sum(CASE WHEN clicked_at IS NOT NULL THEN sign ELSE 0 END)] AS counts
      FROM (%2$s) d
      WHERE channel = 'email' AND contact_id IS NOT NULL AND address IS NOT NULL
        -- Failed or sent; erased, bounced, opened or clicked; or about to be erased.
        AND (TG_OP = 'INSERT' OR EXISTS (SELECT FROM c WHERE state IN ('sent', 'failed') OR flags & 209 > 0 OR nowhere))
      GROUP BY 1, 2, 3
    ) d WHERE counts <> ARRAY[0, 0, 0, 0, 0, 0]::bigint[] GROUP BY 1, 2
  ), moments AS (
    SELECT workspace_id, campaign_id, jsonb_object_agg(minute, counts) AS moments FROM (
      SELECT d.workspace_id, d.campaign_id, m.minute,
        ARRAY[sum(sign * n_sent), sum(sign * n_delivered), sum(sign * n_bounced)] AS counts
      FROM (%2$s) d CROSS JOIN LATERAL moments_of(d.state, d.sent_at, d.delivered_at, d.bounced_at) m
      WHERE EXISTS (SELECT FROM c WHERE state IN ('sent', 'unconfirmed'))
      GROUP BY 1, 2, 3
    ) m WHERE counts <> ARRAY[0, 0, 0]::bigint[] GROUP BY 1, 2
  )
  -- What two swap leaves the one as it was and not the other.
  SELECT workspace_id, campaign_id, uuid_v7(), coalesce(shapes, '{}'), coalesce(domains, '{}'), coalesce(moments, '{}')
  FROM shapes FULL JOIN domains USING (workspace_id, campaign_id) FULL JOIN moments USING (workspace_id, campaign_id);
  RETURN NULL;
END $$;
CREATE TRIGGER %1$s AFTER %3$s ON deliveries REFERENCING %4$s FOR EACH STATEMENT EXECUTE FUNCTION %1$s_deliveries()$of$,
      t.column1, t.column4, t.column2, t.column3);
  END LOOP;
END $do$;--> statement-breakpoint

-- The ledger as it is. Nobody writes to it until this migration ends: the triggers wait for that.
DO $$
DECLARE
  w uuid;
BEGIN
  FOR w IN SELECT id FROM workspaces LOOP
    PERFORM set_config('app.workspace_id', w::text, true);
    INSERT INTO delivery_rollups (workspace_id, campaign_id, part, state, reason, flags, n)
    SELECT w, campaign_id, part, state, reason, flags, sum(n) FROM (
      SELECT campaign_id, delivery_quarter(state, sent_at) AS quarter, state, coalesce(reason, '') AS reason,
        delivery_flags(contact_id, accepted_at, delivered_at, deferred_at, bounced_at, complained_at, opened_at, clicked_at,
          unsubscribed_at, code_opened_at, code_scanned_at, redeemed_at) AS flags, count(*) AS n
      FROM deliveries WHERE workspace_id = w GROUP BY 1, 2, 3, 4, 5
    ) c CROSS JOIN LATERAL delivery_parts(NULL, quarter) part GROUP BY 1, 2, 3, 4, 5, 6;
    INSERT INTO delivery_domains (workspace_id, campaign_id, domain, planned, sent, failed, bounced, opened, clicked)
    SELECT workspace_id, campaign_id, split_part(address, '@', 2), count(*), count(*) FILTER (WHERE state = 'sent'),
      count(*) FILTER (WHERE state = 'failed'), count(bounced_at), count(opened_at), count(clicked_at)
    FROM deliveries WHERE workspace_id = w AND channel = 'email' AND contact_id IS NOT NULL AND address IS NOT NULL GROUP BY 1, 2, 3;
    INSERT INTO delivery_moments (workspace_id, campaign_id, at, sent, delivered, bounced)
    SELECT d.workspace_id, d.campaign_id, to_timestamp(m.minute), sum(n_sent), sum(n_delivered), sum(n_bounced)
    FROM deliveries d CROSS JOIN LATERAL moments_of(d.state, d.sent_at, d.delivered_at, d.bounced_at) m
    WHERE d.workspace_id = w GROUP BY 1, 2, 3;
  END LOOP;
  PERFORM set_config('app.workspace_id', '', true);
END $$;--> statement-breakpoint

-- An alert that gets graver while it is open is told of again.
DROP TRIGGER tell_of_change ON "alerts";--> statement-breakpoint
CREATE TRIGGER tell_of_change AFTER UPDATE ON "alerts" FOR EACH ROW WHEN (
  NEW.opened_at IS NOT NULL AND (OLD.opened_at IS NULL OR OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL
    OR NEW.severity = 'critical' AND OLD.severity <> 'critical')
) EXECUTE FUNCTION tell_of_alert();
