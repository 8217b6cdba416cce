import type { Rows } from '../rules';
import { open, profile } from './rows';

export const openToAll: Rows = {
  'page /sign-in': open({ answer: 'any' }),
  'page /setup': open({ answer: 'unauthenticated' }),
  'action signInAction': open({
    answer: 'unauthenticated',
    input: (_id, _world, _place, who) => ({ email: `${who.name}@example.com`, password: 'wrong' }),
  }),
  'action setUpAction': open({
    answer: 'conflict',
    input: () => ({ name: 'Eve', email: 'eve@example.com', password: 'a long password', workspace: profile }),
  }),
  'action signOutAction': open({ changes: (_place, who) => who.by === 'session' }),
  'GET /api/auth/[...nextauth]': open({ at: () => '/api/auth/csrf' }),
  'POST /api/auth/[...nextauth]': open({ at: () => '/api/auth/session', answer: 'any' }),
  'GET /api/health': open({ answer: 'any' }), // no worker runs here
  'GET /metrics': open({ answer: 'any' }), // to whoever asks on this machine
  'GET /icon.svg': open(),
  'GET /q/[code]': [
    open({ at: () => '/q/nope', answer: 'not_found' }),
    open({ at: () => '/q/000000000000.png' }),
    open({
      at: (_id, world) => `/q/${world.codeOf(world.the('contact'))}`,
      // Its holder sees the first name, who offers, and what.
      shows: ['in-here', 'in-own'],
      answer: (_place, who) =>
        who.by === 'session' && who.at === 'here' && (who.role !== 'marketer' || who.grants.own)
          ? 'redirect'
          : 'ok',
    }),
  ],
  'GET /s/[slug]': [
    open({ at: () => '/s/nope', answer: 'not_found' }),
    open({ at: () => '/s/0000000000', answer: 'redirect' }),
  ],
  'GET /i/[workspaceId]/[file]': open({ answer: 'not_found', at: (_id, { here }) => `/i/${here}/none.png` }),
  'POST /api/webhooks/[provider]/[token]': [
    open({ at: () => `/api/webhooks/resend/${'x'.repeat(64)}`, answer: 'not_found' }),
    open({ at: (_id, world) => `/api/webhooks/resend/${world.unsubscribeToken()}`, answer: 'not_found' }),
  ],
  'GET /u/[token]': [
    open({ at: () => `/u/${'x'.repeat(64)}`, answer: 'not_found' }),
    open({ at: (_id, world) => `/u/${world.unsubscribeToken()}` }),
  ],
  'POST /u/[token]': [
    open({ at: () => `/u/${'x'.repeat(64)}`, answer: 'not_found' }),
    open({ at: (_id, world) => `/u/${world.unsubscribeToken()}`, changes: true }),
  ],
};
