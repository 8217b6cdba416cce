import { Box, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  /** An icon of 28 px. */
  icon?: ReactNode;
  title: string;
  /** What this place is for, and what to do next. */
  children?: ReactNode;
  /** Buttons: the next step. */
  actions?: ReactNode;
  /** The heading's level, so that headings stay in order. */
  order?: 2 | 3;
};

/** What stands where there is nothing yet. */
export function EmptyState({ icon, title, children, actions, order = 2 }: Props) {
  return (
    <Box ta="center" px="md" py={56}>
      {icon && (
        <Box c="dimmed" mb="sm" aria-hidden lh={0}>
          {icon}
        </Box>
      )}
      <Title order={order} fz="md" fw={600}>
        {title}
      </Title>
      {children && (
        <Text c="dimmed" fz="sm" mt={6} maw={440} mx="auto" component="div">
          {children}
        </Text>
      )}
      {actions && (
        <Group justify="center" gap="xs" mt="lg">
          {actions}
        </Group>
      )}
    </Box>
  );
}
