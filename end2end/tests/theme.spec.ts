import { expect, test, visit } from '../fixtures.ts';
import type { Page } from '@playwright/test';

const choose = (page: Page, theme: string) => page.getByRole('button', { name: theme, exact: true }).click();
const background = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

test('a theme is put on at once and remembered, and stands in the HTML before any script runs', async ({ page, open }) => {
  await visit(page, '/settings/appearance');
  const before = await background(page);
  await choose(page, 'Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Dark', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => background(page)).not.toBe(before);
  await expect.poll(async () => (await page.context().cookies()).find((it) => it.name === 'theme')?.value).toBe('dark');

  const html = await (await page.request.get('/public')).text();
  expect(html).toMatch(/<html[^>]* data-theme="dark"/);
  // Nothing may be painted before the colours are known: the style sheet comes before the scripts and does not wait for them.
  expect(html.indexOf('rel="stylesheet"')).toBeLessThan(html.indexOf('<script'));

  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const asleep = await open({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  await asleep.goto('/public');
  await expect(asleep.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the choice can be taken back: the system decides again', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await visit(page, '/settings/appearance');
  const light = await background(page);
  await choose(page, 'Dark');
  await expect.poll(() => background(page)).not.toBe(light);
  await choose(page, 'System');
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
  await expect.poll(() => background(page)).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => background(page)).not.toBe(light);
});

test('without JavaScript the switch works as well', async ({ open }) => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto('/settings/appearance');
  await choose(page, 'Dark');
  await expect(page).toHaveURL('/settings/appearance');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Dark', exact: true })).toHaveAttribute('aria-pressed', 'true');
});
