import { Alert, Card, Group, Progress, Text, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { duration, formatCount } from './campaign-words';
import type { LiveImport } from './import-live';
import classes from './import-progress.module.css';
import { fileSize } from './import-words';
import { StatLink } from './stat-link';

type Links = { contacts: string; duplicates: string; invalid: string };

export function ImportProgress({ live, links }: { live: LiveImport; links: Links }) {
  const share = live.bytes > 0 ? (live.bytesRead / live.bytes) * 100 : 0;
  return (
    <Card component="section" aria-labelledby="progress">
      <Group justify="space-between" align="baseline" gap="xs" mb="md">
        <Title order={2} id="progress" className="numbers">
          {headline(live)}
        </Title>
        <Text c="dimmed" fz="sm" className="numbers">
          {pace(live)}
        </Text>
      </Group>
      <Progress
        value={live.status === 'completed' ? 100 : share}
        color={live.status === 'completed' ? 'teal' : live.status === 'running' ? undefined : 'gray'}
        aria-label="Read of the file"
        transitionDuration={400}
      />
      {live.problem && (
        <Alert
          mt="md"
          color="red"
          variant="light"
          role="alert"
          icon={<IconAlertCircle size={18} aria-hidden />}
        >
          {live.problem}
        </Alert>
      )}
      <div className={classes.counts}>
        <StatLink
          href={links.contacts}
          label="Created"
          count={live.created}
          meaning="Contacts that are new."
        />
        <StatLink
          href={links.contacts}
          label="Updated"
          count={live.updated}
          meaning="Contacts you had already. What the file knows has replaced what was there."
        />
        <StatLink
          href={links.duplicates}
          label="Duplicates"
          count={live.duplicates}
          meaning="Rows whose address stands further up in the file. The first row was used."
        />
        <StatLink
          href={links.invalid}
          label="Invalid"
          count={live.invalid}
          meaning="Rows that could not become a contact, each with its reason."
        />
      </div>
    </Card>
  );
}

function headline(live: LiveImport): string {
  const rows = `${formatCount(live.rows)} ${live.rows === 1 ? 'row' : 'rows'}`;
  if (live.waiting) return 'Waiting for another import to finish';
  if (live.status === 'completed') return `Read ${rows}`;
  if (live.status === 'cancelled')
    return live.rows > 0 ? `Cancelled after ${rows}; they were kept` : 'Cancelled';
  if (live.status === 'failed') return `Stopped after ${rows}`;
  return live.rows === 0 ? 'Beginning to read…' : `Read ${rows}`;
}

function pace(live: LiveImport): string {
  const seconds = Math.max(1, live.elapsedSeconds);
  const rate = `${formatCount(Math.round(live.rows / seconds))} rows a second`;
  if (live.status !== 'running')
    return live.rows > 0 ? `${fileSize(live.bytes)} in ${duration(seconds)}` : fileSize(live.bytes);
  if (live.rows === 0 || live.bytesRead === 0) return fileSize(live.bytes);
  const left = ((live.bytes - live.bytesRead) / live.bytesRead) * seconds;
  return `${rate}, ${duration(Math.ceil(left))} left`;
}
