import { expect, test, visit } from '../fixtures.ts';
import { navigation } from '../support/people.ts';
import { publish } from '../support/posts.ts';
import type { Locator } from '@playwright/test';

test.skip(({ isMobile }) => !isMobile, 'about phones');

async function expectFingerSize(targets: Locator, least: number): Promise<void> {
  const small = await targets.evaluateAll((all, least) => {
    const seen = all.filter((it) => it.checkVisibility());
    if (seen.length === 0) return ['nothing to press'];
    return seen
      .map((it) => ({ it, box: it.getBoundingClientRect() }))
      .filter(({ box }) => box.width < least - 0.5 || box.height < least - 0.5)
      .map(({ it, box }) => `${it.getAttribute('aria-label') ?? it.textContent}: ${box.width} × ${box.height}`);
  }, least);
  expect(small).toEqual([]);
}

test('the bar at the foot leads to the main places', async ({ page, member }) => {
  await visit(page, '/');
  const bar = page.locator('.bottom-bar');
  await expect(bar).toBeInViewport({ ratio: 1 });
  await expect(page.locator('.rail')).toBeHidden();
  await expect(bar.getByRole('link')).toHaveText(['Home', 'Market', 'Chats', 'Inbox', 'Write']);
  await expectFingerSize(bar.locator('a.bottom-link, summary'), 44);
  for (const [name, url] of [
    ['Market', '/market'], ['Chats', '/chats'], ['Inbox', '/inbox'], ['Write', '/compose'], ['Home', '/'],
  ] as const) {
    await navigation(page).getByRole('link', { name }).tap();
    await expect(page).toHaveURL(url);
    await expect(bar.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
    await expect(bar).toBeInViewport({ ratio: 1 });
  }
  for (const [name, url] of [
    ['Public', '/public'], ['Profile', `/@${member.handle}`], ['Wallet', '/wallet'], ['Settings', '/settings'],
  ] as const) {
    await bar.locator('summary').tap();
    await expect(bar.getByRole('link', { name })).toBeInViewport({ ratio: 1 });
    await bar.getByRole('link', { name }).tap();
    await expect(page).toHaveURL(url);
    await expect(bar.getByRole('link', { name })).toBeHidden();
  }
});

test('the bar does not cover the end of a page', async ({ page }) => {
  await visit(page, '/public');
  // The page may still grow by a line when its font arrives.
  await page.evaluate(async () => {
    await document.fonts.ready;
    window.scrollTo(0, document.documentElement.scrollHeight);
  });
  const last = page.getByRole('link', { name: 'Load older' });
  await expect(last).toBeInViewport({ ratio: 1 });
  const [bar, link] = [await page.locator('.bottom-bar').boundingBox(), await last.boundingBox()];
  expect((link?.y ?? 0) + (link?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
});

test('what one presses under posts and comments is large enough for fingers', async ({ page, member }) => {
  const id = await publish(member, 'Room for fingers');
  await publish(member, 'Here as well', id);
  await visit(page, `/posts/${id}`);
  await expectFingerSize(page.locator('.post-actions').locator('a, button'), 44);
  await expectFingerSize(page.locator('.comment-actions').locator('a, button'), 44);
  await expectFingerSize(page.locator('.post-menu summary'), 44);
  await expectFingerSize(page.getByRole('main').locator('.button'), 44);
  await page.goto('/public');
  await expectFingerSize(page.locator('.post-actions').locator('a, button'), 44);
});

test('forms fill the width, and fields do not zoom in when they are tapped', async ({ page }) => {
  await visit(page, '/sign-in');
  const login = page.getByLabel('Handle or e-mail');
  // Safari zooms into fields whose text is smaller than this.
  expect(await login.evaluate((it) => parseFloat(getComputedStyle(it).fontSize))).toBeGreaterThanOrEqual(16);
  await expectFingerSize(page.getByRole('main').getByRole('button', { name: 'Sign in' }), 44);
});
