'use client';

import { Alert, Button, CopyButton, Group, Stack, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconInfoCircle } from '@tabler/icons-react';

type Props = { label: string; value: string; onDone: () => void };

/** A key that nobody can read again, to be copied. */
export function ShownOnce({ label, value, onDone }: Props) {
  return (
    <Stack>
      <Alert icon={<IconInfoCircle size={18} aria-hidden />} variant="light">
        Copy it now and keep it like a password. It is not shown again.
      </Alert>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          label={label}
          value={value}
          readOnly
          flex={1}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          // Underscores hang low in this type: with the field's own line they would be cut off.
          styles={{
            input: { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: 1.5, paddingBlock: 4 },
          }}
        />
        <CopyButton value={value} timeout={4000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Group justify="flex-end">
        <Button onClick={onDone}>I have kept it</Button>
      </Group>
    </Stack>
  );
}
