import type { EmailEditorRef } from '@react-email/editor';

type Editor = NonNullable<EmailEditorRef['editor']>;
type Doc = Editor['state']['doc'];

/** What react-email's editor writes on a new button. */
const placeholder = 'Button';

function buttonsIn(doc: Doc): number {
  let count = 0;
  doc.descendants((node) => {
    if (node.type.name === 'button') count += 1;
  });
  return count;
}

/** Selects the placeholder of a button that was just put in, so that what is typed next becomes its text. */
export function selectNewButtons(editor: Editor): void {
  editor.on('update', ({ transaction }) => {
    const { doc, selection } = editor.state;
    const { $from } = selection;
    if (!selection.empty || $from.parent.type.name !== 'button') return;
    if ($from.parent.textContent !== placeholder || buttonsIn(doc) <= buttonsIn(transaction.before)) return;
    editor.commands.setTextSelection({ from: $from.start(), to: $from.end() });
  });
}
