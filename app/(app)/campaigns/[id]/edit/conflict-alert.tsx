'use client';

import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { SaveState } from '@/components/composer-autosave';

type Props = { state: SaveState; onReload: () => void; onKeep: () => void };

/** Two versions, and a person who chooses. Until then both are kept. */
export function ConflictAlert({ state, onReload, onKeep }: Props) {
  if (state.kind !== 'conflict') return null;
  return (
    <Alert
      color="orange"
      variant="light"
      mb="md"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title="Your last changes are not saved"
      role="alert"
    >
      <Text fz="sm" mb="sm">
        {state.message} What you see here is kept in this browser until you choose.
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={onReload}>
          Load the other version
        </Button>
        <Button size="xs" variant="subtle" color="orange" onClick={onKeep}>
          Keep this version
        </Button>
      </Group>
    </Alert>
  );
}
