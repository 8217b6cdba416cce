import type { CodeLinks } from '../codes/code-links';
import type { CompiledText } from '../db/schema/campaigns';
import { fail, ok, type Result } from '../errors';
import { toPlainLines } from './escape';
import { type MessageCompany, type MessageContact, mergeValuesOf } from './merge-values';
import { mentionsCode } from './prepare';
import { planRender } from './render-plan';
import { templateProblem } from './template-error';

/** Where a recipient's own short addresses lead: `own` to the page of their code, the others to the links of the message. */
export type TextLinks = { own: string; others: string[]; code?: CodeLinks | undefined };

export type PreparedText = {
  readonly compiled: CompiledText;
  /** Whether it shows the letters of its recipient's personal code. */
  readonly usesCode: boolean;
  /** The finished text. An expected failure is a template that passes its limits for this recipient. */
  render(contact: MessageContact, links: TextLinks, company: MessageCompany): Result<string>;
};

/** Parses the Liquid of a compiled text message once, for any number of recipients. Throws for what compileText refuses. */
export function prepareText(compiled: CompiledText): PreparedText {
  const text = planRender('text', compiled.text);
  return {
    compiled,
    usesCode: mentionsCode({ subject: '', html: '', text: compiled.text }),
    render(contact, links, company) {
      const values = {
        ...mergeValuesOf(contact, { unsubscribe: '', code: links.code }, company),
        // There is no picture: what leads to it is short.
        ...{ qr: links.own, qr_url: links.own, short_url: links.own },
        ...Object.fromEntries(links.others.map((url, n) => [`short_link_${n + 1}`, url])),
      };
      try {
        return ok(
          toPlainLines(text(values))
            .replace(/[ \t]+$/gm, '')
            .replace(/\n{3,}/g, '\n\n')
            .trim(),
        );
      } catch (error) {
        return fail('invalid', templateProblem(error, { lines: false }));
      }
    },
  };
}
