import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './support';

const screens = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

/**
 * Holds the page that is open to what every page promises: axe finds nothing, and nothing has to be scrolled sideways; on a
 * desktop and a phone, in both colour schemes.
 */
export async function expectGoodLooks(page: Page): Promise<void> {
  await page.mouse.move(0, 0); // else a tooltip hangs wherever the last click left the pointer
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const screen of screens) {
      await page.setViewportSize(screen);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      const where = `${new URL(page.url()).pathname} at ${screen.width} px, ${colorScheme}`;
      const beside = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(beside, { message: `${where} scrolls sideways` }).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page })
        .setLegacyMode(true) // in the page alone: a message's frame is sandboxed and runs no script
        .exclude('iframe')
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const findings = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`,
      );
      expect.soft(findings, where).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(screens[0]);
  expect.soft(await blockedByPolicy(page), 'what the content security policy had to block').toEqual([]);
}

/** Of a page that is open to the world, without scripts: the same as its reader has it, whose screen is as wide as it is. */
export async function expectGoodOnPhone(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const beside = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beside).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }
}

const blockedByPolicy = (page: Page) =>
  page.evaluate(() => {
    const observer = new ReportingObserver(() => undefined, { types: ['csp-violation'], buffered: true });
    observer.observe();
    return observer.takeRecords().map(({ body }) => JSON.stringify(body));
  });
