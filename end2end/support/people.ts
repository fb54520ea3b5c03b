/** Accounts: made through the real pages, or, where signing up is not what is tested, by the forms behind them. */
import { type APIRequestContext, type Cookie, type Page, expect } from '@playwright/test';

export type Person = { handle: string; name: string; email: string; password: string };
/** A person whose account exists, and who has signed in somewhere. */
export type Member = Person & { cookies: Cookie[] };

/** Accounts of the demo world that can be signed in to. */
export const ana = { handle: 'ana', name: 'Ana Costa', password: 'demo-lisbon-records' };
export const ben = { handle: 'ben', name: 'Ben Okafor', password: 'demo-sync-licence' };

/** Letters that no other can be mistaken for: a handle too similar to another one is refused. */
const LETTERS = 'acdefghjkmpqrtuwxy';

export function unique(length = 9): string {
  return Array.from({ length }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}

/** Somebody new. Not yet signed up. */
export function somebody(name?: string): Person {
  const handle = `t_${unique()}`;
  return { handle, name: name ?? `Tess ${handle.slice(2)}`, email: `${handle}@example.org`, password: 'glass otter parade 9' };
}

/** Signs up and confirms the address by the forms alone, as a browser without JavaScript would. */
export async function join(request: APIRequestContext, name?: string): Promise<Member> {
  const person = somebody(name);
  await sent(request, '/sign-up?do=identity/sign_up', person);
  const link = new URL(await linkFrom(request, person.email));
  await sent(request, `${link.pathname}?do=identity/confirm_email`, { token: link.searchParams.get('token') ?? '' });
  const { cookies } = await request.storageState();
  return { ...person, cookies };
}

async function sent(request: APIRequestContext, form: string, fields: Record<string, string>): Promise<void> {
  const answer = await request.post(form, { form: fields, maxRedirects: 0 });
  expect(answer.status(), `${form}: ${answer.status() === 303 ? '' : await answer.text()}`).toBe(303);
}

/** The link in the youngest letter to an address. */
async function linkFrom(request: APIRequestContext, email: string): Promise<string> {
  let letter: string | undefined;
  await expect(async () => {
    const mailbox = await (await request.get('/dev/mailbox')).text();
    const row = mailbox.split('<tr').find((part) => part.includes(email));
    letter = row?.match(/\/dev\/mailbox\/\w+/)?.[0];
    expect(letter, `a letter to ${email}`).toBeTruthy();
  }).toPass({ intervals: [50, 100, 200, 400], timeout: 15_000 });
  const text = await (await request.get(letter ?? '')).text();
  const link = text.match(/https?:\/\/[^\s"<]+\?token=[\w-]+/)?.[0];
  expect(link, 'a link in the letter').toBeTruthy();
  return link ?? '';
}

/** Fills in the form of /sign-up, which must be open, and sends it. */
export async function fillSignUp(page: Page, person: Partial<Person>): Promise<void> {
  if (person.handle !== undefined) await page.getByLabel('Handle').fill(person.handle);
  if (person.name !== undefined) await page.getByLabel('Name', { exact: true }).fill(person.name);
  if (person.email !== undefined) await page.getByLabel('E-mail').fill(person.email);
  if (person.password !== undefined) await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
}

/** Opens the youngest letter to an address in the development mailbox. It may take a moment to arrive. */
export async function openLetter(page: Page, email: string, subject: string): Promise<void> {
  const row = page.getByRole('row').filter({ hasText: email }).filter({ hasText: subject }).first();
  await expect(async () => {
    await page.goto('/dev/mailbox');
    await expect(row).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 20_000 });
  await row.getByRole('link', { name: subject }).click();
  await expect(page.getByRole('heading', { name: subject })).toBeVisible();
}

/** The link in the letter that is open. */
export async function linkInLetter(page: Page): Promise<string> {
  const href = await page.getByRole('main').getByRole('link', { name: /\?token=/ }).getAttribute('href');
  return href ?? '';
}

/** Fills in the form of /sign-in, which must be open, and sends it. */
export async function fillSignIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('Handle or e-mail').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in through the real page and arrives at the home feed. */
export async function signIn(page: Page, person: { handle: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, person.handle, person.password);
  await expectSignedIn(page, person.handle);
}

/** The frame around each page says whose account it is: at the foot of the rail, and in the bar on phones. */
export async function expectSignedIn(page: Page, handle: string): Promise<void> {
  // On phones it is behind "More".
  const profile = navigation(page).getByRole('link', { name: 'Profile', includeHidden: true });
  await expect(profile).toHaveAttribute('href', `/@${handle}`);
}

export async function expectSignedOut(page: Page): Promise<void> {
  await expect(navigation(page).getByRole('link', { name: 'Sign in' })).toBeVisible();
}

/** The navigation in sight: the rail, or the bar at the foot of a phone. */
export function navigation(page: Page) {
  return page.getByRole('navigation', { name: 'Main' }).filter({ visible: true });
}

/** Goes to one of the places of the navigation, which on phones may be behind "More". */
export async function goTo(page: Page, name: string): Promise<void> {
  const bar = navigation(page);
  const link = bar.getByRole('link', { name, exact: true, includeHidden: true });
  await expect(link).toBeAttached();
  if (!(await link.isVisible())) await bar.locator('summary').click();
  await link.click();
}
