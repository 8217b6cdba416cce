import { Alert } from '@mantine/core';

/** A key has no more rights than its maker: who loses theirs takes theirs along. */
export function EndingKeys({ keys }: { keys: string[] }) {
  if (keys.length === 0) return null;
  return (
    <Alert color="orange" variant="light">
      {keys.length === 1
        ? 'An API key that they made ends too'
        : `${keys.length} API keys that they made end too`}
      : {keys.map((name) => `“${name}”`).join(', ')}. If a program needs it, make it a new one first.
    </Alert>
  );
}
