/** Why a row did not become a contact. Pure: pages and the download use the same sentences. */
export const rejectionSentences = {
  duplicate: 'The same address stands further up in this file; the first row was used.',
  out_of_reach:
    'The address belongs to a contact that is on none of the lists that you may change; ask an admin to put them on one.',
  phone_out_of_reach:
    'The row gives another phone number to a contact that is also on lists that you may not change; ask an admin to import it.',
  no_address: 'The row has no e-mail address.',
  several_addresses: 'The cell holds more than one address, or a comma or semicolon. Keep one address a row.',
  no_at: 'The address has no @.',
  spaces: 'The address has a space in it.',
  bad_address: 'This is not an e-mail address: check the parts before and behind the @.',
  no_domain: 'The part behind the @ is not a complete domain such as example.com.',
  address_too_long: 'The address is longer than e-mail allows (64 characters before the @, 254 in all).',
  name_too_long: 'The name is longer than 100 characters; the columns may have shifted.',
  too_many_fields: 'The row has more cells than the file has columns; the columns may have shifted.',
  unclosed_quote: 'A quotation mark opens a cell in this line and is never closed.',
  broken_quote: 'Text follows a closing quotation mark; write quotation marks inside a cell twice ("").',
  line_too_long: 'The line is longer than 1 MB; only its beginning is kept here.',
  nul: 'The row holds NUL characters, which no text has; save the file again from its source.',
} as const;

export type Rejection = keyof typeof rejectionSentences;

const isRejection = (code: string): code is Rejection => Object.hasOwn(rejectionSentences, code);

/** The sentence for a stored code; a code of a newer version is shown as it is. */
export const rejectionSentence = (code: string): string =>
  isRejection(code) ? rejectionSentences[code] : code;

/** The columns that the download puts before the file's own; they are passed over when it is imported again. */
export const rejectionColumns = ['Row', 'Kind', 'Reason'];
