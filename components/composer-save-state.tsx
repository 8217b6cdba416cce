'use client';

import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { SaveState as State } from './composer-autosave';

function words(state: State): string {
  switch (state.kind) {
    case 'saved':
      return 'Saved';
    case 'waiting':
    case 'saving':
      return 'Saving…';
    case 'conflict':
      return 'Not saved';
    case 'failed':
      return `Not saved: ${state.message}${state.retrying ? ' Trying again.' : ''}`;
  }
}

/** Whether what is on the screen is safe. Told to screen readers only when something is wrong, not at every pause. */
export function SaveState({ state }: { state: State }) {
  const wrong = state.kind === 'failed' || state.kind === 'conflict';
  return (
    <Text
      fz="sm"
      c={wrong ? 'light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))' : 'dimmed'}
      component="output"
      aria-live={wrong ? 'polite' : 'off'}
      maw={340}
      miw={72}
      ta="right"
      data-save-state={state.kind}
    >
      {state.kind === 'saved' && (
        <IconCheck size={14} aria-hidden style={{ verticalAlign: -2, marginRight: 4 }} />
      )}
      {wrong && <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: -2, marginRight: 4 }} />}
      {words(state)}
    </Text>
  );
}
