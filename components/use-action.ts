'use client';

import { useCallback, useState, useTransition } from 'react';
import type { Problem, Result } from '@/lib/errors';

/** Runs a server action from a form or button: whether it is under way, and what it answered if it failed. */
export function useAction<Input, Value>(action: (input: Input) => Promise<Result<Value>>) {
  const [pending, startTransition] = useTransition();
  const [problem, setProblem] = useState<Problem>();
  const run = useCallback(
    (input: Input, onDone?: (value: Value) => void) => {
      startTransition(async () => {
        setProblem(undefined);
        const result = await action(input);
        if (result?.ok) onDone?.(result.value);
        else if (result) setProblem(result.problem);
      });
    },
    [action],
  );
  return { run, pending, problem, fields: problem?.fields ?? {} };
}
