import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { endSlowBody } from './slow-body';

async function server(limitMs: number) {
  const ended: boolean[] = [];
  const web = createServer((request, response) => {
    endSlowBody(request, response, limitMs);
    request.on('error', () => undefined);
    request.on('close', () => ended.push(request.complete));
    request.resume();
    request.on('end', () => response.end('All of it.'));
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  onTestFinished(() => void web.close());
  const { port } = web.address() as AddressInfo;
  const post = (sent: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\n${sent}`);
    return socket;
  };
  return { web, ended, post };
}

it('ends a connection whose body does not come, and no other', async () => {
  const { ended, post } = await server(200);
  const whole = post('0123456789');
  const answered = await once(whole, 'data');
  expect(String(answered[0])).toContain('All of it.');
  await once(post('0123'), 'close');
  expect(ended).toEqual([true, false]);
});

it('has nothing to do with one that was given up before', async () => {
  const { web, post } = await server(60_000);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const socket = post('0123');
  const [request] = await once(web, 'request');
  expect(vi.getTimerCount()).toBe(1);
  socket.destroy();
  await new Promise((resolve) => request.once('close', resolve));
  expect(vi.getTimerCount()).toBe(0);
});
