DROP INDEX "contacts_email_prefix";--> statement-breakpoint
DROP INDEX "contacts_name_prefix";--> statement-breakpoint
DROP INDEX "contacts_last_name_prefix";--> statement-breakpoint
DROP INDEX "contacts_domain_prefix";--> statement-breakpoint
ALTER TABLE "contacts" ALTER COLUMN "email" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "deliveries" ALTER COLUMN "address" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "suppressions" ALTER COLUMN "address" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "name_key" text collate "C" GENERATED ALWAYS AS (lower(btrim(first_name || ' ' || last_name))) STORED;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "last_name_key" text collate "C" GENERATED ALWAYS AS (lower(last_name)) STORED;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "domain" text collate "C" GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED;--> statement-breakpoint
CREATE INDEX "contacts_name_key" ON "contacts" USING btree ("workspace_id","name_key","id");--> statement-breakpoint
CREATE INDEX "contacts_last_name_key" ON "contacts" USING btree ("workspace_id","last_name_key","id");--> statement-breakpoint
CREATE INDEX "contacts_domain" ON "contacts" USING btree ("workspace_id","domain","id");--> statement-breakpoint
CREATE INDEX "contacts_no_email" ON "contacts" USING btree ("workspace_id","id") WHERE email is null;