'use client';

import { useCallback, useEffect, useState, useTransition } from 'react';
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
  const names = problem?.fields;
  useEffect(() => {
    if (!names) return undefined;
    const listen = (event: Event) => setProblem((current) => withoutThatOf(event.target, current));
    document.addEventListener('input', listen);
    return () => document.removeEventListener('input', listen);
  }, [names]);
  return { run, pending, problem, fields: problem?.fields ?? {} };
}

/** What was wrong with a field is forgotten once somebody corrects it. A field is known by the message that it shows. */
function withoutThatOf(target: EventTarget | null, problem: Problem | undefined): Problem | undefined {
  if (!(target instanceof HTMLElement) || target.ariaInvalid !== 'true') return problem;
  const shown = (target.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent);
  const left = Object.entries(problem?.fields ?? {}).filter(([, message]) => !shown.includes(message));
  return problem && left.length > 0 ? { ...problem, fields: Object.fromEntries(left) } : undefined;
}
