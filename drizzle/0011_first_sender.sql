ALTER TABLE "instance" ADD COLUMN "smtp_url" text;--> statement-breakpoint
ALTER TABLE "senders" ADD COLUMN "limits_proposed" boolean DEFAULT false NOT NULL;--> statement-breakpoint

-- As before (0006), but a sender's limits that nobody has set do not hold a campaign whose own limits ask for more.
CREATE OR REPLACE FUNCTION throttle_windows(in_workspace uuid, in_sender uuid, in_campaign uuid)
RETURNS TABLE (id uuid, place int, burst int, step float8, tat timestamptz, grants bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM throttles t WHERE t.workspace_id = in_workspace AND t.id IN (in_sender, in_campaign)
    ORDER BY t.id FOR NO KEY UPDATE;
  RETURN QUERY
    SELECT x.id, v.place, 1 + v.most / 200, (v.seconds + v.slack) / (v.most - v.most / 200),
      (ARRAY[t.second_tat, t.minute_tat, t.hour_tat, t.day_tat])[v.place], t.grants
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
    WHERE v.most IS NOT NULL;
END $$;
