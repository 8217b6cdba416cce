import { expect, it } from 'vitest';
import { DeliveryId, newId } from '../ids';
import { smtpProvider } from './smtp';
import { SmtpConfig } from './smtp-config';
import { testMessage } from './testing-message';
import { startSmtpStandIn } from './testing-smtp';

const deliveryId = newId(DeliveryId);

it.each([
  ['', deliveryId, 'ann@example.com'],
  ['bounces@example.com', deliveryId, 'bounces@example.com'],
  ['bounces+*@example.com', deliveryId, `bounces+${deliveryId}@example.com`],
  ['*@bounces.example.com', null, 'test@bounces.example.com'],
])('with “%s” a message is returned to where that says', async (bounceAddress, id, expected) => {
  const from: string[] = [];
  const standIn = await startSmtpStandIn((moment, line) => {
    if (moment === 'mail') from.push(/<(.*)>/.exec(line)?.[1] ?? '');
    return undefined;
  });
  const provider = smtpProvider();
  const config = SmtpConfig.parse({ host: '127.0.0.1', port: standIn.port, bounceAddress });
  const message = testMessage('bob@example.net', { deliveryId: id });
  const sent = await provider.send(config, [message], new AbortController().signal);
  await provider.close();
  await standIn.close();
  expect(sent).toMatchObject([{ outcome: 'sent' }]);
  expect(from).toEqual([expected]);
});

it.each([
  'bounces',
  '*@*.example.com',
  '**@example.com',
  'a b@example.com',
  `${'x'.repeat(40)}*@example.com`,
])('“%s” is no such address', (bounceAddress) => {
  expect(SmtpConfig.safeParse({ host: 'mail.example.com', port: 25, bounceAddress }).success).toBe(false);
});
