import type { CompiledMessage } from '../db/schema/campaigns';
import { fail, ok, type Result } from '../errors';
import { toHeaderText } from './escape';
import { trackLinks } from './links';
import type { MergeValues } from './merge-values';
import { planRender } from './render-plan';
import { templateProblem } from './template-error';
import { splitTags } from './template-tags';

export type RenderedMessage = { subject: string; html: string; text: string };

export type PreparedMessage = {
  readonly compiled: CompiledMessage;
  /** Whether it says anything of its recipient's personal code. */
  readonly usesCode: boolean;
  /** Microseconds. An expected failure is a template that passes its limits for this recipient. */
  render(values: MergeValues): Result<RenderedMessage>;
  /** The line beside the subject, for previews; in the message itself it is a part of the HTML. */
  renderPreheader(values: MergeValues): string;
};

const longestSubject = 500;

/** Parses the Liquid of a compiled message once, for any number of recipients. Throws for what compileMessage refuses. */
export function prepareMessage(compiled: CompiledMessage): PreparedMessage {
  const subject = planRender('text', compiled.subject);
  const html = planRender('html', compiled.html);
  const tracked = compiled.links ? planRender('html', trackLinks(compiled.html, compiled.links)) : html;
  const text = planRender('text', compiled.text);
  // A condition that does not hold leaves the blank lines on both its sides.
  const hasBlocks = compiled.text.includes('{%');
  return {
    compiled,
    usesCode: mentionsCode(compiled),
    renderPreheader: (values) => toHeaderText(planRender('text', compiled.preheader)(values)),
    render(values) {
      try {
        return ok({
          subject: toHeaderText(subject(values)).slice(0, longestSubject).toWellFormed(),
          html: values.tracking_url === '' ? html(values) : tracked(values),
          text: hasBlocks ? text(values).replace(/\n{3,}/g, '\n\n') : text(values),
        });
      } catch (error) {
        return fail('invalid', templateProblem(error, { lines: false }));
      }
    },
  };
}

/** Whether a message shows a personal code, or asks whether there is one. */
export const mentionsCode = ({
  subject,
  html,
  text,
}: Pick<CompiledMessage, 'subject' | 'html' | 'text'>): boolean =>
  [subject, html, text].some((part) =>
    splitTags(part).some((piece) => typeof piece !== 'string' && /\bqr(?:_|\b)/.test(piece.inner)),
  );
