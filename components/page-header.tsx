import { Anchor, Box, Group, Text, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from './link';

type Props = {
  title: ReactNode;
  description?: ReactNode;
  /** Where one came from: shown above the title. */
  back?: { href: string; label: string };
  /** Buttons at the right, the main one last. */
  actions?: ReactNode;
};

export function PageHeader({ title, description, back, actions }: Props) {
  return (
    <Box component="header" mb="xl">
      {back && (
        <Anchor
          component={Link}
          href={back.href}
          c="dimmed"
          fz="sm"
          mb={6}
          display="inline-flex"
          style={{ alignItems: 'center', gap: 2 }}
        >
          <IconChevronLeft size={15} aria-hidden />
          {back.label}
        </Anchor>
      )}
      <Group justify="space-between" align="flex-start" gap="md">
        <Box miw={0} flex="1 1 16rem">
          <Title order={1} style={{ overflowWrap: 'anywhere', letterSpacing: '-0.015em' }}>
            {title}
          </Title>
          {description && (
            <Text c="dimmed" mt={4} maw={640} style={{ overflowWrap: 'anywhere' }}>
              {description}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
    </Box>
  );
}
