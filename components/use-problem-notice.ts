'use client';

import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import type { Problem } from '@/lib/errors';

/** Tells a problem where there is no form to show it in. */
export function useProblemNotice(problem: Problem | undefined): void {
  useEffect(() => {
    if (problem) notifications.show({ color: 'red', title: 'That did not work', message: problem.message });
  }, [problem]);
}
