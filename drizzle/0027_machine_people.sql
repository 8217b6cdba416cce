-- by hand: all locks at once, or none, as in 0026; with that of 0028, which may run in the same transaction.
DO $$
BEGIN
  PERFORM set_config('lock_timeout', '300ms', true);
  LOOP
    BEGIN
      LOCK TABLE deliveries, tracking_rollups IN ACCESS EXCLUSIVE MODE;
      LOCK TABLE tracking_events IN SHARE MODE;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.05 + random() * 0.1);
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', '0', true);
END $$;--> statement-breakpoint
ALTER TABLE "tracking_rollups" ADD COLUMN "machine_people" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "tracking_events_machine" ON "tracking_events" USING btree ("workspace_id","campaign_id","kind","link","delivery_id") WHERE class <> 'human';--> statement-breakpoint
-- by hand
-- What was counted before. What the worker of the version before counts meanwhile, the nightly look at all counts adds.
DO $$
DECLARE
  w uuid;
BEGIN
  FOR w IN SELECT id FROM workspaces LOOP
    PERFORM set_config('app.workspace_id', w::text, true);
    UPDATE tracking_rollups r SET machine_people = n.people FROM (
      SELECT campaign_id, kind, 0 AS link, count(DISTINCT delivery_id) AS people FROM tracking_events
      WHERE workspace_id = w AND class <> 'human' AND counted GROUP BY 1, 2
      UNION ALL
      SELECT campaign_id, kind, link, count(DISTINCT delivery_id) FROM tracking_events
      WHERE workspace_id = w AND class <> 'human' AND counted AND kind = 'click' AND link > 0 GROUP BY 1, 2, 3
    ) n
    WHERE r.workspace_id = w AND r.campaign_id = n.campaign_id AND r.grain = 'all' AND r.kind = n.kind AND r.link = n.link;
  END LOOP;
  PERFORM set_config('app.workspace_id', '', true);
END $$;
