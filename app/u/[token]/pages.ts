import { html, type Markup } from '@/components/public-html';
import type { PublicPage } from '@/components/public-page';
import type { Unsubscription } from '@/lib/deliveries/unsubscribe';
import type { Choice } from './choice';

const document = (title: string, body: Markup): PublicPage => ({ title, body });

const from = (workspaceName: string) => html`<p class="from">${workspaceName}</p>`;

/** The form posts to the page's own address. */
const button = (choice: Choice, label: string, look: 'main' | 'quiet') =>
  html`<form method="post"><input type="hidden" name="choice" value="${choice}"><button class="${look}" type="submit">${label}</button></form>`;

const who = (address: string | null) => (address === null ? html`You` : html`<strong>${address}</strong>`);

/** The page in the state of things, after what was just chosen, if anything was. */
export function unsubscribePage(page: Unsubscription, choice?: Choice): PublicPage {
  if (page.state === 'test') return testPage(page);
  const { title, body } =
    page.state === 'subscribed' ? askPage(page, choice === 'subscribe') : donePage(page);
  const more = trackingPart(page, choice === 'untrack' || choice === 'track');
  return { title, body: html`${body}${more}`, style };
}

const style = `
.more { margin: 30px -36px 0; padding: 26px 36px 0; border-top: 1px solid var(--line); font-size: 14px; }
.more h2 { margin: 0 0 6px; font-size: 15px; font-weight: 620; }
.more form { margin-top: 16px; }
@media (max-width: 480px) { .more { margin-inline: -22px; padding-inline: 22px; } }
`;

/** Where what they open and click is recorded, or was until they said no. */
function trackingPart({ workspaceName, tracking }: Unsubscription, isAnswer: boolean): Markup | null {
  if (tracking === null) return null;
  const { title, says, change } =
    tracking === 'on'
      ? {
          title: 'What you open and click',
          says: `${workspaceName} records which of its messages you open and which links you follow.`,
          change: button('untrack', 'Do not record it', 'quiet'),
        }
      : {
          title: 'What you open and click is not recorded',
          says: `Links in messages of ${workspaceName} still lead where they should.`,
          change: tracking === 'off here' ? button('track', 'Record it again', 'quiet') : null,
        };
  return html`
<section class="more">${isAnswer ? html`<div role="status"><h2>${title}</h2></div>` : html`<h2>${title}</h2>`}
<p>${says}</p>
${change}
</section>`;
}

function askPage({ workspaceName, address }: Unsubscription, isBack: boolean): PublicPage {
  if (isBack)
    return document(
      `Subscribed to ${workspaceName}`,
      html`${from(workspaceName)}
<div role="status"><h1>You are subscribed again</h1></div>
<p>${who(address)} will get the e‑mails of ${workspaceName} as before.</p>
${button('unsubscribe', 'Unsubscribe after all', 'quiet')}`,
    );
  return document(
    `Unsubscribe from ${workspaceName}`,
    html`${from(workspaceName)}
<h1>Unsubscribe?</h1>
<p>${who(address)} will get no more e‑mails from ${workspaceName}.</p>
${button('unsubscribe', 'Unsubscribe', 'main')}
<p class="note">If you do nothing, nothing changes.</p>`,
  );
}

function donePage({ workspaceName, address, canResubscribe }: Unsubscription): PublicPage {
  return document(
    `Unsubscribed from ${workspaceName}`,
    html`${from(workspaceName)}
<div role="status"><h1>You are unsubscribed</h1></div>
<p>${who(address)} will get no more e‑mails from ${workspaceName}. A message that is already on its way may still arrive.</p>
${canResubscribe ? button('subscribe', 'That was a mistake – subscribe again', 'quiet') : null}`,
  );
}

const testPage = ({ workspaceName }: Unsubscription): PublicPage =>
  document(
    'Test message',
    html`${from(workspaceName)}
<h1>This link is from a test message</h1>
<p>Nobody is unsubscribed by it. In the real message, each recipient finds their own link here, with a button to leave.</p>`,
  );

/** Tells nothing about whether there ever was such a link. */
export const brokenPage = (message: string): PublicPage =>
  document('Link not found', html`<h1>This link does not work</h1><p>${message}</p>`);

export const failedPage = (): PublicPage =>
  document(
    'Try again',
    html`<h1>That did not work just now</h1><p>Nothing was changed. Please open the link again in a minute.</p>`,
  );
