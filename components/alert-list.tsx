import { Anchor, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconBellRinging, IconCheck } from '@tabler/icons-react';
import type { Alert } from '@/lib/alerts/list-alerts';
import { campaignAlerts } from '@/lib/db/states';
import classes from './alert-list.module.css';
import { alertPeople } from './alert-words';
import { formatMoment } from './campaign-time';
import { Link } from './link';

/** The page of what an alert is about. */
function placeOf({ kind, subjectId }: Alert): string {
  if (subjectId === null) return '/system';
  return campaignAlerts.has(kind) ? `/campaigns/${subjectId}` : `/settings/senders/${subjectId}`;
}

/** Alerts, each leading to what it is about. */
export function AlertList({ alerts, timeZone }: { alerts: Alert[]; timeZone: string }) {
  return (
    <ul className={classes.list}>
      {alerts.map((alert) => {
        const isGrave = alert.severity === 'critical';
        const [Icon, color] = alert.resolvedAt
          ? [IconCheck, 'gray']
          : isGrave
            ? [IconAlertTriangle, 'red']
            : [IconBellRinging, 'yellow'];
        const people = alert.subjectId && alertPeople(alert.kind, alert.subjectId);
        return (
          <li key={alert.id} className={classes.item}>
            <ThemeIcon variant="light" color={color} size={32} radius="md" aria-hidden>
              <Icon size={18} stroke={1.7} />
            </ThemeIcon>
            <div className={classes.words}>
              <Link href={placeOf(alert)} className={classes.title} prefetch={false}>
                {alert.title}
              </Link>
              <Text fz="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {alert.detail}
                {people && (
                  <>
                    {' '}
                    <Anchor component={Link} href={people.href} inherit underline="always" prefetch={false}>
                      {people.label}
                    </Anchor>
                  </>
                )}
              </Text>
              <Text fz="xs" c="dimmed" mt={2} className="numbers">
                {alert.resolvedAt
                  ? `${formatMoment(alert.openedAt, timeZone)} to ${formatMoment(alert.resolvedAt, timeZone)}`
                  : `Since ${formatMoment(alert.openedAt, timeZone)}`}
              </Text>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
