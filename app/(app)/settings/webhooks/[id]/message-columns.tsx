import { Badge, Box, Group, Text, VisuallyHidden } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import type { Column } from '@/components/data-table';
import { webhookMessageWords, webhookStateWords } from '@/components/webhook-words';
import type { WebhookId } from '@/lib/ids';
import type { WebhookMessage } from '@/lib/webhooks/messages';
import { SendAgain } from './send-again';

export function messageColumns(webhookId: WebhookId, timeZone: string): Column<WebhookMessage>[] {
  return [
    {
      key: 'type',
      header: 'What it told',
      cell: (message) => (
        <>
          <Group gap={8}>
            <Text span fz="sm" fw={500}>
              {webhookMessageWords(message.type)}
            </Text>
            <Badge size="sm" variant="dot" color={webhookStateWords[message.state].color} tt="none" fw={550}>
              {webhookStateWords[message.state].label}
            </Badge>
          </Group>
          <Tries of={message} timeZone={timeZone} />
        </>
      ),
    },
    {
      key: 'when',
      header: 'When',
      from: 'sm',
      width: 190,
      cell: ({ createdAt }) => (
        <Text span fz="sm" c="dimmed" className="numbers">
          {formatMoment(createdAt, timeZone)}
        </Text>
      ),
    },
    {
      key: 'again',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      width: 120,
      cell: ({ id, state }) => state !== 'pending' && <SendAgain id={webhookId} messageId={id} />,
    },
  ];
}

/** The last try in a line; opened, all of them. */
function Tries({ of: { tries }, timeZone }: { of: WebhookMessage; timeZone: string }) {
  const [last, ...before] = tries;
  if (!last)
    return (
      <Text fz="xs" c="dimmed">
        Not tried yet
      </Text>
    );
  if (before.length === 0)
    return (
      <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {outcome(last)}
      </Text>
    );
  return (
    <Box component="details" fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      <summary>
        {outcome(last)} · {tries.length} tries
      </summary>
      <Box component="ol" my={4} pl="md" reversed>
        {tries.map((one) => (
          <li key={one.id}>
            {formatMoment(one.createdAt, timeZone)}: {outcome(one)}
          </li>
        ))}
      </Box>
    </Box>
  );
}

const outcome = ({ status, detail, milliseconds }: WebhookMessage['tries'][number]) =>
  [status, detail, `${milliseconds} ms`].filter((part) => part !== null && part !== '').join(' · ');
