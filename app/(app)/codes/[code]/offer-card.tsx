'use client';

import { Button, Card, Group, Text, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { formatMoment } from '@/components/campaign-time';
import { calendarDay } from '@/components/offer-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { CampaignId, ContactId } from '@/lib/ids';
import { redeemOfferAction } from '../actions';
import { UndoRedemption } from './undo-redemption';

type Props = {
  contactId: ContactId;
  offer: {
    campaignId: CampaignId;
    campaignName: string;
    text: string;
    until: string | null;
    ended: boolean;
    redeemed: { at: string; by: string | null } | null;
    undoSecondsLeft: number;
  };
  timeZone: string;
  canRedeem: boolean;
};

/** What a campaign offers to whoever holds the code, and the one thing to do about it. */
export function OfferCard({ contactId, offer, timeZone, canRedeem }: Props) {
  const { campaignId, campaignName, text, until, ended, redeemed } = offer;
  const { run, pending, problem } = useAction(redeemOfferAction);
  return (
    <Card component="article" aria-label={`Offer of ${campaignName}`}>
      <Title order={2} fz="md" style={{ overflowWrap: 'anywhere' }}>
        {campaignName}
      </Title>
      <Text mt={6} style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
        {text}
      </Text>
      {until && (
        <Text fz="sm" c="dimmed" mt={6}>
          {ended ? 'Ended on' : 'Valid until'} {calendarDay(until)}
        </Text>
      )}
      <div aria-live="polite">
        {redeemed && (
          <Group mt="md" gap="sm">
            <Text fz="sm" className="numbers">
              Redeemed on {formatMoment(redeemed.at, timeZone)}
              {redeemed.by && ` by ${redeemed.by}`}
            </Text>
            {canRedeem && (
              <UndoRedemption
                key={redeemed.at}
                which={{ contactId, campaignId }}
                secondsLeft={offer.undoSecondsLeft}
              />
            )}
          </Group>
        )}
        {problem && !redeemed && (
          <Group mt="md">
            <ProblemAlert problem={problem} />
          </Group>
        )}
      </div>
      {!redeemed && !ended && canRedeem && (
        <Button
          fullWidth
          size="lg"
          mt="md"
          loading={pending}
          leftSection={<IconCheck size={20} aria-hidden />}
          onClick={() => run({ contactId, campaignId })}
        >
          Redeem
        </Button>
      )}
    </Card>
  );
}
