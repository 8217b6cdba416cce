/*
 * `{{ qr }}` is an image where it stands between the tags of HTML, and the address of the code's page everywhere else. The
 * image is written when a message is compiled, with merge tags for its address and its letters, so that these are escaped
 * like any other value.
 */

/** For what becomes a part of the HTML and yet shows no image: the title, and the preheader. */
export const codeAsAddress = (template: string): string =>
  template.replace(/\{\{(-?)\s*qr\s*(-?)\}\}/g, '{{$1 qr_url $2}}');

/** 200 points, on white whatever is behind it; the alternative text gives the letters to whoever sees no pictures. */
const image =
  '<img src="{{ qr_image_url | link }}" alt="Your code: {{ qr_code }}" width="200" height="200" style="display:inline-block;width:200px;height:200px;border:0;background:#ffffff" />';

/** What stands for a tag between the tags of HTML; undefined: itself. */
export const codeImage = (inner: string): string | undefined => (inner === 'qr' ? image : undefined);
