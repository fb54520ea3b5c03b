import { expect, hydrated, test, visit } from '../fixtures.ts';
import { expireLinks } from '../support/database.ts';
import { checkNothing, expectFieldError, expectFormError } from '../support/forms.ts';
import { expectSignedIn, expectSignedOut, fillSignIn, linkInLetter, openLetter } from '../support/people.ts';
import type { Page } from '@playwright/test';

const NEW = 'quiet harbour violin 7';

/** Asks for a link to a new password, and opens the page behind it. */
async function forget(page: Page, email: string): Promise<string> {
  await visit(page, '/sign-in');
  await page.getByRole('main').getByRole('link', { name: 'Forgot it?' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  await openLetter(page, email, 'Choose a new password');
  const link = await linkInLetter(page);
  await page.goto(link);
  await hydrated(page);
  return link;
}

async function choose(page: Page, password: string): Promise<void> {
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Save the new password' }).click();
}

test('a forgotten password is replaced by mail, and every device is signed out', async ({ open, member }) => {
  const device = await open({ as: member });
  await visit(device, '/public');
  await expectSignedIn(device, member.handle);

  const page = await open();
  await forget(page, member.email);
  await choose(page, NEW);
  await expect(page.getByText('Your password was replaced')).toBeVisible();
  await fillSignIn(page, member.handle, NEW);
  await expectSignedIn(page, member.handle);

  await device.reload();
  await expectSignedOut(device);
  await openLetter(page, member.email, 'Your password was replaced');
});

test('the old password no longer works', async ({ page, guard, member }) => {
  guard.expectStatus(/sign_in$/, 422);
  await page.context().clearCookies();
  await forget(page, member.email);
  await choose(page, NEW);
  await fillSignIn(page, member.handle, member.password);
  await expectFieldError(page.getByLabel('Password', { exact: true }), "don't belong together");
});

test('a weak or short password is refused at its field, and the link still works', async ({ page, guard, member }) => {
  guard.expectStatus(/reset_password$/, 422);
  await page.context().clearCookies();
  await forget(page, member.email);
  await checkNothing(page);
  await choose(page, 'short');
  await expectFieldError(page.getByLabel('New password'), 'at least 10 characters');
  await choose(page, 'password1234');
  await expectFieldError(page.getByLabel('New password'), 'too easy to guess');
  await choose(page, NEW);
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a link works once', async ({ page, guard, member }) => {
  guard.expectStatus(/reset_password$/, 410);
  await page.context().clearCookies();
  const link = await forget(page, member.email);
  await choose(page, NEW);
  await expect(page).toHaveURL(/\/sign-in/);
  await visit(page, link);
  await choose(page, 'another violin harbour 8');
  await expectFormError(page, /has been used/);
  await page.getByRole('link', { name: 'Get a new link' }).click();
  await expect(page).toHaveURL('/forgot-password');
});

test('a link expires', async ({ page, guard, member }) => {
  guard.expectStatus(/reset_password$/, 410);
  await page.context().clearCookies();
  await forget(page, member.email);
  await expireLinks(member.email);
  await choose(page, NEW);
  await expectFormError(page, /has expired/);
});

test('whether an address has an account is not told', async ({ page }) => {
  await visit(page, '/forgot-password');
  await page.getByLabel('E-mail').fill('nobody-at-all@example.org');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText('If there is an account with this address')).toBeVisible();
});

test('what is no address is refused at its field', async ({ page, guard }) => {
  guard.expectStatus(/request_reset$/, 422);
  await visit(page, '/forgot-password');
  await checkNothing(page);
  await page.getByLabel('E-mail').fill('not an address');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expectFieldError(page.getByLabel('E-mail'), /e-mail|address/i);
  await expect(page.getByLabel('E-mail')).toHaveValue('not an address');
});
