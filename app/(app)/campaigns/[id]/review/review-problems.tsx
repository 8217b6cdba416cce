import { Alert, Anchor } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import classes from '@/components/campaign.module.css';
import { Link } from '@/components/link';
import type { Preflight } from '@/lib/campaigns/preflight';

type Props = {
  title: string;
  problems: Preflight['problems'];
  tone: 'stop' | 'warning' | 'note';
  seesSettings: boolean;
};

/** What stands in the way, or should be known; each with the place where it is mended. */
export function ReviewProblems({ title, problems, tone, seesSettings }: Props) {
  if (problems.length === 0) return null;
  const Icon = tone === 'note' ? IconInfoCircle : IconAlertTriangle;
  return (
    <Alert
      color={{ stop: 'red', warning: 'orange', note: 'gray' }[tone]}
      variant={tone === 'note' ? 'default' : 'light'}
      icon={<Icon aria-hidden />}
      title={title}
      classNames={{ title: classes.noticeTitle }}
    >
      <ul className={classes.problems}>
        {problems.map(({ message, fix, href }) => (
          <li key={message}>
            {message}{' '}
            {href && (seesSettings || !href.startsWith('/settings')) ? (
              <Anchor
                component={Link}
                href={href}
                inherit
                c={tone === 'note' ? undefined : 'inherit'}
                underline="always"
              >
                {fix}
              </Anchor>
            ) : (
              fix
            )}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
