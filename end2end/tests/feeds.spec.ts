import { expect, hydrated, test, visit } from '../fixtures.ts';
import { unique } from '../support/people.ts';
import { card, follow, publish } from '../support/posts.ts';
import type { Page } from '@playwright/test';

const feed = (page: Page) => page.getByRole('region', { name: /^(Public posts|Posts of those you follow)$/ });

/** The addresses of the posts in sight, in order. */
const shown = (page: Page) =>
  feed(page).locator('.card-link').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));

test('the home feed has the posts of those one follows and one\'s own, the public one everybody\'s', async ({ page, member, newMember }) => {
  const [followed, stranger] = [await newMember(), await newMember()];
  const word = unique();
  await visit(page, '/');
  await expect(page.getByText('Your home feed is waiting')).toBeVisible();
  await publish(followed, `From somebody followed, ${word}`);
  await publish(stranger, `From a stranger, ${word}`);
  await publish(member, `My own, ${word}`);
  await follow(page, followed.handle);

  await visit(page, '/');
  await expect(feed(page).getByRole('article')).toHaveCount(2);
  await expect(feed(page).getByRole('article').first()).toContainText(`My own, ${word}`);
  await page.getByRole('navigation', { name: 'Feeds' }).getByRole('link', { name: 'Public' }).click();
  await expect(page).toHaveURL('/public');
  for (const text of ['From somebody followed', 'From a stranger', 'My own']) {
    await expect(card(page, `${text}, ${word}`)).toBeVisible();
  }
});

test('posts stand in the order of time, and older ones are appended without gaps or repetitions', async ({ page }) => {
  await visit(page, '/public');
  await expect(feed(page).getByRole('article')).toHaveCount(20);
  for (const count of [40, 60]) {
    await page.getByRole('link', { name: 'Load older' }).click();
    await expect(feed(page).getByRole('article')).toHaveCount(count);
  }
  const addresses = await shown(page);
  expect(new Set(addresses).size).toBe(60);
  expect(page.url()).toMatch(/\/public$/);
  const times = await feed(page).locator('.card-link time').evaluateAll((all) => all.map((it) => it.getAttribute('datetime') ?? ''));
  expect(times).toEqual([...times].sort().reverse());
});

test('the feed ends', async ({ page, member }) => {
  for (let number = 0; number < 3; number += 1) await publish(member, `Number ${number}`);
  await visit(page, `/@${member.handle}`);
  await expect(page.getByRole('article')).toHaveCount(3);
  await expect(page.getByRole('link', { name: 'Load older' })).toHaveCount(0);
});

for (const [what, path] of [
  ['public feed', '/public'], ['front page', '/'], ['profile', '/@ana'], ['list of followers', '/@ana/followers'],
] as const) {
  test(`a made-up cursor of the ${what} is refused clearly`, async ({ page, guard }) => {
    guard.expectStatus(/after=/, 400);
    const answer = await page.goto(`${path}?after=made-up`);
    expect(answer?.status()).toBe(400);
    await expect(page.getByText('This page marker is not valid.')).toBeVisible();
    await hydrated(page);
    await page.getByRole('main').getByRole('link', { name: 'Go to the start page' }).click();
    await expect(page).toHaveURL('/');
  });
}

test('a made-up but well-formed cursor shows what is older, or nothing', async ({ page }) => {
  const answer = await page.goto(`/public?after=${'0'.repeat(32)}`);
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole('article')).toHaveCount(0);
});

test('a feed keeps its place when one goes to a post and back', async ({ page }) => {
  await visit(page, '/public');
  const before = await shown(page);
  await page.locator(`a.card-link[href="${before[3]}"]`).click();
  await expect(page.getByRole('heading', { name: 'Post', level: 1 })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL('/public');
  await expect.poll(() => shown(page)).toEqual(expect.arrayContaining(before.slice(0, 5)));
});
