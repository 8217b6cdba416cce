'use client';

import { Kbd, Text, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback, useOs } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { type Icon, IconFileImport, IconPlus, IconSearch, IconSend, IconUserPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import type { Permission } from '@/lib/auth/policy';
import type { CampaignStatus } from '@/lib/db/states';
import type { Result } from '@/lib/errors';
import { statusWords } from './campaign-words';
import classes from './shell.module.css';

type FoundCampaign = { id: string; name: string; status: CampaignStatus };
export type FindCampaigns = (input: { search: string }) => Promise<Result<FoundCampaign[]>>;

type Place = { href: string; label: string; icon: Icon };

const allDeeds: (Place & { needs: Permission })[] = [
  { href: '/campaigns/new', label: 'New campaign', icon: IconPlus, needs: 'campaigns:write' },
  { href: '/contacts/import', label: 'Import contacts', icon: IconFileImport, needs: 'contacts:write' },
  { href: '/settings/members', label: 'Invite a member', icon: IconUserPlus, needs: 'members:write' },
];

/** Everything by keyboard: ⌘K or Ctrl K, a few letters, Enter. */
type Props = { places: Place[]; permissions: Permission[]; findCampaigns: FindCampaigns };

export function CommandMenu({ places, permissions, findCampaigns }: Props) {
  const deeds = allDeeds.filter(({ needs }) => permissions.includes(needs));
  const router = useRouter();
  const os = useOs();
  const { found, search } = useCampaignSearch(findCampaigns);
  const action = ({ href, label, icon: PlaceIcon }: Place): SpotlightActionData => ({
    id: href,
    label,
    leftSection: <PlaceIcon size={18} stroke={1.6} aria-hidden />,
    onClick: () => router.push(href),
  });
  const campaignAction = ({ id, name, status }: FoundCampaign): SpotlightActionData => ({
    id,
    label: name,
    description: statusWords[status].label,
    leftSection: <IconSend size={18} stroke={1.6} aria-hidden />,
    onClick: () => router.push(`/campaigns/${id}`),
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
          ...(found.length > 0 ? [{ group: 'Campaigns', actions: found.map(campaignAction) }] : []),
        ]}
        shortcut="mod + K"
        onQueryChange={search}
        highlightQuery
        nothingFound="Nothing by that name"
        searchProps={{ placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
      />
    </>
  );
}

/** Asks a little after the last key; an older answer never replaces a newer one. */
function useCampaignSearch(find: FindCampaigns) {
  const [found, setFound] = useState<FoundCampaign[]>([]);
  const asked = useRef(0);
  const search = useDebouncedCallback(async (text: string) => {
    asked.current += 1;
    const turn = asked.current;
    const answer = text.trim().length > 1 ? await find({ search: text }) : undefined;
    if (turn === asked.current) setFound(answer?.ok ? answer.value : []);
  }, 200);
  return { found, search };
}
