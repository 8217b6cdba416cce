import { Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { CopyText } from '@/components/copy-text';
import { domainCheckWords, type Finding, type Verdict } from '@/lib/db/domain-report';
import type { CheckedDomain } from '@/lib/domains/sender-domain';
import type { SenderId } from '@/lib/ids';
import { CheckDomain } from './check-domain';

type Props = { id: SenderId; checked: CheckedDomain; timeZone: string };

/** What the DNS says about the domain of a sender, and what should stand there. */
export function SenderDomain({ id, checked, timeZone }: Props) {
  const { domain, selectors, report, at } = checked;
  return (
    <Card padding="lg" maw={720} mt="lg" component="section" aria-labelledby="domain">
      <Stack>
        <div>
          <Title order={2} id="domain">
            Domain
          </Title>
          <Text fz="sm" c="dimmed">
            {domain
              ? `Mailbox providers ask the DNS whether you may send as ${domain}. It is checked every day.`
              : 'The address above has no domain that mailbox providers could ask about.'}
          </Text>
        </div>
        {report?.findings.map((finding) => (
          <Found key={finding.check} finding={finding} />
        ))}
        {domain && <CheckDomain id={id} selectors={selectors.join(', ')} again={report !== null} />}
        {at && (
          <Text fz="xs" c="dimmed">
            Checked {formatMoment(at, timeZone)}.
          </Text>
        )}
      </Stack>
    </Card>
  );
}

const verdictWords: Record<Verdict, { label: string; color: string }> = {
  good: { label: 'In order', color: 'teal' },
  unsure: { label: 'Looks right', color: 'teal' },
  unknown: { label: 'Not known', color: 'gray' },
  wrong: { label: 'To mend', color: 'red' },
};

function Found({ finding: { check, verdict, says, found, record } }: { finding: Finding }) {
  const { label, color } = verdictWords[verdict];
  return (
    <div>
      <Group gap={8}>
        <Text fz="sm" fw={500}>
          {domainCheckWords[check]}
        </Text>
        <Badge size="sm" variant="dot" color={color} tt="none" fw={550}>
          {label}
        </Badge>
      </Group>
      <Text fz="sm" c="dimmed">
        {says}
      </Text>
      {found.length > 0 && (
        <Code block mt={6} fz="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {found.join('\n')}
        </Code>
      )}
      {record && (
        <>
          <Text fz="xs" c="dimmed" mt={8}>
            Add this {record.type} record at {record.name}:
          </Text>
          <CopyText value={record.value} label={`Copy the ${record.type} record at ${record.name}`} />
        </>
      )}
    </div>
  );
}
