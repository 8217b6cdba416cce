ALTER TYPE "public"."provider" ADD VALUE 'sandbox_sms';--> statement-breakpoint
CREATE TABLE "short_links" (
	"workspace_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"link" integer NOT NULL,
	"slug" text collate "C" NOT NULL,
	"clicks" integer DEFAULT 0 NOT NULL,
	"first_clicked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "short_links_workspace_id_delivery_id_link_pk" PRIMARY KEY("workspace_id","delivery_id","link")
);
--> statement-breakpoint
ALTER TABLE "short_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "sms_unsubscribed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "twilio" text;--> statement-breakpoint
ALTER TABLE "throttles" ADD COLUMN "weight" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "quiet_from" time DEFAULT '21:00' NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "quiet_until" time DEFAULT '08:00' NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "help_text" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "short_links" ADD CONSTRAINT "short_links_workspace_id_delivery_id_deliveries_workspace_id_id_fk" FOREIGN KEY ("workspace_id","delivery_id") REFERENCES "public"."deliveries"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "short_links_slug" ON "short_links" USING btree ("slug","workspace_id");--> statement-breakpoint
CREATE INDEX "contacts_sms" ON "contacts" USING btree ("workspace_id","phone") WHERE sms_subscribed or sms_unsubscribed_at is not null;--> statement-breakpoint
CREATE INDEX "deliveries_sms_address" ON "deliveries" USING btree ("workspace_id","address","id") WHERE channel = 'sms';--> statement-breakpoint
CREATE POLICY "tenant" ON "short_links" AS PERMISSIVE FOR ALL TO public USING (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid) or slug = (select nullif(current_setting('app.slug', true), ''))) WITH CHECK (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "granted" ON "short_links" AS RESTRICTIVE FOR SELECT TO public USING ((select coalesce(current_setting('app.lists', true), '') = '') or exists (select from deliveries d where d.workspace_id = short_links.workspace_id and d.id = short_links.delivery_id));--> statement-breakpoint

-- by hand
ALTER TABLE "short_links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- When somebody in a time zone may be written to again by text message; null: now. A zone that this server does not know is
-- the fallback.
CREATE FUNCTION quiet_until(zone text, fallback text, quiet_from time, quiet_to time, moment timestamptz)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  known text := coalesce(zone, fallback);
  there timestamp;
  days int;
BEGIN
  IF quiet_from = quiet_to THEN
    RETURN NULL;
  END IF;
  BEGIN
    there := moment AT TIME ZONE known;
  EXCEPTION WHEN invalid_parameter_value THEN
    known := fallback;
    there := moment AT TIME ZONE known;
  END;
  days := CASE
    WHEN quiet_from < quiet_to AND there::time >= quiet_from AND there::time < quiet_to THEN 0
    WHEN quiet_from > quiet_to AND there::time < quiet_to THEN 0
    WHEN quiet_from > quiet_to AND there::time >= quiet_from THEN 1
  END;
  RETURN (there::date + days + quiet_to) AT TIME ZONE known;
END $$;--> statement-breakpoint

-- As throttle_windows (0011), for messages that each count for several: as if bursts were at least as large as the heavier of
-- these and those of the grant before, so that the limit still holds. `early`: what lighter ones before have to wait longer.
CREATE FUNCTION weighted_windows(in_workspace uuid, in_sender uuid, in_campaign uuid, each int)
RETURNS TABLE (id uuid, place int, most int, burst int, step float8, tat timestamptz, grants bigint, early float8) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM throttles t WHERE t.workspace_id = in_workspace AND t.id IN (in_sender, in_campaign)
    ORDER BY t.id FOR NO KEY UPDATE;
  RETURN QUERY
    SELECT r.id, r.place, r.most, r.burst, r.step, r.tat, r.grants,
      greatest(0, greatest(r.light, each) - greatest(r.light, r.weight)) * r.step
    FROM (
      SELECT b.*, b.span / greatest(1, b.most - b.burst + 1) AS step
      FROM (
        SELECT x.id, v.place, v.most, (v.seconds + v.slack) AS span, 1 + v.most / 200 AS light, t.grants, t.weight,
          greatest(1 + v.most / 200, each, t.weight) AS burst,
          (ARRAY[t.second_tat, t.minute_tat, t.hour_tat, t.day_tat])[v.place] AS tat
        FROM (
          SELECT s.id, s.per_second, s.per_minute, s.per_hour, s.per_day FROM senders s
          LEFT JOIN campaigns k ON k.workspace_id = s.workspace_id AND k.id = in_campaign
          WHERE s.workspace_id = in_workspace AND s.id = in_sender AND NOT (s.limits_proposed AND coalesce(
            least(k.per_second * 60.0, k.per_minute, k.per_hour / 60.0, k.per_day / 1440.0)
              > least(s.per_second * 60.0, s.per_minute, s.per_hour / 60.0, s.per_day / 1440.0), false))
          UNION ALL
          SELECT k.id, k.per_second, k.per_minute, k.per_hour, k.per_day FROM campaigns k
          WHERE k.workspace_id = in_workspace AND k.id = in_campaign
        ) x
        CROSS JOIN LATERAL (VALUES
          (1, x.per_second, 1::float8, 0.02::float8), (2, x.per_minute, 60, 1), (3, x.per_hour, 3600, 1), (4, x.per_day, 86400, 1)
        ) v (place, most, seconds, slack)
        JOIN throttles t ON t.workspace_id = in_workspace AND t.id = x.id
        WHERE v.most IS NOT NULL
      ) b
    ) r;
END $$;--> statement-breakpoint

-- As take_permits (0006), for messages that each count for `each`.
CREATE FUNCTION take_permits(in_workspace uuid, in_sender uuid, in_campaign uuid, want int, each int, moment timestamptz)
RETURNS TABLE (granted int, limited boolean, at float8, start float8, valid_ms float8, wait_ms float8, ticket bigint)
LANGUAGE sql AS $$
  SELECT set_config('app.workspace_id', in_workspace::text, true);

  INSERT INTO throttles (workspace_id, id, second_tat, minute_tat, hour_tat, day_tat)
    SELECT in_workspace, x.id, 'epoch', 'epoch', 'epoch', 'epoch' FROM unnest(ARRAY[in_sender, in_campaign]) x (id)
    WHERE x.id IS NOT NULL AND NOT EXISTS (SELECT FROM throttles t WHERE t.workspace_id = in_workspace AND t.id = x.id)
    ON CONFLICT DO NOTHING;

  WITH windows AS MATERIALIZED (
    SELECT * FROM weighted_windows(in_workspace, in_sender, in_campaign, each)
  ), clock AS MATERIALIZED (
    -- Read behind the locks: a wait for them must not make permits early.
    SELECT coalesce(moment, clock_timestamp()) AS at, count(*) > 0 AS limited, (sum(grants) + count(*))::bigint AS ticket,
      CASE WHEN bool_or(place = 1) THEN 8 ELSE 1000 END AS valid_ms,
      -- Half of a burst is worth a round trip, and is there again sooner than a whole one.
      least(want, greatest(1, coalesce(min(least((burst + 1) / 2, most / 2) / each), want))) AS n
    FROM windows
  ), plan AS MATERIALIZED (
    SELECT c.*, greatest(c.at, max(w.tat - make_interval(secs => (w.burst - c.n * each) * w.step - w.early))) AS start
    FROM clock c LEFT JOIN windows w ON true GROUP BY c.at, c.limited, c.ticket, c.valid_ms, c.n
  ), decision AS MATERIALIZED (
    -- A permit for a moment that is as near as this is given out at once, so that the claim is ready when it comes.
    SELECT *, extract(epoch FROM start - at)::float8 * 1000 AS ahead_ms, start - at <= interval '200 ms' AS ok FROM plan
  ), moved AS (
    UPDATE throttles t SET second_tat = coalesce(m.tats[1], t.second_tat), minute_tat = coalesce(m.tats[2], t.minute_tat),
      hour_tat = coalesce(m.tats[3], t.hour_tat), day_tat = coalesce(m.tats[4], t.day_tat), grants = t.grants + 1,
      weight = each
    FROM (
      SELECT w.id, ARRAY[max(next) FILTER (WHERE place = 1), max(next) FILTER (WHERE place = 2),
        max(next) FILTER (WHERE place = 3), max(next) FILTER (WHERE place = 4)] AS tats
      FROM decision d CROSS JOIN LATERAL (
        SELECT id, place, greatest(tat, d.start) + make_interval(secs => d.n * each * step) AS next FROM windows
      ) w
      WHERE d.ok GROUP BY w.id
    ) m
    WHERE t.workspace_id = in_workspace AND t.id = m.id
    RETURNING 1
  )
  SELECT CASE WHEN ok THEN n ELSE 0 END, limited, extract(epoch FROM at)::float8 * 1000,
    extract(epoch FROM start)::float8 * 1000, valid_ms, CASE WHEN ok THEN 0 ELSE ahead_ms - 100 END, ticket
  FROM decision
$$;
