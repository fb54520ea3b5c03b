import { expect, hydrated, test, visit } from '../fixtures.ts';
import { tabTo } from '../support/keyboard.ts';
import { expectSignedIn, unique } from '../support/people.ts';
import { card, composer, likeButton, openMenu, publish } from '../support/posts.ts';

test.skip(({ isMobile }) => isMobile, 'phones have no keyboard');

test('the first stop of a page leads past the navigation', async ({ page }) => {
  await visit(page, '/public');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await page.keyboard.press('Tab');
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement));
  expect(inside).toBe(true);
});

test('somebody signs in, writes, likes, and opens the menu with keys alone', async ({ page, newMember }) => {
  const person = await newMember();
  const word = unique();
  await visit(page, '/');
  await tabTo(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/sign-in');
  const login = page.getByLabel('Handle or e-mail');
  if (!(await login.evaluate((it) => it === document.activeElement))) await tabTo(page, login);
  await page.keyboard.type(person.handle);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await expectSignedIn(page, person.handle);
  await hydrated(page);

  const write = composer(page);
  await tabTo(page, write.text);
  await page.keyboard.type(`By keys alone, ${word}`);
  await tabTo(page, write.send);
  await page.keyboard.press('Enter');
  const mine = card(page, word);
  await expect(mine).toBeVisible();

  await tabTo(page, mine.getByLabel('What you can do with this post'));
  await page.keyboard.press('Enter');
  await expect(mine.getByRole('button', { name: 'Delete' })).toBeVisible();
  await tabTo(page, mine.getByRole('link', { name: 'Edit', exact: true }));
  await page.keyboard.press('Escape');
  await expect(mine.getByRole('button', { name: 'Delete' })).toBeHidden();
  await expect(mine.getByLabel('What you can do with this post')).toBeFocused();

  await tabTo(page, likeButton(mine));
  await page.keyboard.press('Space');
  await expect(likeButton(mine)).toHaveAccessibleName('Liked by you, 1');
  await expect(likeButton(mine)).toBeFocused();
});

test('the focus stays with what was done', async ({ page, member }) => {
  const word = unique();
  const id = await publish(member, `Focus, ${word}`);
  await visit(page, `/posts/${id}`);
  await openMenu(card(page, word));
  await page.getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('Enter');
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeVisible();
  await tabTo(page, undo, 25);
  await page.keyboard.press('Enter');
  await expect(card(page, word)).toBeVisible();
});

test('after going to another page the focus is where its content begins', async ({ page }) => {
  await visit(page, '/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Public' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Public', level: 1 })).toBeVisible();
  await expect(page).toHaveTitle('Public · Magentic');
  // Whoever can't see the page must be able to go on from there: the focus is still on something.
  const focused = await page.evaluate(() => document.activeElement?.tagName);
  expect(focused).not.toBe('BODY');
});

test('an error takes the reader to it', async ({ page, guard }) => {
  guard.expectStatus(/sign_in$/, 422);
  await visit(page, '/sign-in');
  await page.getByLabel('Handle or e-mail').fill('somebody_else');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await expect(page.getByText("don't belong together").first()).toBeVisible();
  // Said aloud: by a live region, or because the focus is in the field it describes.
  const heard = await page.evaluate(() => {
    const message = [...document.querySelectorAll('.field-error, .form-error')].find((it) => it.textContent?.includes("don't belong"));
    const live = message?.closest('[role=alert], [role=status], [aria-live]');
    const described = document.activeElement?.getAttribute('aria-describedby') ?? '';
    return Boolean(live) || (message !== undefined && described.split(' ').includes(message.id));
  });
  expect(heard).toBe(true);
});
