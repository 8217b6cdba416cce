'use client';

import { Skeleton } from '@mantine/core';
import dynamic from 'next/dynamic';

/** Drawn in the browser alone, which knows its size, by a library that few pages need. */
export const DayChart = dynamic(() => import('./day-bars').then((file) => file.DayBars), {
  ssr: false,
  loading: () => <Skeleton h={220} radius="md" animate={false} />,
});
