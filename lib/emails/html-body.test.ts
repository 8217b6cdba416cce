import { expect, it } from 'vitest';
import { innerOfBody } from './html-body';
import { completeDocument } from './render-campaign';

const frame = {
  title: 'x',
  preheader: '',
  company: { name: 'Rosewood', postalAddress: '1 Main Street' },
  unsubscribeHref: null,
};

it.each([
  ['<p>a</p>', '<p>a</p>'],
  ['<html><body class="a>b"\n>c</body></html>', 'c'],
  ['<BODY>a</body>b</BODY>', 'a</body>b'],
  ['<html><body>a</html>', 'a'],
  ['<body>a', 'a'],
  ['</body><body>a', 'a'],
])('finds the body of %j', (document, inner) => {
  expect(innerOfBody(document)).toBe(inner);
});

it('puts the footer at the end of the body, also behind letters that grow when they are made small', async () => {
  const document = await completeDocument(`<body>${'İ'.repeat(20)}</body></html>`, frame);
  expect(document).toMatch(/^<body>İ{20}<.*1 Main Street.*<\/body><\/html>$/s);
});
