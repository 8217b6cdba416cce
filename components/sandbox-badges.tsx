import { Badge } from '@mantine/core';
import { fateOf, ordinaryFate } from '@/lib/providers/sandbox-fates';

/** Marks what is out of the ordinary: a test send, and the fate that a magic address chose. */
export function SandboxBadges({ to, isTest }: { to: string; isTest: boolean }) {
  const fate = fateOf(to);
  return (
    <>
      {isTest && (
        <Badge size="sm" variant="light" color="gray">
          Test
        </Badge>
      )}
      {fate !== ordinaryFate && !(isTest && fate.attempts !== undefined) && (
        <Badge size="sm" variant="dot" color={fate.color} title={fate.does}>
          {fate.label}
        </Badge>
      )}
    </>
  );
}
