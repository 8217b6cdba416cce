import type { Noun, Outcome, Row } from '../rules';
import type { World } from '../world';

/* What rows of several subjects are made of. */

export const draft = { on: 'campaign', state: 'draft' } as const;
export const nextYear = {
  date: `${new Date().getFullYear() + 1}-05-05`,
  time: '09:00',
  zone: 'UTC',
  which: null,
};
const noLimits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
export const limits = { ...noLimits, perHour: 77 };
export const contact = {
  ...{ email: 'new@example.org', phone: '', firstName: 'New', lastName: '', timeZone: '' },
  ...{ emailSubscribed: true, attributes: [] },
};
export const source = { subject: 'Hi', preheader: '', content: { format: 'markdown', body: 'Hi' } };
export const profile = { name: 'New name', postalAddress: '2 Mill Lane', country: 'DE', timeZone: 'UTC' };
export const details = {
  ...{ channel: 'email', name: 'Renamed', fromName: 'Rose', fromEmail: 'rose@example.com', replyTo: '' },
  ...noLimits,
};
export const csv = 'email\nnew@example.org\n';
export const png = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  ),
);
const columns = ['email', 'first_name'];
export const choices = { encoding: 'utf-8', delimiter: ',', header: true, columns };

export const byId = (id: string) => ({ id });
export const own = (world: World, noun: Noun, state?: string) => world.the(noun, 'own', state);

/** Whatever happens to a campaign asks for the right to send to all of its lists. */
export const onCampaign = (state: NonNullable<Row['state']>, more: Partial<Row> = {}): Row => ({
  ...{ may: 'campaigns:send', on: 'campaign', state, needs: 'send', changes: true, input: byId },
  ...more,
});
/** A message that is none of the campaign which is asked about might as well not be. */
export const onDelivery = onCampaign('completed', {
  ...{ on: 'delivery', needs: 'view', hidden: 'conflict' },
  answer: (place) => (place === 'own' ? 'ok' : 'conflict'),
  besides: { of: 'campaign', needs: 'send', looked: 'before' },
  input: (id, world) => ({ id: own(world, 'campaign', 'completed'), which: [id] }),
});
export const onList = (input: NonNullable<Row['input']>, more: Partial<Row> = {}): Row => ({
  ...{ may: 'contacts:write', on: 'list', needs: 'edit', changes: true, input },
  ...more,
});
/** What is about the whole of a person asks for every list that they are on, not for one of them. */
export const wholePerson: NonNullable<Row['answer']> = (place, { role, grants }) =>
  place === 'mixed' && role === 'marketer' && !(grants.own === 'send' && grants.ungranted === 'send')
    ? 'forbidden'
    : 'ok';
/** What a campaign offered to a contact: it takes a right to one of the contact's lists, and to see the campaign. */
export const redemption = (answer: Outcome): Row[] => [
  onList(
    (contactId, world, place) => ({
      contactId,
      campaignId: world.the(
        'campaign',
        place === 'deleted' || place === 'malformed' ? 'own' : place,
        'completed',
      ),
    }),
    {
      on: 'contact',
      changes: answer === 'ok',
      answer: (place, { role, grants }) =>
        place === 'mixed' && role === 'marketer' && !(grants.own && grants.ungranted) ? 'not_found' : answer,
    },
  ),
  onList((campaignId, world) => ({ campaignId, contactId: own(world, 'contact') }), {
    ...{ on: 'campaign', state: 'completed', needs: 'view', changes: answer === 'ok' },
    besides: { of: 'contact', needs: 'edit', looked: 'before' },
    answer: (place) => (place === 'own' ? answer : 'not_found'), // it was not sent to that contact
  }),
];
export const onSender = (more: Partial<Row> = {}): Row => ({
  ...{ may: 'settings:write', on: 'sender', changes: true, input: byId },
  ...more,
});
export const open = (more: Partial<Row> = {}): Row => ({ may: 'anyone', ...more });
