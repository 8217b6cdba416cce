import { expect, it } from 'vitest';
import { compileMessage } from './compile';
import { inspectMessage } from './inspect';
import { html, markdown, source } from './testing';

async function factsOf(content: Parameters<typeof source>[0]) {
  const compiled = await compileMessage(source(content));
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return inspectMessage(compiled.value);
}

it('tells where a message leads and how large it is', async () => {
  const facts = await factsOf(
    markdown('Hi {{ first_name }}, [shop](https://example.com/a?b={{ city }}&c=d)'),
  );
  expect(facts.links).toEqual(['https://example.com/a?b={{ city }}&c=d', '{{ unsubscribe_url }}']);
  expect(facts.unsafeLinks).toEqual([]);
  expect(facts.missingUnsubscribe).toBe(false);
  expect(facts.hasText).toBe(true);
  expect(facts.bytes).toBeGreaterThan(1000);
});

it('names links that lead nowhere', async () => {
  const bad = ['#', 'www.example.com', 'http://localhost:3000/x', 'http://intranet/', 'foo:bar'];
  const good = ['https://example.com', 'mailto:a@example.com', 'tel:+49301234', '{{ website }}'];
  const facts = await factsOf(html([...bad, ...good].map((href) => `<a href="${href}">x</a>`).join('')));
  expect(facts.unsafeLinks).toEqual(bad);
  expect(facts.links).toEqual(expect.arrayContaining(good));
});
