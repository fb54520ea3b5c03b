/** Magentic as an installed application: the manifest, the icons, and a page for when there is no network. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { unique } from '../support/people.ts';
import { card, composer } from '../support/posts.ts';
import type { Page } from '@playwright/test';

test.use({ serviceWorkers: 'allow' });

type Icon = { src: string; sizes: string; type: string; purpose?: string };
type Manifest = {
  name: string; short_name: string; id: string; start_url: string; scope: string; display: string;
  background_color: string; theme_color: string; icons: Icon[]; shortcuts?: { name: string; url: string; icons?: Icon[] }[];
};

/** Waits until the service worker answers for the page. */
async function workerReady(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.ready;
    return registration.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
  });
}

test('the manifest says what an installation needs, and its icons are there in the sizes it says', async ({ page }) => {
  await page.goto('/');
  const link = page.locator('link[rel=manifest]');
  const answer = await page.request.get((await link.getAttribute('href')) ?? '');
  expect(answer.headers()['content-type']).toMatch(/^application\/manifest\+json/);
  const manifest = (await answer.json()) as Manifest;
  expect(manifest).toMatchObject({ name: 'Magentic', short_name: 'Magentic', start_url: '/', scope: '/', display: 'standalone' });
  for (const colour of [manifest.background_color, manifest.theme_color]) expect(colour).toMatch(/^#[0-9a-f]{6}$/i);
  expect(manifest.icons.some((it) => it.purpose?.includes('maskable'))).toBe(true);
  for (const size of ['192x192', '512x512']) expect(manifest.icons.some((it) => it.sizes === size)).toBe(true);
  for (const icon of manifest.icons) {
    const image = await page.request.get(icon.src);
    expect(image.headers()['content-type'], icon.src).toBe(icon.type);
    if (icon.type === 'image/png') {
      const bytes = await image.body();
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, icon.src).toBe(icon.sizes);
    }
  }
  for (const { src } of await page.locator('link[rel~=icon], link[rel=apple-touch-icon]').evaluateAll((all) =>
    all.map((it) => ({ src: it.getAttribute('href') ?? '' })),
  )) {
    expect((await page.request.get(src)).status(), src).toBe(200);
  }
});

test('the shortcuts of the manifest lead to pages that exist', async ({ page }) => {
  const manifest = (await (await page.request.get('/manifest.webmanifest')).json()) as Manifest;
  for (const { url } of manifest.shortcuts ?? []) {
    expect.soft((await page.request.get(url)).status(), url).toBeLessThan(400);
  }
});

test('without a network a page of ours says so, and the way back is there', async ({ page, context, guard }) => {
  guard.expectOffline();
  await visit(page, '/');
  await workerReady(page);
  await context.setOffline(true);
  await page.goto('/public');
  await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  await expect(page.getByRole('img').or(page.locator('main img'))).toHaveJSProperty('complete', true);
  expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily)).not.toMatch(/^"?Times/);
  await context.setOffline(false);
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Public', level: 1 })).toBeVisible();
});

test('the worker keeps no page: who signs out leaves nothing behind', async ({ page, context, guard, member }) => {
  guard.expectOffline();
  await visit(page, '/settings');
  await workerReady(page);
  await page.reload();
  await expect(page.getByText(`@${member.handle}`).first()).toBeAttached();
  const kept = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    }
    return urls;
  });
  expect(kept.filter((path) => !/^\/(pkg|fonts)\/|^\/(offline\.(html|css)|favicon\.svg)$/.test(path))).toEqual([]);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible();
});

test('with the worker in place pages, forms and uploads work as without', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  await visit(page, '/');
  await workerReady(page);
  await page.goto('/compose');
  await hydrated(page);
  const write = composer(page);
  await write.text.fill(`Through the worker, ${word}`);
  await write.send.click();
  await expect(card(page, word)).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(card(page, word)).toBeVisible();
});

test('going offline on an open page loses nothing that was typed', async ({ page, context, guard, member }) => {
  guard.expectOffline();
  expect(member.handle).toBeTruthy();
  const word = unique();
  await visit(page, '/compose');
  const write = composer(page);
  await write.text.fill(`On the train, ${word}`);
  await context.setOffline(true);
  await write.send.click();
  await expect(write.error).toContainText(/could not reach|connection/i);
  await expect(write.text).toHaveValue(`On the train, ${word}`);
  await context.setOffline(false);
  await write.send.click();
  await expect(card(page, word)).toBeVisible();
});

test('a page that asks for a part of an older release starts afresh', async ({ page, guard }) => {
  guard.expectStatus(/^\/pkg\/gone\./, 404);
  await visit(page, '/public');
  await workerReady(page);
  await page.evaluate(() => {
    Object.assign(window, { before: true });
    // What the program does when somebody goes to a page it has not loaded yet.
    void fetch('/pkg/gone.0123456789abcdef.wasm').catch(() => undefined);
  });
  await page.waitForFunction(() => !('before' in window));
  await hydrated(page);
  await expect(page).toHaveURL(/\/public$/);
});
