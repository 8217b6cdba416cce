CREATE TYPE "public"."list_access" AS ENUM('view', 'edit', 'send');--> statement-breakpoint
ALTER TYPE "public"."member_role" ADD VALUE 'admin';--> statement-breakpoint
ALTER TYPE "public"."member_role" ADD VALUE 'marketer';--> statement-breakpoint
ALTER TYPE "public"."member_role" ADD VALUE 'viewer';--> statement-breakpoint
CREATE TABLE "api_key_grants" (
	"workspace_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"access" "list_access" NOT NULL,
	CONSTRAINT "api_key_grants_workspace_id_key_id_list_id_pk" PRIMARY KEY("workspace_id","key_id","list_id")
);
--> statement-breakpoint
ALTER TABLE "api_key_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_keys" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"role" "member_role" NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"created_by" uuid,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_workspace_id_id_pk" PRIMARY KEY("workspace_id","id"),
	CONSTRAINT "api_keys_token" UNIQUE("workspace_id","token_hash")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"email" text,
	"role" "member_role" NOT NULL,
	"grants" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"invited_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invitations_workspace_id_id_pk" PRIMARY KEY("workspace_id","id"),
	CONSTRAINT "invitations_token" UNIQUE("workspace_id","token_hash")
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "list_grants" (
	"workspace_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"access" "list_access" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "list_grants_workspace_id_user_id_list_id_pk" PRIMARY KEY("workspace_id","user_id","list_id")
);
--> statement-breakpoint
ALTER TABLE "list_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "password_resets" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "key_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "created_by_key" uuid;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "scheduled_by" uuid;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "scheduled_by_key" uuid;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "created_by_key" uuid;--> statement-breakpoint
ALTER TABLE "sandbox_messages" ADD COLUMN "tested_by" uuid;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "chosen_workspace_id" uuid;--> statement-breakpoint
ALTER TABLE "api_key_grants" ADD CONSTRAINT "api_key_grants_workspace_id_key_id_api_keys_workspace_id_id_fk" FOREIGN KEY ("workspace_id","key_id") REFERENCES "public"."api_keys"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_grants" ADD CONSTRAINT "api_key_grants_workspace_id_list_id_lists_workspace_id_id_fk" FOREIGN KEY ("workspace_id","list_id") REFERENCES "public"."lists"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_grants" ADD CONSTRAINT "list_grants_workspace_id_user_id_members_workspace_id_user_id_fk" FOREIGN KEY ("workspace_id","user_id") REFERENCES "public"."members"("workspace_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_grants" ADD CONSTRAINT "list_grants_workspace_id_list_id_lists_workspace_id_id_fk" FOREIGN KEY ("workspace_id","list_id") REFERENCES "public"."lists"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_grants_list" ON "api_key_grants" USING btree ("workspace_id","list_id");--> statement-breakpoint
CREATE INDEX "list_grants_list" ON "list_grants" USING btree ("workspace_id","list_id");--> statement-breakpoint
CREATE INDEX "password_resets_user" ON "password_resets" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "audit_log_user" ON "audit_log" USING btree ("workspace_id","user_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_action" ON "audit_log" USING btree ("workspace_id","action" collate "C","id");--> statement-breakpoint
CREATE POLICY "granted" ON "campaigns" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or coalesce((select bool_and(l.list_id = any((select nullif(current_setting('app.lists', true), ''))::uuid[])) from campaign_lists l where l.workspace_id = campaigns.workspace_id and l.campaign_id = campaigns.id), created_by = (select nullif(current_setting('app.principal', true), '')::uuid) or created_by_key = (select nullif(current_setting('app.principal', true), '')::uuid), false));--> statement-breakpoint
CREATE POLICY "granted" ON "contact_events" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from contacts c where c.workspace_id = contact_events.workspace_id and c.id = contact_events.contact_id));--> statement-breakpoint
CREATE POLICY "granted" ON "contacts" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from list_contacts l where l.workspace_id = contacts.workspace_id and l.contact_id = contacts.id));--> statement-breakpoint
CREATE POLICY "granted" ON "deliveries" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from campaigns c where c.workspace_id = deliveries.workspace_id and c.id = deliveries.campaign_id));--> statement-breakpoint
CREATE POLICY "granted" ON "delivery_attempts" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from deliveries d where d.workspace_id = delivery_attempts.workspace_id and d.id = delivery_attempts.delivery_id));--> statement-breakpoint
CREATE POLICY "granted" ON "import_rejections" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from imports i where i.workspace_id = import_rejections.workspace_id and i.id = import_rejections.import_id));--> statement-breakpoint
CREATE POLICY "granted" ON "imports" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or created_by = (select nullif(current_setting('app.principal', true), '')::uuid) or created_by_key = (select nullif(current_setting('app.principal', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "list_contacts" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or list_id = any((select nullif(current_setting('app.lists', true), ''))::uuid[]));--> statement-breakpoint
CREATE POLICY "granted" ON "lists" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or id = any((select nullif(current_setting('app.lists', true), ''))::uuid[]));--> statement-breakpoint
CREATE POLICY "granted" ON "sandbox_messages" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from deliveries d where d.workspace_id = sandbox_messages.workspace_id and d.id = sandbox_messages.delivery_id) or tested_by = (select nullif(current_setting('app.principal', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "api_key_grants" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "api_keys" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "invitations" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "list_grants" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
ALTER TABLE "api_keys" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "api_key_grants" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invitations" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "list_grants" FORCE ROW LEVEL SECURITY;
