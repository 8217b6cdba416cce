'use client';

import { ActionIcon, Group, Text } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronLeftPipe,
  IconChevronRight,
  IconChevronRightPipe,
} from '@tabler/icons-react';
import { usePathname, useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';
import { Link } from './link';

type Props = {
  /** Cursors of lib/db/page.ts; null: there is no such page. */
  page: { next: string | null; previous: string | null };
  /** The cursor of the last page, where a list offers to jump there. */
  last?: string;
  /** How many there are in all, in words. */
  summary?: ReactNode;
  /** The name of the cursor in the address. */
  param?: string;
};

/** First, previous, next, last. Links, so that each page has an address and the browser's back works. */
export function Pager({ page, last, summary, param = 'cursor' }: Props) {
  const path = usePathname();
  const search = useSearchParams();
  const to = (cursor: string | null) => {
    const next = new URLSearchParams(search);
    if (cursor === null) next.delete(param);
    else next.set(param, cursor);
    return next.size > 0 ? `${path}?${next}` : path;
  };
  const steps = page.next !== null || page.previous !== null;
  if (!steps && !summary) return null;
  return (
    <nav className={classes.pager} aria-label="Pages">
      <Text fz="xs" c="dimmed" component="div" className="numbers">
        {summary}
      </Text>
      {steps && (
        <Group gap={2} wrap="nowrap">
          <Step
            label="First page"
            href={page.previous === null ? null : to(null)}
            icon={IconChevronLeftPipe}
          />
          <Step label="Previous page" href={page.previous && to(page.previous)} icon={IconChevronLeft} />
          <Step label="Next page" href={page.next && to(page.next)} icon={IconChevronRight} />
          {last !== undefined && (
            <Step label="Last page" href={page.next && to(last)} icon={IconChevronRightPipe} />
          )}
        </Group>
      )}
    </nav>
  );
}

type StepProps = { label: string; href: string | null; icon: typeof IconChevronLeft };

function Step({ label, href, icon: Icon }: StepProps) {
  const icon = <Icon size={17} stroke={1.7} aria-hidden />;
  if (href === null)
    return (
      <ActionIcon disabled aria-label={label} className={classes.step}>
        {icon}
      </ActionIcon>
    );
  return (
    <ActionIcon component={Link} href={href} scroll={false} aria-label={label} title={label}>
      {icon}
    </ActionIcon>
  );
}
