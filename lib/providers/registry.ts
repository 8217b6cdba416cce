import type { ProviderName } from '../db/states';
import type { ProviderDefinition } from './definition';
import { resend } from './resend';
import { sandbox } from './sandbox';
import { smtp } from './smtp';

/** Every way out that Posthaste knows, in the order in which it offers them. */
export const providers: Record<ProviderName, ProviderDefinition> = { smtp, resend, sandbox };
