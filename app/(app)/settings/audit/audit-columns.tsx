import { Anchor, Text } from '@mantine/core';
import { systemName, tellAction } from '@/components/audit-words';
import { formatMoment } from '@/components/campaign-time';
import type { Column } from '@/components/data-table';
import { Link } from '@/components/link';
import type { Actor, AuditEntry } from '@/lib/audit/entries';
import type { Target } from '@/lib/audit/targets';

/** Where a target can be looked at. */
const pageOf = ({ kind, id }: Target): string =>
  ({
    campaign: `/campaigns/${id}`,
    list: `/lists/${id}`,
    contact: `/contacts/${id}`,
    sender: `/settings/senders/${id}`,
    import: `/contacts/imports/${id}`,
    api_key: '/settings/api-keys',
    webhook: `/settings/webhooks/${id}`,
    workspace: '/settings',
  })[kind];

const nameOf = (who: Actor): string => (who.kind === 'system' ? systemName : who.name);

export function auditColumns(timeZone: string): Column<AuditEntry>[] {
  return [
    { key: 'did', header: 'Who did what', cell: (entry) => <Deed entry={entry} timeZone={timeZone} /> },
    {
      key: 'when',
      header: 'When',
      from: 'sm',
      width: 180,
      cell: (entry) => (
        <Text span fz="sm" c="dimmed" className="numbers">
          {formatMoment(entry.at, timeZone)}
        </Text>
      ),
    },
    {
      key: 'address',
      header: 'From where',
      from: 'md',
      width: 170,
      cell: (entry) => (
        <Text span fz="sm" c="dimmed" className="numbers" style={{ overflowWrap: 'anywhere' }}>
          {entry.address ?? '–'}
        </Text>
      ),
    },
  ];
}

function Deed({ entry, timeZone }: { entry: AuditEntry; timeZone: string }) {
  const { says, more } = tellAction(entry.action, entry.detail, timeZone);
  return (
    <>
      <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
        <Text span inherit fw={550}>
          {nameOf(entry.who)}
        </Text>
        {entry.who.kind === 'key' && (
          <Text span inherit c="dimmed">
            {' '}
            (API key)
          </Text>
        )}{' '}
        {says} <TargetName of={entry.target} />
      </Text>
      {more && (
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {more}
        </Text>
      )}
      <Text fz="xs" c="dimmed" hiddenFrom="sm" className="numbers">
        {formatMoment(entry.at, timeZone)}
        {entry.address && ` · ${entry.address}`}
      </Text>
    </>
  );
}

function TargetName({ of: target }: { of: Target | null }) {
  if (!target || (target.name === null && !target.exists)) return null;
  const name = target.name ?? '';
  if (target.kind === 'workspace' && !name) return null;
  if (!target.exists) return <>“{name}”, which is gone</>;
  return (
    <Anchor component={Link} href={pageOf(target)} fz="inherit" underline="always" prefetch={false}>
      {name || 'no name'}
    </Anchor>
  );
}
