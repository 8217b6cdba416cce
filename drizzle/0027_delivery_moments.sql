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
ALTER TABLE "delivery_deltas" ADD COLUMN "moments" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery_moments" ADD CONSTRAINT "delivery_moments_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "tenant" ON "delivery_moments" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_moments" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = delivery_moments.workspace_id and c.id = delivery_moments.campaign_id));--> statement-breakpoint
-- by hand
ALTER TABLE "delivery_moments" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- When what is counted of a delivery over time happened, by minutes as seconds since 1970.
CREATE FUNCTION moments_of(state delivery_state, sent timestamptz, delivered timestamptz, bounced timestamptz)
RETURNS TABLE (minute bigint, n_sent integer, n_delivered integer, n_bounced integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT extract(epoch FROM date_bin('1 minute', m.at, to_timestamp(0)))::bigint, m.s, m.d, m.b
  FROM (VALUES (CASE WHEN state = 'sent' THEN sent END, 1, 0, 0), (delivered, 0, 1, 0), (bounced, 0, 0, 1)) m(at, s, d, b)
  WHERE m.at IS NOT NULL AND state IN ('sent', 'unconfirmed')
$$;--> statement-breakpoint

-- Claiming has no moments and so writes none; the counts of 0026 have rows of their own.
CREATE FUNCTION count_new_moments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_deltas (workspace_id, campaign_id, id, shapes, domains, moments)
  SELECT workspace_id, campaign_id, uuid_v7(), '{}', '{}', jsonb_object_agg(minute, counts) FROM (
    SELECT d.workspace_id, d.campaign_id, m.minute, ARRAY[sum(n_sent), sum(n_delivered), sum(n_bounced)] AS counts
    FROM now_is d CROSS JOIN LATERAL moments_of(d.state, d.sent_at, d.delivered_at, d.bounced_at) m
    GROUP BY 1, 2, 3
  ) c GROUP BY 1, 2;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER count_new_moments AFTER INSERT ON "deliveries" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION count_new_moments();--> statement-breakpoint

CREATE FUNCTION count_changed_moments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_deltas (workspace_id, campaign_id, id, shapes, domains, moments)
  SELECT workspace_id, campaign_id, uuid_v7(), '{}', '{}', jsonb_object_agg(minute, counts) FROM (
    SELECT d.workspace_id, d.campaign_id, m.minute, ARRAY[sum(sign * n_sent), sum(sign * n_delivered), sum(sign * n_bounced)] AS counts
    FROM (
      SELECT 1 AS sign, workspace_id, campaign_id, state, sent_at, delivered_at, bounced_at FROM now_is
      UNION ALL
      SELECT -1, workspace_id, campaign_id, state, sent_at, delivered_at, bounced_at FROM was
    ) d CROSS JOIN LATERAL moments_of(d.state, d.sent_at, d.delivered_at, d.bounced_at) m
    GROUP BY 1, 2, 3
  ) c WHERE counts <> ARRAY[0, 0, 0]::bigint[] GROUP BY 1, 2;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER count_changed_moments AFTER UPDATE ON "deliveries" REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION count_changed_moments();--> statement-breakpoint

-- The ledger as it is. Nobody writes to it until this migration ends: the triggers wait for that.
DO $$
DECLARE
  w uuid;
BEGIN
  FOR w IN SELECT id FROM workspaces LOOP
    PERFORM set_config('app.workspace_id', w::text, true);
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
