CREATE TABLE "soft_bounces" (
	"workspace_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"returned" text NOT NULL,
	"due_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "soft_bounces_workspace_id_delivery_id_returned_pk" PRIMARY KEY("workspace_id","delivery_id","returned")
);
--> statement-breakpoint
ALTER TABLE "soft_bounces" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "soft_bounces" ADD CONSTRAINT "soft_bounces_workspace_id_delivery_id_deliveries_workspace_id_id_fk" FOREIGN KEY ("workspace_id","delivery_id") REFERENCES "public"."deliveries"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "soft_bounces_due" ON "soft_bounces" USING btree ("workspace_id","due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "soft_bounces" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "soft_bounces" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from deliveries d where d.workspace_id = soft_bounces.workspace_id and d.id = soft_bounces.delivery_id));--> statement-breakpoint
-- by hand
ALTER TABLE "soft_bounces" FORCE ROW LEVEL SECURITY;
