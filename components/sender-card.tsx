import { Badge, Box, Card, Group, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconFlask, IconMessage, IconServer } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Sender } from '@/lib/senders/senders';
import { limitWords } from './limit-words';
import { Link } from './link';
import classes from './sender.module.css';

type Props = { sender: Sender; menu: ReactNode; canOpen: boolean };

/** A sender: through what, as whom, how fast. The whole card opens it, for whoever may change it. */
export function SenderCard({ sender, menu, canOpen }: Props) {
  const isSandbox = sender.provider === 'sandbox' || sender.provider === 'sandbox_sms';
  const Icon = isSandbox ? IconFlask : sender.channel === 'sms' ? IconMessage : IconServer;
  const facts: [string, ReactNode][] = [
    ...(sender.channel === 'email'
      ? ([['From', `${sender.fromName} <${sender.fromEmail}>`]] as [string, string][])
      : []),
    ...(sender.replyTo ? ([['Replies to', sender.replyTo]] as [string, string][]) : []),
    ['At most', limitWords(sender) ?? 'As fast as the server takes them'],
  ];
  return (
    <Card className={classes.card} padding="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <ThemeIcon variant="light" size={38} radius="md" color={isSandbox ? 'gray' : 'post'}>
            <Icon size={20} stroke={1.6} aria-hidden />
          </ThemeIcon>
          <Box miw={0}>
            <Group gap={8}>
              <Title order={2} fz="sm" fw={600}>
                {canOpen ? (
                  <Link href={`/settings/senders/${sender.id}`} className={classes.open}>
                    {sender.name}
                  </Link>
                ) : (
                  sender.name
                )}
              </Title>
              {sender.isDefault && (
                <Badge size="sm" variant="light">
                  {sender.channel === 'email' ? 'Default' : 'Default for text messages'}
                </Badge>
              )}
            </Group>
            <Text fz="xs" c="dimmed" truncate>
              {sender.settings
                ? `${sender.providerLabel} · ${sender.settings.summary}`
                : sender.providerLabel}
            </Text>
          </Box>
        </Group>
        {menu}
      </Group>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {sender.problem && <Trouble>{sender.problem}</Trouble>}
      {!sender.settings && (
        <Trouble>The saved settings cannot be read any more. Open the sender and enter them again.</Trouble>
      )}
    </Card>
  );
}

const Trouble = ({ children }: { children: ReactNode }) => (
  <Group
    gap={6}
    mt="sm"
    wrap="nowrap"
    c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))"
    fz="xs"
    style={{ overflowWrap: 'anywhere' }}
  >
    <IconAlertTriangle size={16} style={{ flex: 'none' }} aria-hidden />
    {children}
  </Group>
);
