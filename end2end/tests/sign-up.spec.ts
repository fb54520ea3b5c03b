import { expect, hydrated, test, visit } from '../fixtures.ts';
import { expireLinks } from '../support/database.ts';
import { checkNothing, expectFieldError, expectFormError } from '../support/forms.ts';
import {
  type Person, ana, expectSignedIn, expectSignedOut, fillSignIn, fillSignUp, linkInLetter, openLetter, somebody,
} from '../support/people.ts';
import type { Page } from '@playwright/test';

const CONFIRM = 'Confirm your e-mail';

/** Signs up, and opens the page behind the link in the letter. */
async function signUpToLink(page: Page, person: Person): Promise<string> {
  await visit(page, '/sign-up');
  await fillSignUp(page, person);
  await expect(page).toHaveURL('/sign-up/check-mail');
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  await openLetter(page, person.email, CONFIRM);
  const link = await linkInLetter(page);
  await page.goto(link);
  await hydrated(page);
  return link;
}

const confirm = (page: Page) => page.getByRole('button', { name: 'Confirm and sign in' });

test('somebody signs up, confirms the address by mail, and is signed in', async ({ page }) => {
  const person = somebody();
  await visit(page, '/');
  await page.getByRole('main').getByRole('link', { name: /^(Join|Create)/ }).first().click();
  await fillSignUp(page, person);
  await expect(page).toHaveURL('/sign-up/check-mail');
  await page.getByRole('main').getByRole('link', { name: 'Open the mailbox' }).click();
  await openLetter(page, person.email, CONFIRM);
  await expect(page.getByText(`@${person.handle}`)).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: /\?token=/ }).click();
  await confirm(page).click();
  await expect(page).toHaveURL('/');
  await expectSignedIn(page, person.handle);
});

test('an account can be used only after its address was confirmed', async ({ page, guard }) => {
  guard.expectStatus(/sign_in$/, 403);
  const person = somebody();
  await signUpToLink(page, person);
  await visit(page, '/sign-in');
  await fillSignIn(page, person.handle, person.password);
  await expectFormError(page, /Confirm your e-mail first/);
  await expect(page.getByRole('link', { name: 'Send the letter again' })).toBeVisible();
});

test('a link that was used says so and leads to signing in', async ({ page, open, guard }) => {
  guard.expectStatus(/confirm_email$/, 410);
  const person = somebody();
  const link = await signUpToLink(page, person);
  await confirm(page).click();
  await expectSignedIn(page, person.handle);

  const other = await open();
  await visit(other, link);
  await confirm(other).click();
  await expectFormError(other, /has been used/);
  await other.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await expect(other).toHaveURL('/sign-in');
});

test('a link that expired says so, and a new one works', async ({ page, guard }) => {
  guard.expectStatus(/confirm_email$/, 410);
  const person = somebody();
  await signUpToLink(page, person);
  await expireLinks(person.email);
  await confirm(page).click();
  await expectFormError(page, /has expired/);

  await page.getByRole('link', { name: 'Get a new link' }).click();
  await page.getByRole('textbox', { name: 'No letter?' }).fill(person.email);
  await page.getByRole('button', { name: 'Send another letter' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'a new letter is on its way' })).toBeVisible();
  await expect(async () => {
    await openLetter(page, person.email, CONFIRM);
    await page.goto(await linkInLetter(page));
    await hydrated(page);
    await confirm(page).click();
    await expect(page).toHaveURL('/', { timeout: 2_000 });
  }).toPass();
  await expectSignedIn(page, person.handle);
});

for (const [what, path] of [['made up', '/confirm-email?token=nothing-of-ours'], ['cut short', '/confirm-email']] as const) {
  test(`a link that is ${what} says what to do`, async ({ page, guard }) => {
    guard.expectStatus(/confirm_email$/, 404);
    await visit(page, path);
    if (await confirm(page).isVisible()) await confirm(page).click();
    await expect(page.getByText(/Copy the whole link/)).toBeVisible();
    await expect(page.getByRole('link', { name: 'Get a new link' })).toBeVisible();
    await expectSignedOut(page);
  });
}

test.describe('what is wrong with a sign-up stands at its field, and nothing typed is lost', () => {
  test('everything at once', async ({ page, guard }) => {
    guard.expectStatus(/sign_up$/, 422);
    await visit(page, '/sign-up');
    await checkNothing(page);
    await fillSignUp(page, { handle: 'a b!', name: '   ', email: 'nowhere', password: 'short' });
    await expectFieldError(page.getByLabel('Handle'), 'letters a to z, digits and underscores');
    await expectFieldError(page.getByLabel('Name', { exact: true }), 'Enter a name');
    await expectFieldError(page.getByLabel('E-mail'), /e-mail|address/i);
    await expectFieldError(page.getByLabel('Password', { exact: true }), 'at least 10 characters');
    await expect(page.getByLabel('Handle')).toHaveValue('a b!');
    await expect(page.getByLabel('E-mail')).toHaveValue('nowhere');
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('short');
    await expect(page).toHaveURL('/sign-up');
  });

  test('too long', async ({ page, guard }) => {
    guard.expectStatus(/sign_up$/, 422);
    await visit(page, '/sign-up');
    await checkNothing(page);
    await fillSignUp(page, {
      handle: 'a'.repeat(31), name: 'n'.repeat(61), email: `${'e'.repeat(300)}@example.org`, password: 'p'.repeat(201),
    });
    await expectFieldError(page.getByLabel('Handle'), 'at most 30 characters');
    await expectFieldError(page.getByLabel('Name', { exact: true }), 'at most 60 characters');
    await expectFieldError(page.getByLabel('E-mail'), 'at most 254 characters');
    await expectFieldError(page.getByLabel('Password', { exact: true }), 'at most 200 characters');
  });

  test('empty: the browser itself asks for the first field', async ({ page }) => {
    await visit(page, '/sign-up');
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByLabel('Handle')).toBeFocused();
    await expect(page).toHaveURL('/sign-up');
  });

  for (const [how, handle] of [['in capitals', 'ANA'], ['that looks like another', 'bem'.replace('m', 'n')]] as const) {
    test(`a handle that is taken, ${how}`, async ({ page, guard }) => {
      guard.expectStatus(/sign_up$/, 409, 422);
      await visit(page, '/sign-up');
      await fillSignUp(page, { ...somebody(), handle });
      await expectFieldError(page.getByLabel('Handle'), 'taken, or too similar');
      await expect(page.getByLabel('Handle')).toHaveValue(handle);
    });
  }

  test('a lookalike of a handle is refused while it is typed', async ({ page }) => {
    await visit(page, '/sign-up');
    // `kofi_beats` with what people mix up: no underscore, 1 for i, 5 for s.
    await page.getByLabel('Handle').pressSequentially('kof1beat5');
    await expectFieldError(page.getByLabel('Handle'), 'taken, or too similar');
    await page.getByLabel('Handle').fill(somebody().handle);
    await expect(page.getByRole('status').filter({ hasText: 'Free' })).toBeVisible();
    await expect(page.getByLabel('Handle')).not.toHaveAttribute('aria-invalid', 'true');
  });

  test('a reserved handle', async ({ page, guard }) => {
    guard.expectStatus(/sign_up$/, 422);
    await visit(page, '/sign-up');
    await fillSignUp(page, { ...somebody(), handle: 'rnagentic' });
    await expectFieldError(page.getByLabel('Handle'), 'reserved');
  });

  test('a password that is easy to guess', async ({ page, guard }) => {
    guard.expectStatus(/sign_up$/, 422);
    await visit(page, '/sign-up');
    const person = somebody();
    await fillSignUp(page, { ...person, password: 'password1234' });
    await expectFieldError(page.getByLabel('Password', { exact: true }), 'too easy to guess');
    await expect(page.getByLabel('Handle')).toHaveValue(person.handle);
    await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
  });
});

test('who signs up with an address that has an account learns it by mail only', async ({ page, member }) => {
  await page.context().clearCookies();
  await visit(page, '/sign-up');
  await fillSignUp(page, { ...somebody(), email: member.email });
  await expect(page).toHaveURL('/sign-up/check-mail');
  await openLetter(page, member.email, 'You have an account already');
  await expect(page.getByText(`@${member.handle}`)).toBeVisible();
});

test('the password can be looked at while it is typed', async ({ page }) => {
  await visit(page, '/sign-up');
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('glass otter');
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show the password' }).click();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(password).toHaveValue('glass otter');
});

test('the demo account ana is taken, so its name means something', async ({ page }) => {
  await visit(page, `/@${ana.handle}`);
  await expect(page.getByRole('heading', { name: ana.name })).toBeVisible();
});
