'use client';

import { Kbd, Text, UnstyledButton } from '@mantine/core';
import { useOs } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { type Icon, IconFileImport, IconPlus, IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import classes from './shell.module.css';

type Place = { href: string; label: string; icon: Icon };

const deeds: Place[] = [
  { href: '/campaigns/new', label: 'New campaign', icon: IconPlus },
  { href: '/contacts/import', label: 'Import contacts', icon: IconFileImport },
];

/** Everything by keyboard: ⌘K or Ctrl K, a few letters, Enter. */
export function CommandMenu({ places }: { places: Place[] }) {
  const router = useRouter();
  const os = useOs();
  const action = ({ href, label, icon: PlaceIcon }: Place): SpotlightActionData => ({
    id: href,
    label,
    leftSection: <PlaceIcon size={18} stroke={1.6} aria-hidden />,
    onClick: () => router.push(href),
  });
  return (
    <>
      <UnstyledButton className={classes.search} onClick={spotlight.open}>
        <IconSearch size={15} aria-hidden />
        <Text fz="sm" flex={1}>
          Go to…
        </Text>
        <Kbd size="xs">{os === 'macos' ? '⌘ K' : 'Ctrl K'}</Kbd>
      </UnstyledButton>
      <Spotlight
        actions={[
          { group: 'Do', actions: deeds.map(action) },
          { group: 'Go to', actions: places.map(action) },
        ]}
        shortcut="mod + K"
        highlightQuery
        nothingFound="Nothing by that name"
        searchProps={{ placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
      />
    </>
  );
}
