/** UTF-8 says so at its beginning, or spreadsheets take it for something older. */
export const byteOrderMark = '\ufeff';

/**
 * A cell of CSV that no spreadsheet takes for a formula (OWASP, CSV injection): what begins with =, +, -, @, tab or
 * return gets an apostrophe in front, also behind a delimiter inside the cell, where a program that expects another
 * delimiter would cut. Plain numbers and phone numbers stay as they are.
 */
export function safeCell(text: string): string {
  const begins =
    /^[\s\0\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && !/^[+-]?\d[\d .,()]*$/.test(text);
  const safe = (begins ? `'${text}` : text).replace(/([,;|\t\r\n]["\s]*)(?=[=+\-@＝＋－＠])/g, "$1'");
  return /[",;|\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: string[], delimiter = ','): string =>
  `${cells.map(safeCell).join(delimiter)}\r\n`;

/** A download of CSV that is made while it is read. `name`: of the file, whatever is in it. */
export function csvResponse(name: string, pieces: AsyncGenerator<string>): Response {
  const plain = name.replace(/[^\w.-]+/g, '_');
  return new Response(streamOf(pieces), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
