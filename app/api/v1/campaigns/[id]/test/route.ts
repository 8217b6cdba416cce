import { oneCampaign, TestAnswer, TestInput } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { sendTest } from '@/lib/campaigns/send-test';

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Send a campaign as a test to a few addresses',
    description: 'Marked as a test, and counted nowhere. Answers when the provider has.',
    permission: 'campaigns:send',
    params: oneCampaign,
    body: TestInput,
    example: { to: ['me@example.com'] },
    status: 202,
    answer: TestAnswer,
  },
  ({ scope, params, body }) => sendTest(scope, params.id, body),
);
