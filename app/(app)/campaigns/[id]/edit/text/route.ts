import { authorizedRoute } from '@/lib/action';
import { companyOf } from '@/lib/campaigns/message';
import { measureTexts, type TextLengths } from '@/lib/campaigns/text-lengths';
import { notFound, ok, type Result } from '@/lib/errors';
import { compileText } from '@/lib/messages/compile-text';
import { type PreviewedText, previewText } from '@/lib/messages/preview-text';
import { campaignOf } from '../../campaign-id';
import { TextOrder } from '../draft-input';
import { readBody } from '../read-body';

/** While somebody writes; *Review and send* looks longer. */
const budget = { most: 100_000, budgetMs: 1_000 };

export type ShownText = PreviewedText & { lengths: TextLengths };

/** A text message as somebody gets it, and how long it becomes for everybody on the lists. */
export const POST = authorizedRoute(
  'campaigns:write',
  async (scope, request, params): Promise<Result<ShownText>> => {
    const input = await readBody(request, TextOrder);
    if (!input.ok) return input;
    const campaign = await campaignOf(scope, params);
    if (!campaign.ok) return campaign;
    const { body, ...reader } = input.value;
    const shown = await previewText(scope, body, reader);
    if (!shown.ok) return shown;
    const company = await companyOf(scope);
    if (!company) return notFound('workspace');
    const compiled = compileText(body, company);
    if (!compiled.ok) return compiled;
    return ok({
      ...shown.value,
      lengths: await measureTexts(scope, compiled.value, reader.listIds, {
        ...budget,
        signal: request.signal,
      }),
    });
  },
);
