'use client';

import { Button, Text } from '@mantine/core';
import { SelectionBar, useSelection } from '@/components/data-table-select';
import { Link } from '@/components/link';

const [fewest, most] = [2, 5];

/** Leads from the chosen campaigns to the page that has them side by side. */
export function CompareSelected() {
  const { ids } = useSelection();
  return (
    <SelectionBar>
      {ids.size >= fewest && ids.size <= most ? (
        <Button component={Link} href={`/campaigns/compare?ids=${[...ids].join(',')}`} size="xs">
          Compare
        </Button>
      ) : (
        <Text fz="sm" c="dimmed">
          {ids.size < fewest ? 'Choose another one to compare' : `Choose ${most} at most to compare`}
        </Text>
      )}
    </SelectionBar>
  );
}
