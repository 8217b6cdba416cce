import { Badge } from '@mantine/core';
import type { CampaignStatus } from '@/lib/db/states';
import { statusWords } from './campaign-words';

export function CampaignStatusBadge({ status, size = 'md' }: { status: CampaignStatus; size?: 'md' | 'lg' }) {
  const { label, color } = statusWords[status];
  return (
    <Badge variant="dot" color={color} size={size} tt="none" fw={550} style={{ flexShrink: 0 }}>
      {label}
    </Badge>
  );
}
