import { oneCampaign, SendInput, StatusAnswer } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { orderSend } from '@/lib/campaigns/order-send';
import { fail, ok } from '@/lib/errors';

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Send a campaign, now or later',
    description:
      '202: it is being sent, or scheduled. 400: it is paused or cancelled, or its content cannot go out, and the message says why. 403: the key has no right to send to one of its lists. Of two orders at the same time one is accepted.',
    permission: 'campaigns:send',
    params: oneCampaign,
    body: SendInput,
    example: { sendAt: 'immediate', throttle: { emailsPerMinute: 100, emailsPerHour: 1000 } },
    status: 202,
    answer: StatusAnswer,
    conflict: 'it was sent already, or is being sent',
  },
  async ({ scope, params: { id }, body: { campaignId = id, sendAt, throttle = {} } }) => {
    if (campaignId !== id) {
      const message = 'This is another campaign than the one of the address.';
      return fail('invalid', message, { fields: { campaignId: message } });
    }
    const { emailsPerMinute: perMinute, emailsPerHour: perHour } = throttle;
    const at = sendAt === 'immediate' ? null : new Date(sendAt);
    const ordered = await orderSend(scope, id, { at, limits: { perMinute, perHour } });
    return ordered.ok ? ok({ id, status: ordered.value.status }) : ordered;
  },
);
