'use client';

import { Badge, Button, Code, Modal, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconWand } from '@tabler/icons-react';
import { fates, ordinaryFate } from '@/lib/providers/sandbox-fates';

/** The magic addresses, behind a button. */
export function SandboxFates({ variant = 'default' }: { variant?: 'default' | 'filled' }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant={variant} onClick={dialog.open} leftSection={<IconWand size={16} aria-hidden />}>
        Magic addresses
      </Button>
      <Modal opened={opened} onClose={dialog.close} title="Magic addresses" size="lg">
        <Text fz="sm" c="dimmed" mb="sm">
          What stands before the @ decides what the sandbox plays, at any domain. Tags and numbers make as
          many as you like: <Code>bounce+7@example.com</Code>, <Code>bounce42@example.com</Code>.
        </Text>
        <Table verticalSpacing={8} horizontalSpacing="xs" fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th fz="xs" c="dimmed">
                Address
              </Table.Th>
              <Table.Th fz="xs" c="dimmed">
                What happens
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...fates, ordinaryFate].map(({ name, does, label, color }) => (
              <Table.Tr key={name}>
                <Table.Td w={140}>
                  {name === ordinaryFate.name ? 'Anyone else' : <Code>{name}@</Code>}
                </Table.Td>
                <Table.Td>
                  {does[0]?.toUpperCase()}
                  {does.slice(1)}
                  <Badge ml={8} size="xs" variant="dot" color={color} visibleFrom="xs">
                    {label}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
