ALTER TYPE "public"."provider" ADD VALUE 'resend';--> statement-breakpoint
ALTER TYPE "public"."provider" ADD VALUE 'twilio';--> statement-breakpoint
CREATE TABLE "replays" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"delivery_ids" uuid[] NOT NULL,
	"body" text NOT NULL,
	"account" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "replays_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "replays" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "replay_id" uuid;--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "resend_api_key" text;--> statement-breakpoint
ALTER TABLE "replays" ADD CONSTRAINT "replays_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "replays_campaign" ON "replays" USING btree ("workspace_id","campaign_id");--> statement-breakpoint
CREATE INDEX "deliveries_replay" ON "deliveries" USING btree ("workspace_id","replay_id") WHERE replay_id is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "replays" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "replays" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = replays.workspace_id and c.id = replays.campaign_id));--> statement-breakpoint
ALTER TABLE "replays" FORCE ROW LEVEL SECURITY;
