ALTER TABLE "senders" ADD COLUMN "dkim_selectors" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "domain_report" jsonb;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "domain_checked_at" timestamp with time zone;