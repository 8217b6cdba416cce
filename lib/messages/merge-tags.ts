/** An entry of the menu that offers merge tags. */
export type MergeTag = { label: string; tag: string; group: 'Contact' | 'Attributes' | 'Message' };

export const builtInTags: MergeTag[] = [
  { label: 'First name', tag: '{{ first_name | default: "there" }}', group: 'Contact' },
  { label: 'Last name', tag: '{{ last_name }}', group: 'Contact' },
  { label: 'Full name', tag: '{{ full_name }}', group: 'Contact' },
  { label: 'E-mail address', tag: '{{ email }}', group: 'Contact' },
  { label: 'Company name', tag: '{{ company_name }}', group: 'Message' },
  { label: 'Personal code as QR image', tag: '{{ qr }}', group: 'Message' },
  { label: 'Personal code in letters', tag: '{{ qr_code }}', group: 'Message' },
  { label: 'Link to the code’s page', tag: '{{ qr_url }}', group: 'Message' },
  { label: 'Unsubscribe link', tag: '{{ unsubscribe_url }}', group: 'Message' },
];

/** Those of a text message. */
export const textTags: MergeTag[] = [
  ...builtInTags.filter(({ tag }) => !/\b(?:qr|qr_url|unsubscribe_url|email)\b/.test(tag)),
  { label: 'Short link to the code’s page', tag: '{{ short_url }}', group: 'Message' },
];

/** Names that stand for something else, so that the attribute must be asked for by `attributes`. */
const taken =
  /^(?:first_name|last_name|full_name|email|country|attributes|unsubscribe_url|company_name|postal_address|qr|qr_url|qr_code|qr_image_url|short_url|short_link_\d+)$/;
const word = /^[a-z_][a-z0-9_]*$/i;

/** `{{ city }}`; `{{ attributes["Shoe size"] }}` for a name that Liquid could not read as one. */
export function tagOfAttribute(name: string): MergeTag {
  const quoted = name.includes('"') ? `'${name.replaceAll("'", '')}'` : `"${name}"`;
  const plain = word.test(name) && !taken.test(name);
  return {
    label: name.replaceAll('_', ' '),
    tag: plain ? `{{ ${name} }}` : `{{ attributes[${quoted}] }}`,
    group: 'Attributes',
  };
}
