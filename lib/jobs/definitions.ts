import { z } from 'zod';
import { CampaignId, ImportId, WebhookMessageId, WorkspaceId } from '../ids';

/*
 * A job is a name, a schema and ids. Its handler (worker/handlers) reads the world again and calls one verb of lib.
 * The queue is an alarm clock; the ledger is the truth: a job that runs twice, late or never must change nothing.
 */

export type JobDefinition<Payload extends object> = {
  name: string;
  payload: z.ZodType<Payload>;
  /** How long a handler may stay silent before another worker gets the job, in seconds (pg-boss: at least 10). */
  heartbeatSeconds: number;
  /**
   * Its workers ask for jobs each second. For jobs that begin at an exact time: nothing wakes anybody for them, as it does
   * when a job is written that can begin at once.
   */
  exact?: true;
  /** It is written by the clock, as cron says. Its payload is empty; what one run leaves undone, the next does. */
  cron?: string;
};

const define = <Payload extends object>(definition: JobDefinition<Payload>) => definition;

export const runImport = define({
  name: 'run-import',
  payload: z.object({ workspaceId: WorkspaceId, importId: ImportId }),
  heartbeatSeconds: 30,
});

export const launchCampaign = define({
  name: 'launch-campaign',
  payload: z.object({ workspaceId: WorkspaceId, campaignId: CampaignId }),
  heartbeatSeconds: 30,
});

export const sendBatch = define({
  name: 'send-batch',
  payload: z.object({ workspaceId: WorkspaceId, campaignId: CampaignId, batch: z.int().nonnegative() }),
  heartbeatSeconds: 30,
});

/** Sends a scheduled campaign when its time comes. */
export const launchScheduled = define({
  name: 'launch-scheduled',
  payload: z.object({ workspaceId: WorkspaceId, campaignId: CampaignId }),
  heartbeatSeconds: 30,
  exact: true,
});

/** Hands one message to a webhook. */
export const sendWebhook = define({
  name: 'send-webhook',
  payload: z.object({ workspaceId: WorkspaceId, messageId: WebhookMessageId }),
  heartbeatSeconds: 30,
});

/** Reads what services have told of a workspace's messages. */
export const processReports = define({
  name: 'process-reports',
  payload: z.object({ workspaceId: WorkspaceId }),
  heartbeatSeconds: 30,
});

/** Picks up whatever was forgotten: campaigns whose time has come, and work that has no job. */
export const supervise = define({
  name: 'supervise',
  payload: z.object({}),
  heartbeatSeconds: 30,
  cron: '* * * * *',
});

/** Asks the DNS about the domains of all senders. */
export const checkDomains = define({
  name: 'check-domains',
  payload: z.object({}),
  heartbeatSeconds: 30,
  cron: '17 4 * * *',
});

/** Opens and resolves alerts. */
export const evaluateAlerts = define({
  name: 'evaluate-alerts',
  payload: z.object({}),
  heartbeatSeconds: 30,
  cron: '* * * * *',
});

/** Looks for what came back, in the mailboxes of all senders. */
export const readMailboxes = define({
  name: 'read-mailboxes',
  payload: z.object({}),
  heartbeatSeconds: 30,
  cron: '* * * * *',
});

/** Judges anew what was opened and clicked lately, and holds the counts against it. */
export const reviewTracking = define({
  name: 'review-tracking',
  payload: z.object({}),
  heartbeatSeconds: 30,
  cron: '41 3 * * *',
});

export const allJobs: JobDefinition<object>[] = [
  runImport,
  launchCampaign,
  sendBatch,
  launchScheduled,
  sendWebhook,
  processReports,
  supervise,
  checkDomains,
  evaluateAlerts,
  readMailboxes,
  reviewTracking,
];
