CREATE TABLE "provider_reports" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"sender_id" uuid NOT NULL,
	"report_id" text NOT NULL,
	"body" text,
	CONSTRAINT "provider_reports_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "provider_reports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "provider_reports" ADD CONSTRAINT "provider_reports_workspace_id_sender_id_senders_workspace_id_id_fk" FOREIGN KEY ("workspace_id","sender_id") REFERENCES "public"."senders"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "provider_reports_report" ON "provider_reports" USING btree ("workspace_id","sender_id","report_id");--> statement-breakpoint
CREATE INDEX "provider_reports_open" ON "provider_reports" USING btree ("workspace_id","id") WHERE body is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "provider_reports" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
ALTER TABLE "provider_reports" FORCE ROW LEVEL SECURITY;
