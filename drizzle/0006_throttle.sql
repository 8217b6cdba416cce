ALTER TABLE "throttles" ADD COLUMN "grants" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "handovers" ADD COLUMN "fence" integer NOT NULL;--> statement-breakpoint

-- The throttle of a sender and of a campaign together: the generic cell rate algorithm (ITU-T I.371, virtual scheduling) for
-- each window that has a limit, all of them or none. With burst b and interval i, of any n permits the last comes at least
-- (n - b) * i after the first; so a window of w seconds, in which messages may arrive late by at most `slack`, holds fewer than
-- b + (w + slack) / i of them, and i = (w + slack) / (limit - b + 1) keeps that at the limit or below. lib/throttle/pace.ts is the
-- same on paper, and a test holds the two together.

-- The windows of both that have a limit, and where they stand, under their rows' locks.
CREATE FUNCTION throttle_windows(in_workspace uuid, in_sender uuid, in_campaign uuid)
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
      WHERE s.workspace_id = in_workspace AND s.id = in_sender
      UNION ALL
      SELECT k.id, k.per_second, k.per_minute, k.per_hour, k.per_day FROM campaigns k
      WHERE k.workspace_id = in_workspace AND k.id = in_campaign
    ) x
    CROSS JOIN LATERAL (VALUES
      (1, x.per_second, 1::float8, 0.02::float8), (2, x.per_minute, 60, 1), (3, x.per_hour, 3600, 1), (4, x.per_day, 86400, 1)
    ) v (place, most, seconds, slack)
    JOIN throttles t ON t.workspace_id = in_workspace AND t.id = x.id
    WHERE v.most IS NOT NULL;
END $$;--> statement-breakpoint

-- Up to `want` permits, to be used from `start` on and within `valid_ms` of that. None: ask again in `wait_ms`. Times are
-- milliseconds of the epoch by this server's clock, which reads `at`. All windows are tested and moved in one statement.
CREATE FUNCTION take_permits(in_workspace uuid, in_sender uuid, in_campaign uuid, want int, moment timestamptz DEFAULT NULL)
RETURNS TABLE (granted int, limited boolean, at float8, start float8, valid_ms float8, wait_ms float8, ticket bigint)
LANGUAGE sql AS $$
  SELECT set_config('app.workspace_id', in_workspace::text, true);

  INSERT INTO throttles (workspace_id, id, second_tat, minute_tat, hour_tat, day_tat)
    SELECT in_workspace, x.id, 'epoch', 'epoch', 'epoch', 'epoch' FROM unnest(ARRAY[in_sender, in_campaign]) x (id)
    WHERE x.id IS NOT NULL AND NOT EXISTS (SELECT FROM throttles t WHERE t.workspace_id = in_workspace AND t.id = x.id)
    ON CONFLICT DO NOTHING;

  WITH windows AS MATERIALIZED (
    SELECT * FROM throttle_windows(in_workspace, in_sender, in_campaign)
  ), clock AS MATERIALIZED (
    -- Read behind the locks: a wait for them must not make permits early.
    SELECT coalesce(moment, clock_timestamp()) AS at, count(*) > 0 AS limited, (sum(grants) + count(*))::bigint AS ticket,
      CASE WHEN bool_or(place = 1) THEN 8 ELSE 1000 END AS valid_ms,
      -- Half of a burst is worth a round trip, and is there again sooner than a whole one.
      least(want, coalesce(min((burst + 1) / 2), want)) AS n
    FROM windows
  ), plan AS MATERIALIZED (
    SELECT c.*, greatest(c.at, max(w.tat - make_interval(secs => (w.burst - c.n) * w.step))) AS start
    FROM clock c LEFT JOIN windows w ON true GROUP BY c.at, c.limited, c.ticket, c.valid_ms, c.n
  ), decision AS MATERIALIZED (
    -- A permit for a moment that is as near as this is given out at once, so that the claim is ready when it comes.
    SELECT *, extract(epoch FROM start - at)::float8 * 1000 AS ahead_ms, start - at <= interval '200 ms' AS ok FROM plan
  ), moved AS (
    UPDATE throttles t SET second_tat = coalesce(m.tats[1], t.second_tat), minute_tat = coalesce(m.tats[2], t.minute_tat),
      hour_tat = coalesce(m.tats[3], t.hour_tat), day_tat = coalesce(m.tats[4], t.day_tat), grants = t.grants + 1
    FROM (
      SELECT w.id, ARRAY[max(next) FILTER (WHERE place = 1), max(next) FILTER (WHERE place = 2),
        max(next) FILTER (WHERE place = 3), max(next) FILTER (WHERE place = 4)] AS tats
      FROM decision d CROSS JOIN LATERAL (
        SELECT id, place, greatest(tat, d.start) + make_interval(secs => d.n * step) AS next FROM windows
      ) w
      WHERE d.ok GROUP BY w.id
    ) m
    WHERE t.workspace_id = in_workspace AND t.id = m.id
    RETURNING 1
  )
  SELECT CASE WHEN ok THEN n ELSE 0 END, limited, extract(epoch FROM at)::float8 * 1000,
    extract(epoch FROM start)::float8 * 1000, valid_ms, CASE WHEN ok THEN 0 ELSE ahead_ms - 100 END, ticket
  FROM decision
$$;--> statement-breakpoint

-- Gives back permits that were not used, while nobody was granted any after them: who was has built on them.
CREATE FUNCTION return_permits(in_workspace uuid, in_sender uuid, in_campaign uuid, unused int, ticket bigint)
RETURNS void LANGUAGE sql AS $$
  SELECT set_config('app.workspace_id', in_workspace::text, true);

  WITH windows AS MATERIALIZED (
    SELECT *, sum(grants) OVER () AS all_grants FROM throttle_windows(in_workspace, in_sender, in_campaign)
  )
  UPDATE throttles t SET second_tat = coalesce(m.tats[1], t.second_tat), minute_tat = coalesce(m.tats[2], t.minute_tat),
    hour_tat = coalesce(m.tats[3], t.hour_tat), day_tat = coalesce(m.tats[4], t.day_tat)
  FROM (
    SELECT w.id, ARRAY[max(back) FILTER (WHERE place = 1), max(back) FILTER (WHERE place = 2),
      max(back) FILTER (WHERE place = 3), max(back) FILTER (WHERE place = 4)] AS tats
    FROM (SELECT *, tat - make_interval(secs => unused * step) AS back FROM windows WHERE all_grants = ticket) w
    GROUP BY w.id
  ) m
  WHERE t.workspace_id = in_workspace AND t.id = m.id
$$;
