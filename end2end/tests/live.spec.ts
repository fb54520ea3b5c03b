import { expect, test } from '../fixtures.ts';
import { unique } from '../support/people.ts';
import { card, comment, composer, edit, follow, publish } from '../support/posts.ts';
import { listen } from '../support/sockets.ts';
import type { Page } from '@playwright/test';

const pill = (page: Page) => page.locator('.live-banner').getByRole('link');
const lost = (page: Page) => page.getByRole('status').filter({ hasText: 'The connection was lost' });

/** Opens a page, waits until it listens, and marks it, so that a reload would show. */
async function watch(page: Page, path: string) {
  const socket = await listen(page, path);
  await page.evaluate(() => Object.assign(window, { same: true }));
  return socket;
}

/** The page is still the one that was opened: nothing was loaded anew. */
const same = (page: Page) => page.evaluate(() => 'same' in window);

test('new posts announce themselves in the home feed without a reload, and appear when asked for', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const author = await newMember();
  const stranger = await newMember();
  const word = unique();
  await publish(author, `Zero, ${word}`);
  await follow(page, author.handle);
  await watch(page, '/');
  await expect(card(page, `Zero, ${word}`)).toBeVisible();

  await publish(stranger, `Not for this feed, ${word}`);
  await publish(author, `One, ${word}`);
  await expect(pill(page)).toHaveText('1 new post');
  await publish(author, `Two, ${word}`);
  await publish(author, `Three, ${word}`);
  await expect(pill(page)).toHaveText('3 new posts');
  await expect(card(page, `One, ${word}`)).toHaveCount(0);
  await pill(page).click();
  const titles = page.getByRole('article');
  await expect(titles).toHaveText([/Three/, /Two/, /One/, /Zero/]);
  await expect(pill(page)).toHaveCount(0);
  expect(await same(page)).toBe(true);
});

test('the public feed announces posts of everybody, in a region that is read out', async ({ page, newMember }) => {
  const word = unique();
  await watch(page, '/public');
  await publish(await newMember(), `For all to see, ${word}`);
  await expect(pill(page)).toHaveText(/^\d+ new posts?$/);
  await expect(page.locator('.live-banner')).toHaveAttribute('aria-live', 'polite');
  await pill(page).click();
  await expect(card(page, word)).toHaveCount(1);
  expect(await same(page)).toBe(true);
});

test('a visitor hears of new posts on the front page', async ({ page, newMember }) => {
  const word = unique();
  await watch(page, '/');
  await publish(await newMember(), `Visible outside, ${word}`);
  await expect(pill(page)).toBeVisible();
  await pill(page).click();
  await expect(card(page, word)).toHaveCount(1);
});

test('what was posted while the connection was lost is announced after it came back: nothing lost, nothing twice', async ({ page, guard, member, newMember }) => {
  guard.expectOffline();
  expect(member.handle).toBeTruthy();
  const author = await newMember();
  const word = unique();
  await publish(author, `Before, ${word}`);
  await follow(page, author.handle);
  const socket = await watch(page, '/');
  await publish(author, `Live, ${word}`);
  await expect(pill(page)).toHaveText('1 new post');

  await socket.cut();
  await expect(lost(page)).toBeVisible();
  await publish(author, `Missed once, ${word}`);
  await publish(author, `Missed twice, ${word}`);
  await expect(pill(page)).toHaveText('1 new post');

  socket.mend();
  await expect(lost(page)).toHaveCount(0, { timeout: 20_000 });
  await expect(pill(page)).toHaveText('3 new posts');
  await publish(author, `After, ${word}`);
  await expect(pill(page)).toHaveText('4 new posts');
  await pill(page).click();
  await expect(page.getByRole('article')).toHaveText([/After/, /Missed twice/, /Missed once/, /Live/, /Before/]);
  await expect(pill(page)).toHaveCount(0);
  expect(await same(page)).toBe(true);
});

test('a connection that breaks again and again still tells each post once', async ({ page, guard, member, newMember }) => {
  guard.expectOffline();
  expect(member.handle).toBeTruthy();
  const author = await newMember();
  const word = unique();
  await publish(author, `Start, ${word}`);
  await follow(page, author.handle);
  const socket = await watch(page, '/');
  for (let round = 1; round <= 3; round += 1) {
    await socket.cut();
    await expect(lost(page)).toBeVisible();
    await publish(author, `Round ${round}, ${word}`);
    socket.mend();
    await expect(lost(page)).toHaveCount(0, { timeout: 20_000 });
    await expect(pill(page)).toHaveText(round === 1 ? '1 new post' : `${round} new posts`);
  }
  await pill(page).click();
  await expect(page.getByRole('article')).toHaveText([/Round 3/, /Round 2/, /Round 1/, /Start/]);
});

test('a thread announces new comments and takes changes of others over', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const [author, other] = [await newMember(), await newMember()];
  const word = unique();
  const id = await publish(author, `Live thread, ${word}`);
  await watch(page, `/posts/${id}`);
  await publish(other, `A live comment, ${word}`, id);
  await expect(pill(page)).toHaveText('1 new comment');
  await pill(page).click();
  await expect(comment(page, `A live comment, ${word}`)).toBeVisible();
  await edit(author, id, `Live thread, changed, ${word}`);
  await expect(card(page, `Live thread, changed, ${word}`)).toBeVisible();
  expect(await same(page)).toBe(true);
});

test('what is being typed survives live news and the loss of the connection', async ({ page, guard, member, newMember }) => {
  guard.expectOffline();
  expect(member.handle).toBeTruthy();
  const author = await newMember();
  const word = unique();
  const id = await publish(author, `Busy thread, ${word}`);
  const socket = await watch(page, `/posts/${id}`);
  const write = composer(page);
  await write.text.fill('Not finished');
  await edit(author, id, `Busy thread, edited, ${word}`);
  await expect(card(page, `Busy thread, edited, ${word}`)).toBeVisible();
  await expect(write.text).toHaveValue('Not finished');
  await socket.cut();
  await expect(lost(page)).toBeVisible();
  await expect(write.text).toHaveValue('Not finished');
});
