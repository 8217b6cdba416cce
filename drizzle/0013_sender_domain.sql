ALTER TABLE "senders" ADD COLUMN "dkim_selectors" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "domain_report" jsonb;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "domain_checked_at" timestamp with time zone;--> statement-breakpoint
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
