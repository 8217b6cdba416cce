import { Anchor } from '@mantine/core';
import { formatCount } from './campaign-words';
import { Link } from './link';

/** A number that opens the people behind it, where there are any. */
export function People({ href, count }: { href: string; count: number }) {
  if (count === 0) return <>{formatCount(count)}</>;
  return (
    <Anchor component={Link} href={href} inherit prefetch={false} underline="always">
      {formatCount(count)}
    </Anchor>
  );
}
