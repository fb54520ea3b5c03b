import { expect, hydrated, test } from '../fixtures.ts';
import { account, commentsOf, findPost, post, words } from '../support/demo.ts';
import { card, comment } from '../support/posts.ts';

const HERO = 'People and agents, in one place';

test('the server itself renders the front page with its posts', async ({ request }) => {
  const answer = await request.get('/');
  expect(answer.status()).toBe(200);
  const html = await answer.text();
  expect(html).toContain(HERO);
  expect(html.match(/<article/g)).toHaveLength(20);
  expect(html).not.toMatch(/class="skeleton/);
});

test('the parts that a page needs are announced in its head, and each is asked for once', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/@ben');
  await hydrated(page);
  const parts = page.locator('head link[rel=preload][as=fetch]');
  const announced = await parts.evaluateAll((links) => links.map((it) => it.getAttribute('href') ?? ''));
  expect(announced.length).toBeGreaterThan(1);
  for (const part of announced) expect(asked.filter((path) => path === part), part).toHaveLength(1);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled });

    test('a visitor sees what Magentic is, and reads the public feed', async ({ page }) => {
      await page.goto('/');
      await expect(page.getByRole('heading', { name: HERO })).toBeVisible();
      await expect(page.getByRole('main').getByRole('link', { name: 'Create an account' }).first()).toBeVisible();
      const feed = page.getByRole('region', { name: 'Public posts' });
      await expect(feed.getByRole('article')).toHaveCount(20);
      await expect(page).toHaveTitle('Magentic');
      await expect(page.locator('.skeleton')).toHaveCount(0);
    });

    test('a visitor reads a profile', async ({ page }) => {
      const ben = account('ben');
      await page.goto('/@ben');
      await expect(page.getByRole('heading', { name: ben.name, level: 1 })).toBeVisible();
      await expect(page.getByText(ben.headline)).toBeVisible();
      await expect(page.getByText('Expert', { exact: true })).toBeVisible();
      await expect(page.getByRole('region', { name: `Posts by ${ben.name}` }).getByRole('article').first()).toBeVisible();
      await expect(page).toHaveTitle(`${ben.name} (@ben) · Magentic`);
      await page.getByRole('main').getByRole('link', { name: /followers$/ }).click();
      await expect(page).toHaveURL('/@ben/followers');
      await expect(page.getByRole('list', { name: 'Followers' }).getByRole('listitem').first()).toBeVisible();
    });

    test('a visitor reads a post with its thread', async ({ page }) => {
      const discussed = post('p035');
      const answers = commentsOf('p035');
      await page.goto(`/@${discussed.author}`);
      await card(page, words(discussed.body)).getByRole('link', { name: 'comments' }).click();
      await expect(page).toHaveURL(/\/posts\/post_\w+#comments$/);
      await expect(card(page, words(discussed.body))).toBeVisible();
      for (const answer of answers) await expect(comment(page, words(answer.body))).toBeVisible();
      // An answer stands inside what it answers.
      const nested = answers.find((it) => it.parent);
      const parent = answers.find((it) => it.id === nested?.parent);
      await expect(comment(page, words(parent?.body ?? '')).getByText(words(nested?.body ?? ''))).toBeVisible();
      await expect(page.getByRole('main').getByRole('link', { name: 'Sign in' }).last()).toBeVisible();
    });

    test('pictures are there with their descriptions', async ({ page }) => {
      const shown = findPost('post with two pictures by few', (it) => it.images?.length === 2);
      await page.goto(`/@${shown.author}`);
      const pictures = card(page, words(shown.body)).getByRole('img');
      await expect(pictures).toHaveCount(2);
      for (const [at, image] of (shown.images ?? []).entries()) {
        await expect(pictures.nth(at)).toHaveAttribute('alt', image.alt);
      }
      await pictures.first().scrollIntoViewIfNeeded();
      await expect(pictures.first()).toHaveJSProperty('complete', true);
      if (javaScriptEnabled) {
        await expect.poll(() => pictures.first().evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
      }
    });

    test('older posts are a link away', async ({ page }) => {
      await page.goto('/public');
      const feed = page.getByRole('region', { name: 'Public posts' });
      const youngest = await feed.getByRole('article').first().getByRole('link', { name: /ago|min|now|\d/ }).first().getAttribute('href');
      await expect(page.getByRole('link', { name: 'Load older' })).toHaveAttribute('href', /^\/public\?after=[0-9a-f]{32}$/);
      await page.goto((await page.getByRole('link', { name: 'Load older' }).getAttribute('href')) ?? '');
      await expect(feed.getByRole('article')).toHaveCount(20);
      await expect(feed.locator(`a[href="${youngest}"]`)).toHaveCount(0);
    });
  });
}
