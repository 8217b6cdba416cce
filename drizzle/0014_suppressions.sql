ALTER TABLE "suppressions" ADD COLUMN "note" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "suppressions" ADD COLUMN "created_by" uuid;--> statement-breakpoint
ALTER TABLE "suppressions" ADD COLUMN "created_by_key" uuid;--> statement-breakpoint
ALTER TABLE "suppressions" ADD COLUMN "campaign_id" uuid;--> statement-breakpoint
-- Only the campaign of it is let go of when one is deleted.
ALTER TABLE "suppressions" ADD CONSTRAINT "suppressions_workspace_id_campaign_id_campaigns_workspace_id_id_fk" FOREIGN KEY ("workspace_id","campaign_id") REFERENCES "public"."campaigns"("workspace_id","id") ON DELETE SET NULL ("campaign_id");
