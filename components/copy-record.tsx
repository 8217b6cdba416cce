'use client';

import { Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { Finding } from '@/lib/db/domain-report';

/** A record to add to the DNS. */
export function CopyRecord({ record: { name, type, value } }: { record: NonNullable<Finding['record']> }) {
  return (
    <div>
      <Text fz="xs" c="dimmed" mt={8}>
        Add this {type} record at {name}:
      </Text>
      <Group gap="xs" mt={4} wrap="nowrap" align="flex-start">
        <Code block flex={1} fz="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {value}
        </Code>
        <CopyButton value={value} timeout={4000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="xs"
              onClick={copy}
              aria-label={`Copy the ${type} record at ${name}`}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
