CREATE TABLE "contact_codes" (
	"workspace_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"code" text collate "C" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_codes_workspace_id_contact_id_pk" PRIMARY KEY("workspace_id","contact_id")
);
--> statement-breakpoint
ALTER TABLE "contact_codes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "offer_text" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "offer_until" date;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "code_opened_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "code_scanned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "redeemed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "redeemed_by" uuid;--> statement-breakpoint
ALTER TABLE "contact_codes" ADD CONSTRAINT "contact_codes_workspace_id_contact_id_contacts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","contact_id") REFERENCES "public"."contacts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "contact_codes_code" ON "contact_codes" USING btree ("code","workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_redeemed" ON "deliveries" USING btree ("workspace_id","campaign_id","contact_id") WHERE redeemed_at is not null;--> statement-breakpoint
CREATE POLICY "tenant" ON "contact_codes" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid) or code = (select nullif(current_setting('app.code', true), ''))) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "contact_codes" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from contacts c where c.workspace_id = contact_codes.workspace_id and c.id = contact_codes.contact_id));--> statement-breakpoint
ALTER TABLE "contact_codes" FORCE ROW LEVEL SECURITY;
