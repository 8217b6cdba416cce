import { Anchor, Stack, Text } from '@mantine/core';
import { IconTicketOff } from '@tabler/icons-react';
import { contactName } from '@/components/contact-words';
import { EmptyState } from '@/components/empty-state';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { type Scope, userOf } from '@/lib/auth/scope';
import { readCode, showCode } from '@/lib/codes/code';
import { readRef } from '@/lib/codes/code-links';
import type { Offer } from '@/lib/codes/offers';
import { undoSeconds } from '@/lib/codes/redeem';
import { readScannedCode } from '@/lib/codes/scan';
import { notFound } from '@/lib/errors';
import { OfferCard } from './offer-card';

export const metadata = { title: 'Code' };

/** What staff see who scanned a code: whose it is, and what they can redeem. */
export default authorizedPage('contacts:read', async (scope, { params, search, member }) => {
  const code = readCode(String(params.code));
  const ref = typeof search.c === 'string' ? readRef(search.c) : undefined;
  const found = valueOrNotFound(code ? await readScannedCode(scope, code, ref) : notFound('code'));
  const { contactId, offers, onOwnList } = found;
  const name = contactName(found) || found.email || 'Without a name';
  const canRedeem = onOwnList && may(scope, 'contacts:write');
  return (
    <>
      <PageHeader
        back={{ href: '/codes', label: 'Codes' }}
        title={name}
        description={
          <>
            {code && <span className="numbers">{showCode(code)}</span>}
            {' · '}
            <Anchor component={Link} href={`/contacts/${contactId}`} inherit underline="always">
              See the contact
            </Anchor>
          </>
        }
      />
      {offers.length === 0 ? (
        <EmptyState icon={<IconTicketOff size={28} stroke={1.5} />} title="Nothing to redeem">
          No campaign with an offer that you see was sent to this contact.
        </EmptyState>
      ) : (
        <Stack gap="sm" maw={560}>
          {!canRedeem && (
            <Text fz="sm" c="dimmed">
              You see what is offered. To redeem takes the right to change a list that the contact is on.
            </Text>
          )}
          {offers.map((offer) => (
            <OfferCard
              key={offer.campaignId}
              contactId={contactId}
              offer={shown(offer, scope)}
              timeZone={member.workspace.timeZone}
              canRedeem={canRedeem}
            />
          ))}
        </Stack>
      )}
    </>
  );
});

/** An offer as the browser gets it, with the seconds that are left to take back what oneself redeemed. */
function shown(offer: Offer, scope: Scope) {
  const { campaignId, campaignName, text, until, ended, redeemedAt, redeemedBy } = offer;
  const isMine = redeemedBy !== null && redeemedBy.id === userOf(scope);
  const left = redeemedAt && isMine ? undoSeconds - (Date.now() - redeemedAt.getTime()) / 1000 : 0;
  return {
    ...{ campaignId, campaignName, text, until, ended },
    redeemed: redeemedAt && { at: redeemedAt.toISOString(), by: isMine ? 'you' : (redeemedBy?.name ?? null) },
    undoSecondsLeft: Math.max(0, Math.floor(left)),
  };
}
