import { render } from '@react-email/render';
import type { CompanyDetails } from './campaign-layout';
import { placeOfBody } from './html-body';

/** React's own marks for streaming mean nothing in a mail. */
const withoutMarks = (html: string) => html.replace(/<!--(?:\/?\$|html|head|body)-->/g, '');
const withoutDoctype = (html: string) => withoutMarks(html).replace(/^<!DOCTYPE[^>]*>/i, '');

const layout = () => import('./campaign-layout');

export type CampaignFrame = {
  title: string;
  preheader: string;
  company: CompanyDetails;
  unsubscribeHref: string | null;
};

/** The layout around a piece of HTML. */
export async function renderCampaign(bodyHtml: string, frame: CampaignFrame): Promise<string> {
  const { CampaignLayout } = await layout();
  let word = 'phbody';
  while (JSON.stringify(frame).includes(word)) word += 'x';
  const page = withoutMarks(await render(<CampaignLayout {...frame} body={word} />));
  return page.replace(word, () => bodyHtml);
}

/** A document that the author designed whole: only what must be in every message is put into it. */
export async function completeDocument(document: string, frame: CampaignFrame): Promise<string> {
  const { CampaignFooter, Preheader } = await layout();
  const before =
    frame.preheader === '' ? '' : withoutDoctype(await render(<Preheader text={frame.preheader} />));
  const footer = withoutDoctype(await render(<CampaignFooter {...frame} />));
  const { start, end } = placeOfBody(document);
  return document.slice(0, start) + before + document.slice(start, end) + footer + document.slice(end);
}
