'use client';

import { Skeleton } from '@mantine/core';
import dynamic from 'next/dynamic';

/** Drawn in the browser alone, which knows its size, by a library that no other page needs. */
export const MomentChart = dynamic(() => import('./moment-bars').then((file) => file.MomentBars), {
  ssr: false,
  loading: () => <Skeleton h={240} radius="md" animate={false} />,
});
