import { expect, it } from 'vitest';
import { POST } from './route';

it('answers a stranger before the body is there, and holds nothing of it', async () => {
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(900_000)),
  });
  const token = 'A'.repeat(64);
  const request = new Request(`http://localhost/api/webhooks/resend/${token}`, {
    ...{ method: 'POST', body: endless, duplex: 'half' },
  });
  const answer = await POST(request, { params: Promise.resolve({ provider: 'resend', token }) });
  expect([answer.status, await answer.text()]).toEqual([404, 'There is nothing here.\n']);
});
