import { Badge, Group, Text, VisuallyHidden } from '@mantine/core';
import { keyRoleWords, listAccessWords } from '@/components/api-key-words';
import { formatMoment } from '@/components/campaign-time';
import { formatDay } from '@/components/contact-time';
import type { Column } from '@/components/data-table';
import type { ApiKey } from '@/lib/api-keys/list-keys';
import { RevokeKey } from './revoke-key';

export function keyColumns(timeZone: string): Column<ApiKey>[] {
  return [
    {
      key: 'name',
      header: 'Name',
      cell: (key) => (
        <>
          <Group gap={8}>
            <Text span fz="sm" fw={500} c={key.state === 'active' ? undefined : 'dimmed'}>
              {key.name}
            </Text>
            <State of={key} />
          </Group>
          <Text fz="xs" c="dimmed">
            ends in <code>{key.hint}</code>
            <Text span inherit hiddenFrom="sm">
              {' · '}
              {keyRoleWords[key.role].label}
            </Text>
          </Text>
        </>
      ),
    },
    {
      key: 'may',
      header: 'May do',
      from: 'sm',
      cell: (key) => (
        <>
          <Text fz="sm">{keyRoleWords[key.role].label}</Text>
          {key.role === 'marketer' && (
            <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {key.grants
                .map(({ name, access }) => `${name}: ${listAccessWords[access].toLowerCase()}`)
                .join(' · ') || 'No list, until it makes one'}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'used',
      header: 'Last used',
      from: 'sm',
      width: 170,
      cell: (key) => (
        <Text fz="sm" c="dimmed">
          {key.lastUsedAt ? formatMoment(key.lastUsedAt, timeZone) : 'Never'}
        </Text>
      ),
    },
    {
      key: 'made',
      header: 'Made',
      from: 'md',
      width: 180,
      cell: (key) => (
        <>
          <Text fz="sm" c="dimmed">
            {formatDay(key.createdAt, timeZone)}
          </Text>
          <Text fz="xs" c="dimmed">
            by {key.createdBy ?? 'the command line'}
          </Text>
        </>
      ),
    },
    {
      key: 'ends',
      header: 'Ends',
      from: 'md',
      width: 130,
      cell: (key) => (
        <Text fz="sm" c="dimmed">
          {(key.revokedAt ?? key.expiresAt)
            ? formatDay(key.revokedAt ?? key.expiresAt ?? key.createdAt, timeZone)
            : 'Never'}
        </Text>
      ),
    },
    {
      key: 'revoke',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      align: 'right',
      width: 100,
      cell: (key) => key.state !== 'revoked' && <RevokeKey id={key.id} name={key.name} />,
    },
  ];
}

function State({ of: { state } }: { of: ApiKey }) {
  if (state === 'active') return null;
  return (
    <Badge size="sm" variant="light" color="gray" tt="none" fw={500}>
      {state === 'revoked' ? 'Revoked' : 'Expired'}
    </Badge>
  );
}
