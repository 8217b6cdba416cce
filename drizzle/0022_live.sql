CREATE TABLE "alerts" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"detail" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone,
	"well_since" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"opened_told_at" timestamp with time zone,
	"resolved_told_at" timestamp with time zone,
	CONSTRAINT "alerts_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sender_minutes" (
	"workspace_id" uuid NOT NULL,
	"sender_id" uuid NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"calls" bigint NOT NULL,
	"messages" bigint NOT NULL,
	"sent" bigint NOT NULL,
	"errors" bigint NOT NULL,
	"milliseconds" bigint NOT NULL,
	"slowest_ms" integer NOT NULL,
	CONSTRAINT "sender_minutes_workspace_id_sender_id_minute_pk" PRIMARY KEY("workspace_id","sender_id","minute")
);
--> statement-breakpoint
ALTER TABLE "sender_minutes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "alert_rules" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sender_minutes" ADD CONSTRAINT "sender_minutes_workspace_id_sender_id_senders_workspace_id_id_fk" FOREIGN KEY ("workspace_id","sender_id") REFERENCES "public"."senders"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_unresolved" ON "alerts" USING btree ("workspace_id","kind",coalesce(subject_id, '00000000-0000-0000-0000-000000000000')) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "alerts_opened" ON "alerts" USING btree ("workspace_id","opened_at") WHERE opened_at is not null;--> statement-breakpoint
CREATE INDEX "sender_minutes_minute" ON "sender_minutes" USING btree ("workspace_id","minute");--> statement-breakpoint
CREATE INDEX "suppressions_campaign" ON "suppressions" USING btree ("workspace_id","campaign_id") WHERE campaign_id is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "alerts" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "sender_minutes" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
-- by hand
ALTER TABLE "alerts" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "sender_minutes" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- What open pages show is told of in the transaction that changes it: the channel `live`, the id of what changed. The states
-- of deliveries are not: their worker tells of them itself, a few times a second (lib/live/announce.ts).
CREATE FUNCTION tell_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', id::text) FROM now_is;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE ON "campaigns" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_live();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE ON "imports" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_live();--> statement-breakpoint

-- What becomes of a message once it went out. A statement that names none of these columns, as those that send, does not even ask.
CREATE FUNCTION tell_live_of_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', NEW.campaign_id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE OF "delivered_at", "bounced_at", "complained_at", "opened_at", "clicked_at", "unsubscribed_at",
  "code_opened_at", "code_scanned_at", "redeemed_at", "accepted_at" ON "deliveries" FOR EACH ROW WHEN (
  (OLD.delivered_at, OLD.bounced_at, OLD.complained_at, OLD.opened_at, OLD.clicked_at, OLD.unsubscribed_at,
    OLD.code_opened_at, OLD.code_scanned_at, OLD.redeemed_at, OLD.accepted_at)
  IS DISTINCT FROM
  (NEW.delivered_at, NEW.bounced_at, NEW.complained_at, NEW.opened_at, NEW.clicked_at, NEW.unsubscribed_at,
    NEW.code_opened_at, NEW.code_scanned_at, NEW.redeemed_at, NEW.accepted_at)
) EXECUTE FUNCTION tell_live_of_delivery();--> statement-breakpoint

-- What stops a sender stops the campaigns that use it.
CREATE FUNCTION tell_live_of_breaker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', c.id::text) FROM campaigns c
  WHERE c.workspace_id = coalesce(NEW.workspace_id, OLD.workspace_id) AND c.sender_id = coalesce(NEW.sender_id, OLD.sender_id)
    AND c.status = 'sending';
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER INSERT OR DELETE OR UPDATE OF "problem" ON "breakers" FOR EACH ROW EXECUTE FUNCTION tell_live_of_breaker();--> statement-breakpoint

-- Whoever looks at a page is asked anew whether they may, as soon as anything about that has changed.
CREATE FUNCTION tell_live_of_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', coalesce(NEW.user_id, OLD.user_id)::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER DELETE OR UPDATE OF "chosen_workspace_id", "expires_at" ON "sessions" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER DELETE OR UPDATE ON "members" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER INSERT OR DELETE OR UPDATE ON "list_grants" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();--> statement-breakpoint

-- Webhooks are told of alerts where they open and resolve, as of all else.
CREATE FUNCTION tell_of_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF has_webhook(NEW.workspace_id) THEN
    PERFORM tell_webhooks(NEW.workspace_id, CASE WHEN NEW.resolved_at IS NULL THEN 'alert.opened' ELSE 'alert.resolved' END, ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_of_new AFTER INSERT ON "alerts" FOR EACH ROW WHEN (NEW.opened_at IS NOT NULL) EXECUTE FUNCTION tell_of_alert();--> statement-breakpoint
CREATE TRIGGER tell_of_change AFTER UPDATE ON "alerts" FOR EACH ROW WHEN (
  NEW.opened_at IS NOT NULL AND (OLD.opened_at IS NULL OR OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL)
) EXECUTE FUNCTION tell_of_alert();
