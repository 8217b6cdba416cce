CREATE TABLE "bounces" (
	"workspace_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"detail" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bounces_workspace_id_delivery_id_pk" PRIMARY KEY("workspace_id","delivery_id")
);
--> statement-breakpoint
ALTER TABLE "bounces" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mailboxes" (
	"workspace_id" uuid NOT NULL,
	"sender_id" uuid NOT NULL,
	"config" text NOT NULL,
	"place" jsonb,
	"fence" uuid,
	"reading_until" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"read_at" timestamp with time zone,
	"reports" integer DEFAULT 0 NOT NULL,
	"report_at" timestamp with time zone,
	CONSTRAINT "mailboxes_workspace_id_sender_id_pk" PRIMARY KEY("workspace_id","sender_id")
);
--> statement-breakpoint
ALTER TABLE "mailboxes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bounces" ADD CONSTRAINT "bounces_workspace_id_delivery_id_deliveries_workspace_id_id_fk" FOREIGN KEY ("workspace_id","delivery_id") REFERENCES "public"."deliveries"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mailboxes" ADD CONSTRAINT "mailboxes_workspace_id_sender_id_senders_workspace_id_id_fk" FOREIGN KEY ("workspace_id","sender_id") REFERENCES "public"."senders"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "tenant" ON "bounces" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "bounces" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from deliveries d where d.workspace_id = bounces.workspace_id and d.id = bounces.delivery_id));--> statement-breakpoint
CREATE POLICY "tenant" ON "mailboxes" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
-- by hand
ALTER TABLE "bounces" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mailboxes" FORCE ROW LEVEL SECURITY;
