import { Avatar } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SandboxRow } from '@/lib/sandbox/inbox';
import { formatMoment } from './campaign-time';
import { Link } from './link';
import classes from './sandbox.module.css';
import { SandboxBadges } from './sandbox-badges';

type Props = { rows: SandboxRow[]; timeZone: string; footer: ReactNode };

/** The inbox as a mail program shows it: to whom, what about, when. */
export function SandboxList({ rows, timeZone, footer }: Props) {
  return (
    <>
      <ul className={classes.list} aria-label="Messages">
        {rows.map((row) => (
          <li key={row.id}>
            <Link href={`/sandbox/${row.id}`} className={classes.row} prefetch={false}>
              <Avatar
                size={32}
                radius="xl"
                name={row.to}
                color="post"
                aria-hidden
                className={classes.avatar}
              />
              <span className={classes.to}>{row.to}</span>
              <span className={classes.about}>
                <span className={classes.badges}>
                  <SandboxBadges to={row.to} isTest={row.isTest} />
                </span>
                <span className={classes.subject}>{row.subject || row.snippet.replace(/\s+/g, ' ')}</span>
                <span className={classes.snippet}>{row.subject && row.snippet.replace(/\s+/g, ' ')}</span>
              </span>
              <time className={classes.when} dateTime={row.createdAt.toISOString()}>
                {formatMoment(row.createdAt, timeZone)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
      <div className={classes.footer}>{footer}</div>
    </>
  );
}
