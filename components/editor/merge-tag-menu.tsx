'use client';

import { ActionIcon, Button, Menu, ScrollArea, Text, Tooltip } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import type { MergeTag } from '@/lib/messages/merge-tags';

type Props = {
  tags: MergeTag[];
  onPick: (tag: string) => void;
  /** Where it goes, for people who cannot see it: "subject". */
  into: string;
  compact?: boolean;
};

const groups = ['Contact', 'Attributes', 'Message'] as const;

/** Puts what is known of each recipient into the text. */
export function MergeTagMenu({ tags, onPick, into, compact = false }: Props) {
  const label = `Insert a merge tag into the ${into}`;
  return (
    <Menu position={compact ? 'bottom-end' : 'bottom-start'} shadow="md" width={300} returnFocus={false}>
      <Menu.Target>
        {compact ? (
          <Tooltip label="Merge tag">
            <ActionIcon aria-label={label}>
              <IconBraces size={17} stroke={1.7} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconBraces size={16} stroke={1.7} aria-hidden />}
            aria-label={label}
          >
            Merge tag
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={360} type="auto">
          {groups.map((group) => {
            const ofGroup = tags.filter((tag) => tag.group === group);
            if (ofGroup.length === 0) return null;
            return (
              <div key={group}>
                <Menu.Label>{group}</Menu.Label>
                {ofGroup.map(({ label: name, tag }) => (
                  <Menu.Item key={tag} onClick={() => onPick(tag)}>
                    <Text fz="sm">{name}</Text>
                    <Text fz="xs" c="dimmed" ff="monospace" truncate>
                      {tag}
                    </Text>
                  </Menu.Item>
                ))}
              </div>
            );
          })}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
