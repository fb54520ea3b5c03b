/** Everything that matters works without JavaScript: pages are rendered by the server, links are links, forms are forms. */
import { expect, test } from '../fixtures.ts';
import { expectFieldError } from '../support/forms.ts';
import { brokenPng, png } from '../support/pictures.ts';
import {
  ana, expectSignedIn, expectSignedOut, fillSignIn, fillSignUp, linkInLetter, goTo, openLetter, somebody, unique,
} from '../support/people.ts';
import { card, comment, composer, likeButton, openMenu, publish } from '../support/posts.ts';

test.use({ javaScriptEnabled: false });

test('signing up, confirming, signing out and in', async ({ page }) => {
  const person = somebody();
  await page.goto('/');
  await goTo(page, 'Join');
  await fillSignUp(page, person);
  await expect(page).toHaveURL('/sign-up/check-mail');
  await openLetter(page, person.email, 'Confirm your e-mail');
  await page.goto(await linkInLetter(page));
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page).toHaveURL('/');
  await expectSignedIn(page, person.handle);

  await goTo(page, 'Settings');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await expectSignedOut(page);
  await goTo(page, 'Sign in');
  await fillSignIn(page, person.handle, person.password);
  await expectSignedIn(page, person.handle);
});

test('a refused form comes back with its status, its messages and what was typed, but no password', async ({ page, guard }) => {
  guard.expectStatus(/^\/sign-up\?do=/, 409, 422);
  await page.goto('/sign-up');
  const person = somebody();
  await fillSignUp(page, { ...person, handle: 'ANA' });
  const again = page.getByLabel('Handle');
  await expectFieldError(again, 'taken, or too similar');
  await expect(again).toHaveValue('ANA');
  await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  const answer = await page.request.post('/sign-up?do=identity/sign_up', { form: { ...person, handle: 'x' } });
  expect(answer.status()).toBe(422);
});

test('a wrong password is said at its field', async ({ page, guard }) => {
  guard.expectStatus(/^\/sign-in\?do=/, 422);
  await page.goto('/sign-in');
  await fillSignIn(page, ana.handle, 'not the password');
  await expectFieldError(page.getByLabel('Password', { exact: true }), "don't belong together");
  await expect(page.getByLabel('Handle or e-mail')).toHaveValue(ana.handle);
});

test('a forgotten password is replaced', async ({ page, member }) => {
  await page.context().clearCookies();
  await page.goto('/forgot-password');
  await page.getByLabel('E-mail').fill(member.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await openLetter(page, member.email, 'Choose a new password');
  await page.goto(await linkInLetter(page));
  await page.getByLabel('New password').fill('quiet harbour violin 7');
  await page.getByRole('button', { name: 'Save the new password' }).click();
  await fillSignIn(page, member.handle, 'quiet harbour violin 7');
  await expectSignedIn(page, member.handle);
});

test('posting with pictures, editing, deleting, bringing back', async ({ page, member }) => {
  const word = unique();
  await page.goto('/');
  await goTo(page, 'Write');
  const write = composer(page);
  await write.text.fill(`**Plain** old web, ${word}`);
  await write.form.getByText('Add pictures').click();
  await write.form.getByLabel('Picture 1').setInputFiles(png('one.png'));
  await write.form.getByLabel(/What it shows/).nth(0).fill('A lilac square');
  await write.form.getByLabel('Picture 2').setInputFiles(png('two.png', [20, 140, 90]));
  await write.form.getByLabel(/What it shows/).nth(1).fill('A green square');
  await write.send.click();

  await expect(page).toHaveURL(/\/posts\/post_\w+$/);
  const post = page.url();
  await expect(card(page, word).locator('strong')).toHaveText('Plain');
  await expect(card(page, word).getByRole('img', { name: 'A lilac square' })).toBeVisible();
  await expect(card(page, word).getByRole('img', { name: 'A green square' })).toBeVisible();
  await page.goto(`/@${member.handle}`);
  await expect(card(page, word)).toHaveCount(1);

  await openMenu(card(page, word));
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill(`Changed, ${word}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(post);
  await expect(card(page, `Changed, ${word}`).getByRole('link', { name: 'edited' })).toBeVisible();

  await openMenu(card(page, word));
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('You deleted this.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(card(page, `Changed, ${word}`)).toBeVisible();
});

test('a refused post keeps its text and the picture that was good', async ({ page, guard, member }) => {
  guard.expectStatus(/do=social\/publish/, 413, 415, 422);
  expect(member.handle).toBeTruthy();
  const word = unique();
  await page.goto('/compose');
  const write = composer(page);
  await write.text.fill(`Second try, ${word}`);
  await write.form.getByText('Add pictures').click();
  await write.form.getByLabel('Picture 1').setInputFiles(png('good.png'));
  await write.form.getByLabel(/What it shows/).nth(0).fill('The good one');
  await write.form.getByLabel('Picture 2').setInputFiles(brokenPng('bad.png'));
  await write.send.click();
  await expect(write.error).toContainText('damaged');
  await expect(write.text).toHaveValue(`Second try, ${word}`);
  await write.send.click();
  await expect(card(page, word).getByRole('img', { name: 'The good one' })).toBeVisible();
  await expect(card(page, word).getByRole('img')).toHaveCount(1);
});

test('commenting, answering, liking, following', async ({ page, member, newMember }) => {
  const word = unique();
  const author = await newMember();
  const id = await publish(author, `Open to all, ${word}`);
  await page.goto(`/posts/${id}`);
  const write = composer(page);
  await write.text.fill(`A comment, ${word}`);
  await write.send.click();
  await expect(page).toHaveURL(/\/posts\/post_\w+#post_\w+$/);
  await comment(page, `A comment, ${word}`).getByRole('link', { name: 'Reply' }).click();
  await write.text.fill(`An answer, ${word}`);
  await write.send.click();
  await expect(comment(page, `A comment, ${word}`)).toBeVisible();
  await expect(comment(page, `An answer, ${word}`)).toBeVisible();

  await page.goto(`/posts/${id}`);
  const button = likeButton(card(page, word));
  await button.click();
  await expect(button).toHaveAccessibleName('Liked by you, 1');
  await expect(page).toHaveURL(`/posts/${id}`);
  await button.click();
  await expect(button).toHaveAccessibleName('Like');

  await page.goto(`/@${author.handle}`);
  await page.getByRole('button', { name: `Follow @${author.handle}` }).click();
  await expect(page.getByRole('button', { name: `Following @${author.handle}` })).toBeVisible();
  await page.goto('/');
  await expect(card(page, word)).toBeVisible();
  expect(member.handle).not.toBe(author.handle);
});

test('editing the profile with a portrait, and signing a device out', async ({ page, member }) => {
  await page.goto('/settings');
  await page.getByLabel('Headline').fill('Without scripts');
  await page.getByLabel(/Portrait/).and(page.locator('input[type=file]')).setInputFiles(png('me.png'));
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your profile was saved.')).toBeVisible();
  await page.goto(`/@${member.handle}`);
  await expect(page.getByText('Without scripts')).toBeVisible();
  await expect(page.locator('.profile-head .avatar img')).toHaveAttribute('src', /^\/media\//);

  await page.goto('/settings/devices');
  await page.getByRole('row').filter({ hasText: 'This device' }).getByRole('button', { name: /Sign out/ }).click();
  await expectSignedOut(page);
});

test('what only JavaScript can do is not offered', async ({ page, member }) => {
  expect(member.handle).toBeTruthy();
  await page.goto('/compose');
  await expect(page.getByRole('button', { name: 'Show a preview' })).toHaveCount(0);
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Show the password' })).toHaveCount(0);
});
