import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { formatDay } from './contact-time';
import { Link } from './link';

type Props = {
  lists: { id: string; name: string; archived: boolean; addedAt: Date }[];
  timeZone: string;
};

export function ContactLists({ lists, timeZone }: Props) {
  return (
    <Stack gap={8}>
      {lists.map((list) => (
        <Group key={list.id} justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
          <Group gap={8} miw={0}>
            <Anchor component={Link} href={`/lists/${list.id}`} fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {list.name}
            </Anchor>
            {list.archived && (
              <Badge size="sm" variant="light" color="gray" tt="none">
                Archived
              </Badge>
            )}
          </Group>
          <Text fz="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            since {formatDay(list.addedAt, timeZone)}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
