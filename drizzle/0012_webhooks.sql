CREATE TYPE "public"."webhook_message_state" AS ENUM('pending', 'delivered', 'failed');--> statement-breakpoint
CREATE TABLE "webhook_attempts" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"status" integer,
	"detail" text NOT NULL,
	"milliseconds" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_attempts_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_messages" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"webhook_id" uuid NOT NULL,
	"type" text NOT NULL,
	"subject_id" uuid,
	"state" "webhook_message_state" DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"queued" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_messages_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhooks" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_until" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"disabled_at" timestamp with time zone,
	"problem" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhooks_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "webhooks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_workspace_id_message_id_webhook_messages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","message_id") REFERENCES "public"."webhook_messages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_messages" ADD CONSTRAINT "webhook_messages_workspace_id_webhook_id_webhooks_workspace_id_id_fk" FOREIGN KEY ("workspace_id","webhook_id") REFERENCES "public"."webhooks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_attempts_message" ON "webhook_attempts" USING btree ("workspace_id","message_id","id");--> statement-breakpoint
CREATE INDEX "webhook_messages_webhook" ON "webhook_messages" USING btree ("workspace_id","webhook_id","id");--> statement-breakpoint
CREATE INDEX "webhook_messages_unqueued" ON "webhook_messages" USING btree ("workspace_id","id") WHERE not queued;--> statement-breakpoint
CREATE POLICY "tenant" ON "webhook_attempts" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "webhook_messages" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "webhooks" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
ALTER TABLE "webhooks" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_messages" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_attempts" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- Events are written where rows change, by whatever statement: no way that leads past them can be forgotten. Each trigger
-- first asks whether the workspace has a webhook at all, so that nobody else pays for them.
CREATE FUNCTION has_webhook(in_workspace uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM webhooks WHERE workspace_id = in_workspace AND disabled_at IS NULL)
$$;--> statement-breakpoint

CREATE FUNCTION tell_webhooks(in_workspace uuid, event text, subjects uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_messages (workspace_id, id, webhook_id, type, subject_id)
  SELECT h.workspace_id, uuid_v7(), h.id, event, s
  FROM webhooks h, unnest(subjects) s
  WHERE h.workspace_id = in_workspace AND h.disabled_at IS NULL AND event = ANY(h.events);
  IF FOUND THEN
    PERFORM pg_notify('webhooks', in_workspace::text);
  END IF;
END $$;--> statement-breakpoint

CREATE FUNCTION tell_of_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := (SELECT workspace_id FROM now_is LIMIT 1);
  changed record;
BEGIN
  IF workspace IS NULL OR NOT has_webhook(workspace) THEN
    RETURN NULL;
  END IF;
  FOR changed IN
    SELECT event, array_agg(id) AS ids FROM (
      SELECT n.id, CASE
        WHEN n.status = 'sending' AND o.status IN ('draft', 'scheduled') THEN 'campaign.started'
        WHEN n.status = 'paused' THEN 'campaign.paused'
        WHEN n.status = 'completed' THEN 'campaign.completed' END AS event
      FROM now_is n JOIN was o ON o.workspace_id = n.workspace_id AND o.id = n.id AND o.status <> n.status
    ) c WHERE event IS NOT NULL GROUP BY event
  LOOP
    PERFORM tell_webhooks(workspace, changed.event, changed.ids);
  END LOOP;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_webhooks AFTER UPDATE ON "campaigns" REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_of_campaigns();--> statement-breakpoint

-- What became of a message are times on its delivery: each is told of when it is set. Row by row, for a statement may change
-- a million rows, of which no time was set: those are not even looked at.
CREATE FUNCTION tell_of_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  happened text;
BEGIN
  IF has_webhook(NEW.workspace_id) THEN
    FOR happened IN
      SELECT event FROM (VALUES
        ('delivery.sent', OLD.sent_at, NEW.sent_at), ('delivery.delivered', OLD.delivered_at, NEW.delivered_at),
        ('delivery.bounced', OLD.bounced_at, NEW.bounced_at), ('delivery.complained', OLD.complained_at, NEW.complained_at),
        ('delivery.opened', OLD.opened_at, NEW.opened_at), ('delivery.clicked', OLD.clicked_at, NEW.clicked_at),
        ('delivery.unsubscribed', OLD.unsubscribed_at, NEW.unsubscribed_at)
      ) v (event, before, after) WHERE before IS NULL AND after IS NOT NULL
    LOOP
      PERFORM tell_webhooks(NEW.workspace_id, happened, ARRAY[NEW.id]);
    END LOOP;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_webhooks AFTER UPDATE ON "deliveries" FOR EACH ROW WHEN (
  (OLD.sent_at, OLD.delivered_at, OLD.bounced_at, OLD.complained_at, OLD.opened_at, OLD.clicked_at, OLD.unsubscribed_at)
  IS DISTINCT FROM
  (NEW.sent_at, NEW.delivered_at, NEW.bounced_at, NEW.complained_at, NEW.opened_at, NEW.clicked_at, NEW.unsubscribed_at)
) EXECUTE FUNCTION tell_of_delivery();--> statement-breakpoint

CREATE FUNCTION tell_of_new_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := (SELECT workspace_id FROM now_is LIMIT 1);
BEGIN
  IF workspace IS NOT NULL AND has_webhook(workspace) THEN
    PERFORM tell_webhooks(workspace, 'contact.created', (SELECT array_agg(id) FROM now_is));
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_of_new AFTER INSERT ON "contacts" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_of_new_contacts();--> statement-breakpoint

CREATE FUNCTION tell_of_changed_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := (SELECT workspace_id FROM now_is LIMIT 1);
BEGIN
  IF workspace IS NOT NULL AND has_webhook(workspace) THEN
    PERFORM tell_webhooks(workspace, 'contact.changed', (
      SELECT array_agg(n.id) FROM now_is n JOIN was o ON o.workspace_id = n.workspace_id AND o.id = n.id
      WHERE (n.email, n.phone, n.first_name, n.last_name, n.country, n.time_zone, n.attributes, n.email_subscribed, n.sms_subscribed)
        IS DISTINCT FROM
        (o.email, o.phone, o.first_name, o.last_name, o.country, o.time_zone, o.attributes, o.email_subscribed, o.sms_subscribed)));
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_of_changed AFTER UPDATE ON "contacts" REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changed_contacts();--> statement-breakpoint

CREATE FUNCTION tell_of_erased_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := (SELECT workspace_id FROM was LIMIT 1);
BEGIN
  IF workspace IS NOT NULL AND has_webhook(workspace) THEN
    PERFORM tell_webhooks(workspace, 'contact.erased', (SELECT array_agg(id) FROM was));
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_of_erased AFTER DELETE ON "contacts" REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION tell_of_erased_contacts();
