import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { Problem } from '@/lib/errors';

/** What went wrong and what to do next. Nothing when the fields say it already. */
export function ProblemAlert({ problem }: { problem: Problem | undefined }) {
  if (!problem || Object.keys(problem.fields ?? {}).length > 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} aria-hidden />} role="alert">
      {problem.message}
    </Alert>
  );
}
