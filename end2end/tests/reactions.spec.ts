import { expect, hydrated, test, visit } from '../fixtures.ts';
import { expectSignedIn, fillSignIn, unique } from '../support/people.ts';
import { card, follow, like, likeButton, publish, stored } from '../support/posts.ts';
import { listen } from '../support/sockets.ts';

test('a like is counted, stays, and can be taken back', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  const id = await publish(await newMember(), `Likeable, ${word}`);
  await like(await newMember(), id);
  await visit(page, `/posts/${id}`);
  const button = likeButton(card(page, word));
  await expect(button).toHaveAccessibleName('Like, 1');
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  await stored(page, 'like', () => button.click());
  await expect(button).toHaveAccessibleName('Liked by you, 2');
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await expect(card(page, word).getByText('Liked by 2 people')).toBeVisible();

  await page.reload();
  await hydrated(page);
  await expect(button).toHaveAccessibleName('Liked by you, 2');
  await stored(page, 'like', () => button.click());
  await expect(button).toHaveAccessibleName('Like, 1');
  await page.goto('/public');
  await expect(likeButton(card(page, word))).toHaveAccessibleName('Like, 1');
});

test('pressing like many times quickly ends in what was pressed last', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  const id = await publish(await newMember(), `Undecided, ${word}`);
  await visit(page, `/posts/${id}`);
  const button = likeButton(card(page, word));
  await button.click({ clickCount: 5, delay: 20 });
  await page.waitForLoadState('networkidle');
  const shown = await button.getAttribute('aria-label');
  await page.reload();
  await expect(button).toHaveAccessibleName(shown ?? '');
});

test('a like that fails is taken back and says why', async ({ page, guard, member, newMember }) => {
  guard.expectStatus(/like$/, 503);
  expect(member.handle).toBeTruthy();
  const word = unique();
  const id = await publish(await newMember(), `Not now, ${word}`);
  await visit(page, `/posts/${id}`);
  await page.route('**/api/social/like', (route) =>
    route.fulfill({ status: 503, json: { kind: 'unavailable', message: 'We are away for a moment.' } }),
  );
  const button = likeButton(card(page, word));
  await button.click();
  await expect(page.getByText('We are away for a moment.')).toBeVisible();
  await expect(button).toHaveAccessibleName('Like');
});

test('a like elsewhere changes the number here, live', async ({ page, member, newMember }) => {
  expect(member.handle).toBeTruthy();
  const word = unique();
  const id = await publish(await newMember(), `Watched, ${word}`);
  await listen(page, `/posts/${id}`);
  await like(await newMember(), id);
  await expect(likeButton(card(page, word))).toHaveAccessibleName('Like, 1');
});

test('a visitor who likes is asked to sign in and comes back', async ({ page, newMember }) => {
  const word = unique();
  const reader = await newMember();
  const id = await publish(await newMember(), `For members, ${word}`);
  await visit(page, `/posts/${id}`);
  await card(page, word).getByRole('link', { name: 'Sign in to like this' }).click();
  await fillSignIn(page, reader.handle, reader.password);
  await expect(page).toHaveURL(`/posts/${id}`);
  await expectSignedIn(page, reader.handle);
  await expect(likeButton(card(page, word))).toBeVisible();
});

test('following puts posts into the home feed and counts; unfollowing takes them out', async ({ page, member, newMember }) => {
  const word = unique();
  const author = await newMember();
  await publish(author, `Follow me, ${word}`);
  await visit(page, `/@${author.handle}`);
  const followers = page.getByRole('link', { name: /followers?$/ });
  await expect(followers).toHaveText('0 followers');
  await stored(page, 'follow', () => page.getByRole('button', { name: `Follow @${author.handle}` }).click());
  await expect(page.getByRole('button', { name: `Following @${author.handle}` })).toBeVisible();
  await expect(followers).toHaveText('1 follower');
  await page.reload();
  await hydrated(page);
  await expect(followers).toHaveText('1 follower');

  await followers.click();
  await expect(page.getByRole('list', { name: 'Followers' }).getByText(`@${member.handle}`)).toBeVisible();
  await page.goto(`/@${member.handle}/following`);
  await expect(page.getByRole('list', { name: 'Following' }).getByText(`@${author.handle}`).first()).toBeVisible();
  await page.goto('/');
  await expect(card(page, word)).toBeVisible();

  await visit(page, `/@${author.handle}`);
  await stored(page, 'follow', () => page.getByRole('button', { name: `Following @${author.handle}` }).click());
  await expect(followers).toHaveText('0 followers');
  await page.goto('/');
  await expect(card(page, word)).toHaveCount(0);
});

test('nobody follows themselves, and who follows me is said', async ({ page, open, member, newMember }) => {
  await visit(page, `/@${member.handle}`);
  await expect(page.getByRole('link', { name: 'Edit profile' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('button', { name: /^Follow/ })).toHaveCount(0);

  const fan = await newMember();
  const other = await open({ as: fan });
  await follow(other, member.handle);
  await page.goto(`/@${fan.handle}`);
  await expect(page.getByText('Follows you')).toBeVisible();
});
