import { Badge } from '@mantine/core';
import type { Webhook } from '@/lib/webhooks/webhooks';

/** How a webhook stands. */
export function WebhookBadge({ of: webhook }: { of: Pick<Webhook, 'disabledAt' | 'failingSince'> }) {
  const [label, color] = webhook.disabledAt
    ? ['Switched off', 'gray']
    : webhook.failingSince
      ? ['Failing', 'red']
      : ['On', 'teal'];
  return (
    <Badge size="sm" variant="dot" color={color} tt="none" fw={550}>
      {label}
    </Badge>
  );
}
