import { Group, Text } from '@mantine/core';

/** A letter in flight. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="var(--mantine-color-post-6)" />
        <path
          d="M6.5 12h5M4.5 16h5M6.5 20h4"
          stroke="#fff"
          strokeOpacity=".7"
          strokeWidth="1.8"
          strokeLinecap="round"
        />
        <rect x="13" y="10.5" width="13.5" height="11" rx="2.2" fill="#fff" />
        <path
          d="m14.4 12.6 5.35 4.2 5.35-4.2"
          fill="none"
          stroke="var(--mantine-color-post-6)"
          strokeWidth="1.7"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <Text component="span" fw={650} fz={16} style={{ letterSpacing: '-0.01em' }}>
        Posthaste
      </Text>
    </Group>
  );
}
