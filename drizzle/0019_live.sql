-- by hand
-- What open pages show is told of in the transaction that changes it: the channel `live`, the id of what changed. The states
-- of deliveries are not: their worker tells of them itself, a few times a second (lib/live/announce.ts).
CREATE FUNCTION tell_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', id::text) FROM now_is;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE ON "campaigns" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_live();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE ON "imports" REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION tell_live();--> statement-breakpoint

-- What becomes of a message once it went out. A statement that names none of these columns, as those that send, does not even ask.
CREATE FUNCTION tell_live_of_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', NEW.campaign_id::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER UPDATE OF "delivered_at", "bounced_at", "complained_at", "opened_at", "clicked_at", "unsubscribed_at",
  "code_opened_at", "code_scanned_at", "redeemed_at", "accepted_at" ON "deliveries" FOR EACH ROW WHEN (
  (OLD.delivered_at, OLD.bounced_at, OLD.complained_at, OLD.opened_at, OLD.clicked_at, OLD.unsubscribed_at,
    OLD.code_opened_at, OLD.code_scanned_at, OLD.redeemed_at, OLD.accepted_at)
  IS DISTINCT FROM
  (NEW.delivered_at, NEW.bounced_at, NEW.complained_at, NEW.opened_at, NEW.clicked_at, NEW.unsubscribed_at,
    NEW.code_opened_at, NEW.code_scanned_at, NEW.redeemed_at, NEW.accepted_at)
) EXECUTE FUNCTION tell_live_of_delivery();--> statement-breakpoint

-- What stops a sender stops the campaigns that use it.
CREATE FUNCTION tell_live_of_breaker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', c.id::text) FROM campaigns c
  WHERE c.workspace_id = coalesce(NEW.workspace_id, OLD.workspace_id) AND c.sender_id = coalesce(NEW.sender_id, OLD.sender_id)
    AND c.status = 'sending';
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER INSERT OR DELETE OR UPDATE OF "problem" ON "breakers" FOR EACH ROW EXECUTE FUNCTION tell_live_of_breaker();--> statement-breakpoint

-- Whoever looks at a page is asked anew whether they may, as soon as anything about that has changed.
CREATE FUNCTION tell_live_of_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', coalesce(NEW.user_id, OLD.user_id)::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER tell_live AFTER DELETE OR UPDATE OF "chosen_workspace_id", "expires_at" ON "sessions" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER DELETE OR UPDATE ON "members" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();--> statement-breakpoint
CREATE TRIGGER tell_live AFTER INSERT OR DELETE OR UPDATE ON "list_grants" FOR EACH ROW EXECUTE FUNCTION tell_live_of_rights();
