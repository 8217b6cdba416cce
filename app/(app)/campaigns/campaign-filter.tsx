'use client';

import { Select } from '@mantine/core';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { statusWords } from '@/components/campaign-words';
import type { CampaignStatus } from '@/lib/db/states';

const shown: CampaignStatus[] = ['draft', 'sending', 'paused', 'completed', 'cancelled'];

export function CampaignFilter({ status }: { status: CampaignStatus | undefined }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const choose = (value: string | null) => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    if (value) next.set('status', value);
    else next.delete('status');
    router.replace(next.size > 0 ? `${path}?${next}` : path, { scroll: false });
  };
  return (
    <Select
      aria-label="Status"
      placeholder="Any status"
      clearable
      data={shown.map((value) => ({ value, label: statusWords[value].label }))}
      value={status ?? null}
      onChange={choose}
      w={{ base: '100%', xs: 170 }}
    />
  );
}
