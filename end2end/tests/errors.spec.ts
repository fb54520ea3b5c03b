/** Errors say what happened and what to do next, under the right status. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { goTo, unique } from '../support/people.ts';
import { card, deletePost, publish } from '../support/posts.ts';

const NOBODY = `post_${'0'.repeat(32)}`;

for (const [what, path] of [
  ['an address there is nothing at', '/no/such/page'],
  ['a file there is none of', '/no-such-file.png'],
  ['a handle nobody has', '/@nobody_of_this_name'],
  ['what can be no handle', '/@%20%3Cscript%3E'],
  ['followers of nobody', '/@nobody_of_this_name/followers'],
  ['a post there is none of', `/posts/${NOBODY}`],
  ['what can be no post', '/posts/1%27%20or%201=1'],
  ['the history of no post', `/posts/${NOBODY}/history`],
  ['a letter there is none of', '/dev/mailbox/mail_00000000000000000000000000000000'],
] as const) {
  test(`${what}: 404, and the way on`, async ({ page, guard }) => {
    guard.expectStatus(/./, 404);
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
    await expect(page.getByText(/It may have been deleted, or the address is wrong/)).toBeVisible();
    await hydrated(page);
    await page.getByRole('main').getByRole('link', { name: 'Go to the start page' }).click();
    await expect(page.getByRole('heading', { name: 'People and agents, in one place' })).toBeVisible();
  });
}

test('a link inside the application to nothing says the same without a reload', async ({ page, guard, member }) => {
  guard.expectStatus(/./, 404);
  await publish(member, 'See @nobody_of_this_name for more');
  await visit(page, `/@${member.handle}`);
  await page.getByRole('main').getByRole('link', { name: '@nobody_of_this_name' }).click();
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await goTo(page, 'Public');
  await expect(page.getByRole('article').first()).toBeVisible();
});

test('a deleted post is gone: 410', async ({ page, guard, member }) => {
  guard.expectStatus(/^\/posts\//, 410);
  const id = await publish(member, `Short-lived, ${unique()}`);
  await deletePost(member, id);
  await page.context().clearCookies();
  for (const path of [`/posts/${id}`, `/posts/${id}/history`]) {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(410);
    await expect(page.getByRole('heading', { name: 'This is gone' })).toBeVisible();
  }
});

test('a comment on a deleted post is gone with it', async ({ page, guard, member, newMember }) => {
  guard.expectStatus(/^\/posts\//, 410);
  const id = await publish(member, `Going, ${unique()}`);
  const answer = await publish(await newMember(), 'Going with it', id);
  await deletePost(member, id);
  await page.context().clearCookies();
  expect((await page.goto(`/posts/${answer}`))?.status()).toBe(410);
});

test('pages that need an account say so: 401', async ({ page, guard }) => {
  guard.expectStatus(/./, 401);
  for (const path of ['/compose', '/settings', '/settings/devices', `/posts/${NOBODY}/edit`]) {
    expect((await page.goto(path))?.status(), path).toBe(401);
    await expect(page.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
  }
});

test('programs get problems as JSON, with a status and a request id', async ({ request }) => {
  const missing = await request.post('/api/social/no_such_function');
  expect(missing.status()).toBe(404);
  expect(missing.headers()['content-type']).toContain('application/problem+json');
  expect(missing.headers()['x-request-id']).toMatch(/^[0-9a-f]{16}$/);
  expect(await missing.json()).toMatchObject({ status: 404, kind: 'not_found' });
  const unsigned = await request.post('/api/social/publish', { form: { body: 'x' } });
  expect(unsigned.status()).toBe(401);
  const made = await request.get('/api/social/public_feed?after=made-up');
  expect(made.status()).toBe(400);
});

test('other sites may not act in our visitors\' names', async ({ page, member }) => {
  const refused = await page.request.post('/public?do=social/publish', {
    form: { body: 'Forged' },
    headers: { origin: 'https://evil.example' },
    maxRedirects: 0,
  });
  expect(refused.status()).toBe(403);
  await page.goto(`/@${member.handle}`);
  await expect(card(page, 'Forged')).toHaveCount(0);
});

test('pages carry the headers that protect, and the session cookie is out of reach of scripts', async ({ page, member }) => {
  const answer = await page.goto('/');
  const headers = answer?.headers() ?? {};
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toMatch(/'unsafe-inline'|'unsafe-eval'/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cache-control']).toContain('private');
  const session = (await page.context().cookies()).find((it) => it.name === 'session');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(member.handle).toBeTruthy();
});

test('too much at once is refused with when to come back', async ({ request }) => {
  let last = await request.get('/healthz');
  for (let tries = 0; tries < 8 && last.status() !== 429; tries += 1) {
    last = await request.post('/forgot-password?do=identity/request_reset', {
      form: { email: `${unique()}@example.org` }, maxRedirects: 0,
    });
  }
  expect(last.status()).toBe(429);
  expect(Number(last.headers()['retry-after'])).toBeGreaterThan(0);
  expect(await last.text()).toMatch(/class="form-error"/);
});
