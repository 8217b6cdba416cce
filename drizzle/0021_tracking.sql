CREATE TABLE "tracking_events" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"link" smallint DEFAULT 0 NOT NULL,
	"class" text NOT NULL,
	"agent" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"counted" boolean DEFAULT false NOT NULL,
	CONSTRAINT "tracking_events_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "tracking_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tracking_rollups" (
	"workspace_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"grain" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"link" smallint NOT NULL,
	"human" integer DEFAULT 0 NOT NULL,
	"machine" integer DEFAULT 0 NOT NULL,
	"people" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "tracking_rollups_workspace_id_campaign_id_grain_kind_link_at_pk" PRIMARY KEY("workspace_id","campaign_id","grain","kind","link","at")
);
--> statement-breakpoint
ALTER TABLE "tracking_rollups" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "tracking" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "tracking" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "tracking_events" ADD CONSTRAINT "tracking_events_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracking_rollups" ADD CONSTRAINT "tracking_rollups_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tracking_events_delivery" ON "tracking_events" USING btree ("workspace_id","delivery_id","id");--> statement-breakpoint
CREATE INDEX "tracking_events_link" ON "tracking_events" USING btree ("workspace_id","campaign_id","kind","link","delivery_id") WHERE class = 'human';--> statement-breakpoint
CREATE INDEX "tracking_events_uncounted" ON "tracking_events" USING btree ("workspace_id","id") WHERE not counted;--> statement-breakpoint
CREATE POLICY "tenant" ON "tracking_events" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "tracking_events" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = tracking_events.workspace_id and c.id = tracking_events.campaign_id));--> statement-breakpoint
CREATE POLICY "tenant" ON "tracking_rollups" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "tracking_rollups" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = tracking_rollups.workspace_id and c.id = tracking_rollups.campaign_id));
--> statement-breakpoint
-- by hand
ALTER TABLE "tracking_events" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "tracking_rollups" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
-- What was recorded stays as it was: only how it is judged, and whether it is counted, may change, and its agent be forgotten.
-- It goes with its campaign, and in no other way.
CREATE FUNCTION keep_tracking_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.agent IN (OLD.agent, '')
    AND (NEW.workspace_id, NEW.id, NEW.delivery_id, NEW.campaign_id, NEW.kind, NEW.link, NEW.at)
      = (OLD.workspace_id, OLD.id, OLD.delivery_id, OLD.campaign_id, OLD.kind, OLD.link, OLD.at) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'tracking_events is append-only';
END $$;--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "tracking_events" FOR EACH ROW EXECUTE FUNCTION keep_tracking_events();--> statement-breakpoint
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON "tracking_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
