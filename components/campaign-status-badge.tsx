import { Badge } from '@mantine/core';
import type { CampaignStatus } from '@/lib/db/states';
import { heldWords, statusWords } from './campaign-words';

type Props = { status: CampaignStatus; held?: boolean; size?: 'md' | 'lg' };

export function CampaignStatusBadge({ status, held = false, size = 'md' }: Props) {
  const { label, color } = held ? heldWords : statusWords[status];
  return (
    <Badge variant="dot" color={color} size={size} tt="none" fw={550} style={{ flexShrink: 0 }}>
      {label}
    </Badge>
  );
}
