import { expect, hydrated, test, visit } from '../fixtures.ts';
import { expectFieldError, expectFormError } from '../support/forms.ts';
import { ana, expectSignedIn, expectSignedOut, fillSignIn, goTo, signIn } from '../support/people.ts';

test('somebody signs in with a handle, and out again', async ({ page, guard }) => {
  guard.expectStatus(/^\/settings/, 401);
  await signIn(page, ana);
  await goTo(page, 'Settings');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await expectSignedOut(page);
  await page.goBack();
  await page.reload();
  await expectSignedOut(page);
});

test('a handle may be typed with its @ and in capitals, and the address does as well', async ({ open, member }) => {
  for (const login of [`@${member.handle.toUpperCase()}`, member.email.toUpperCase()]) {
    const page = await open();
    await visit(page, '/sign-in');
    await fillSignIn(page, login, member.password);
    await expectSignedIn(page, member.handle);
  }
});

test('whoever is sent to sign in comes back to where they were', async ({ page, guard }) => {
  guard.expectStatus(/^\/settings/, 401);
  await visit(page, '/settings/devices');
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(page, ana.handle, ana.password);
  await expect(page).toHaveURL('/settings/devices');
  await expectSignedIn(page, ana.handle);
});

test('nobody is sent to another site after signing in', async ({ page, guard }) => {
  // What the page before may still ask for when its cookie is gone.
  guard.expectStatus(/agents\/pending$/, 401);
  for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example']) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await fillSignIn(page, ana.handle, ana.password);
    await expectSignedIn(page, ana.handle);
    await expect(page).toHaveURL('/');
  }
});

test('a wrong password is said at its field, and the handle stays', async ({ page, guard, member }) => {
  guard.expectStatus(/sign_in$/, 422);
  await page.context().clearCookies();
  await visit(page, '/sign-in');
  await fillSignIn(page, member.handle, 'not the password');
  await expectFieldError(page.getByLabel('Password', { exact: true }), "don't belong together");
  await expect(page.getByLabel('Handle or e-mail')).toHaveValue(member.handle);
  await fillSignIn(page, member.handle, member.password);
  await expectSignedIn(page, member.handle);
});

test('an account that does not exist is told no differently', async ({ page, guard }) => {
  guard.expectStatus(/sign_in$/, 422);
  await visit(page, '/sign-in');
  await fillSignIn(page, 'nobody_of_this_name', 'not the password');
  await expectFieldError(page.getByLabel('Password', { exact: true }), "don't belong together");
});

test('too many wrong passwords lock the account for a while and say for how long', async ({ page, guard, member }) => {
  guard.expectStatus(/sign_in$/, 422, 429);
  await page.context().clearCookies();
  await visit(page, '/sign-in');
  const answered = () => page.waitForResponse(/sign_in$/);
  for (let tries = 0; tries < 5; tries += 1) {
    const answer = answered();
    await fillSignIn(page, member.handle, `wrong password ${tries}`);
    expect((await answer).status()).toBe(422);
    await expect(page.getByRole('main').getByRole('button', { name: 'Sign in' })).not.toHaveAttribute('aria-busy');
  }
  await fillSignIn(page, member.handle, member.password);
  await expectFormError(page, /too many failed sign-ins.*Try again in \d+ seconds/i);
  await expectSignedOut(page);
});

test('somebody who is signed in is told so on the sign-in page', async ({ page, member }) => {
  await visit(page, '/sign-in');
  await expect(page.getByRole('main').getByText(`You are signed in as @${member.handle}`)).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Go on' }).click();
  await expect(page).toHaveURL('/');
  await hydrated(page);
});
