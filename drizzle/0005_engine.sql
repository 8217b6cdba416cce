CREATE TABLE "breakers" (
	"workspace_id" uuid NOT NULL,
	"sender_id" uuid NOT NULL,
	"failures" integer NOT NULL,
	"open_until" timestamp with time zone NOT NULL,
	"problem" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "breakers_workspace_id_sender_id_pk" PRIMARY KEY("workspace_id","sender_id")
);
--> statement-breakpoint
ALTER TABLE "breakers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "handovers" (
	"worker_id" uuid NOT NULL,
	"lane" integer NOT NULL,
	"delivery_ids" uuid[] NOT NULL,
	CONSTRAINT "handovers_worker_id_lane_pk" PRIMARY KEY("worker_id","lane")
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"second_tat" timestamp with time zone NOT NULL,
	"minute_tat" timestamp with time zone NOT NULL,
	"hour_tat" timestamp with time zone NOT NULL,
	"day_tat" timestamp with time zone NOT NULL,
	CONSTRAINT "throttles_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "throttles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "per_second" integer;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "per_minute" integer;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "per_hour" integer;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "per_day" integer;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "scheduled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "scheduled_zone" text;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "held" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "claimed_by" uuid;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "accepted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "per_second" integer;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "per_hour" integer;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "per_day" integer;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "alive_until" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "unconfirmed_policy" text DEFAULT 'leave' NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "schedule_grace_minutes" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "breakers" ADD CONSTRAINT "breakers_workspace_id_sender_id_senders_workspace_id_id_fk" FOREIGN KEY ("workspace_id","sender_id") REFERENCES "public"."senders"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_worker_id_workers_id_fk" FOREIGN KEY ("worker_id") REFERENCES "public"."workers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "throttles" ADD CONSTRAINT "throttles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "campaigns_due" ON "campaigns" USING btree ("workspace_id","scheduled_at") WHERE status = 'scheduled' and not held;--> statement-breakpoint
CREATE POLICY "tenant" ON "breakers" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "throttles" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
ALTER TABLE "breakers" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "throttles" FORCE ROW LEVEL SECURITY;
