import type { CompiledMessage } from '../db/schema';
import { fail, ok, type Result } from '../errors';
import { toHeaderText } from './escape';
import type { MergeValues } from './merge-values';
import { planRender } from './render-plan';
import { templateProblem } from './template-error';

export type RenderedMessage = { subject: string; html: string; text: string };

export type PreparedMessage = {
  readonly compiled: CompiledMessage;
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
  const text = planRender('text', compiled.text);
  // A condition that does not hold leaves the blank lines on both its sides.
  const hasBlocks = compiled.text.includes('{%');
  return {
    compiled,
    renderPreheader: (values) => toHeaderText(planRender('text', compiled.preheader)(values)),
    render(values) {
      try {
        return ok({
          subject: toHeaderText(subject(values)).slice(0, longestSubject).toWellFormed(),
          html: html(values),
          text: hasBlocks ? text(values).replace(/\n{3,}/g, '\n\n') : text(values),
        });
      } catch (error) {
        return fail('invalid', templateProblem(error, { lines: false }));
      }
    },
  };
}
