'use client';

import { Kbd, Text, UnstyledButton } from '@mantine/core';
import { useOs } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { type Icon, IconFileImport, IconPlus, IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import type { Permission } from '@/lib/auth/policy';
import classes from './shell.module.css';

type Place = { href: string; label: string; icon: Icon };

const allDeeds: (Place & { needs: Permission })[] = [
  { href: '/campaigns/new', label: 'New campaign', icon: IconPlus, needs: 'campaigns:write' },
  { href: '/contacts/import', label: 'Import contacts', icon: IconFileImport, needs: 'contacts:write' },
  { href: '/settings/members', label: 'Invite a member', icon: IconUserPlus, needs: 'members:write' },
];

/** Everything by keyboard: ⌘K or Ctrl K, a few letters, Enter. */
export function CommandMenu({ places, permissions }: { places: Place[]; permissions: Permission[] }) {
  const deeds = allDeeds.filter(({ needs }) => permissions.includes(needs));
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
          ...(deeds.length > 0 ? [{ group: 'Do', actions: deeds.map(action) }] : []),
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
