import type { ImportColumn } from '../db/schema/imports';
import { rejectionColumns } from './reasons';
import { attributeName, fold, readConsent, readTimeZone } from './values';

type Field = Extract<ImportColumn, string>;

/** Column names as exports and people write them, folded (see `fold`), per field. */
const known: Record<Exclude<Field, 'ignore'>, string> = {
  email:
    'email emailaddress mail mailaddress emailadresse mailadresse epost elektronischepost adressemail adresseemail adresseelectronique courriel correo correoelectronico direcciondecorreo direcciondecorreoelectronico direccionemail email1value emailadres primaryemail workemail subscriberemail contactemail',
  phone:
    'phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone telefon telefonnummer telefonnr handy handynummer mobil mobilnummer mobiltelefon rufnummer telephoneportable portable numerodetelephone mobilephonenumber telefono telefonomovil movil celular numerodetelefono smsphonenumber phone1value sms',
  first_name:
    'firstname givenname forename first fname vorname prenom nombre nombredepila primernombre voornaam',
  last_name:
    'lastname surname familyname last lname nachname familienname zuname nomdefamille nom apellido apellidos achternaam',
  full_name:
    'name fullname displayname contactname vollername vollstandigername kundenname nomcomplet nombrecompleto nombreyapellidos nombreyapellido',
  country: 'country countrycode cc land landercode landerkurzel pays codepays pais codigodepais',
  time_zone: 'timezone tz zeitzone fuseauhoraire zonahoraria husohorario',
  email_consent:
    'emailconsent emailsubscribed emailoptin newsletter newsletteroptin subscribed optin emailerlaubt newslettererlaubt werbeeinwilligung einwilligung einwilligungemail consentement consentementemail inscritnewsletter consentimiento consentimientoemail aceptaemail unsubtime cleantime',
  sms_consent:
    'smsconsent smssubscribed smsoptin smsallowed smserlaubt smseinwilligung einwilligungsms smsok consentementsms smsautorise smsautorises smspermitido aceptasms consentimientosms',
  attributes_json: 'attributes attribs attributesjson customfields',
};

const fieldByName = new Map<string, Field>();
for (const [field, names] of Object.entries(known))
  for (const name of names.split(' ')) if (isField(field)) fieldByName.set(name, field);

function isField(text: string): text is Field {
  return text === 'ignore' || Object.hasOwn(known, text);
}

const isAddress = (cell: string): boolean => /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(cell.trim());

/** Whether a first record names columns rather than being a contact already. */
export function recogniseHeader(records: string[][]): boolean {
  const first = records[0] ?? [];
  if (first.some(isAddress)) return false;
  if (first.some((cell) => fieldByName.has(fold(cell)))) return true;
  const below = records.slice(1);
  const column = below[0]?.findIndex(isAddress) ?? -1;
  // Where addresses stand below, a cell without one is a name, unless it is empty.
  return column === -1 || (first[column] ?? '').trim() !== '';
}

export type FileKind = 'mailchimp' | 'listmonk' | 'spreadsheet';

export function recogniseKind(names: string[]): FileKind {
  const folded = new Set(names.map(fold));
  if (folded.has('memberrating') || (folded.has('leid') && folded.has('euid'))) return 'mailchimp';
  if (folded.has('uuid') && folded.has('attributes') && folded.has('status')) return 'listmonk';
  return 'spreadsheet';
}

const consentWords = new Set([
  'enabled',
  'disabled',
  'blocklisted',
  'subscribed',
  'unsubscribed',
  'cleaned',
  'nonsubscribed',
  'active',
  'unconfirmed',
  'confirmed',
  'bounced',
]);

function fieldByContent(cells: string[]): Field | undefined {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.length === 0) return undefined;
  const share = (holds: (cell: string) => boolean) => filled.filter(holds).length / filled.length;
  if (share(isAddress) > 0.5) return 'email';
  if (share((cell) => /^\+[\d ()/.-]{7,20}$/.test(cell.trim())) > 0.8) return 'phone';
  if (share((cell) => cell.includes('/') && readTimeZone(cell) !== undefined) > 0.8) return 'time_zone';
  return undefined;
}

/** What each column becomes: by its name, else by what stands in it, else an attribute. No field is given twice. */
export function recogniseColumns(names: string[], rows: string[][], header: boolean): ImportColumn[] {
  const cellsOf = (column: number) => rows.map((row) => row[column] ?? '');
  const taken = new Set<Field>();
  const fromDownload = rejectionColumns.every((name, i) => names[i] === name);
  const columns: (ImportColumn | undefined)[] = names.map((name, i) => {
    const folded = fold(name);
    if (fromDownload && i < rejectionColumns.length) return 'ignore';
    let field = header ? fieldByName.get(folded) : undefined;
    if (
      header &&
      folded === 'status' &&
      cellsOf(i).every((cell) => cell === '' || consentWords.has(fold(cell)))
    )
      field = 'email_consent';
    if (field === 'email' && !cellsOf(i).some(isAddress) && rows.length > 0) field = undefined;
    if (field === 'email_consent' && folded === 'subscribed' && !cellsOf(i).some((cell) => readConsent(cell)))
      field = undefined;
    if (field === undefined || taken.has(field)) return undefined;
    taken.add(field);
    return field;
  });
  const used = new Set<string>();
  return columns.map((column, i) => {
    if (column !== undefined) return column;
    const field = fieldByContent(cellsOf(i));
    if (field !== undefined && !taken.has(field)) {
      taken.add(field);
      return field;
    }
    return attributeColumn(names[i] ?? '', i, used);
  });
}

function attributeColumn(name: string, index: number, used: Set<string>): ImportColumn {
  const base = attributeName(name) || `column_${index + 1}`;
  let attribute = base;
  for (let n = 2; used.has(attribute); n++) attribute = `${base}_${n}`;
  used.add(attribute);
  return { attribute };
}
