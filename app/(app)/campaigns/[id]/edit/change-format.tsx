'use client';

import { Button, Group, Modal, Text } from '@mantine/core';
import { type Format, whatIsLost } from './convert';

type Props = { from: Format; to: Format | undefined; onCancel: () => void; onChange: (to: Format) => void };

const names: Record<Format, string> = { visual: 'the visual editor', markdown: 'Markdown', html: 'HTML' };

/** Asks before a change of format takes something away. */
export function ChangeFormat({ from, to, onCancel, onChange }: Props) {
  return (
    <Modal opened={to !== undefined} onClose={onCancel} title={`Change to ${to ? names[to] : ''}?`}>
      {to && (
        <>
          <Text fz="sm" mb="lg">
            Changing to {names[to]} {whatIsLost(from, to)}
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onCancel} data-autofocus>
              Stay with {names[from]}
            </Button>
            <Button onClick={() => onChange(to)}>Change to {names[to]}</Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
