import { Card, Group, Title } from '@mantine/core';
import { AlertList } from '@/components/alert-list';
import classes from '@/components/campaign.module.css';
import { Link } from '@/components/link';
import type { Alert } from '@/lib/alerts/list-alerts';

/** What is not well, for those who can mend it. */
export function HomeAlerts({ alerts, timeZone }: { alerts: Alert[]; timeZone: string }) {
  if (alerts.length === 0) return null;
  return (
    <Card component="section" aria-labelledby="home-alerts">
      <Group justify="space-between" mb="md">
        <Title order={2} id="home-alerts">
          Alerts
        </Title>
        <Link href="/system" className={classes.all}>
          System
        </Link>
      </Group>
      <AlertList alerts={alerts.slice(0, 5)} timeZone={timeZone} />
    </Card>
  );
}
