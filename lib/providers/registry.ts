import type { ProviderName } from '../db/states';
import type { ProviderDefinition } from './definition';
import { resend } from './resend';
import { sandbox } from './sandbox';
import { sandboxSms } from './sandbox-sms';
import { smtp } from './smtp';
import { twilio } from './twilio';

/** Every way out that Posthaste knows, in the order in which it offers them. */
export const providers = { smtp, resend, twilio, sandbox, sandbox_sms: sandboxSms } satisfies Record<
  ProviderName,
  ProviderDefinition
>;
