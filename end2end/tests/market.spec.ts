/** The market: agents are found, offered, tried, paid for in each way, judged, given back, and what they earn adds up. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { ben, signIn } from '../support/people.ts';
import type { APIRequestContext, Page } from '@playwright/test';

/** Who administers the demo world. */
const elena = { handle: 'elena_dev', password: 'demo-server-room' };
/** Cents of an amount as it is shown or written: `−1,234.50 EUR`, `-12.00`. */
const cents = (text: string) => Math.round(Number(text.replace(/[^\d.−-]/g, '').replace('−', '-')) * 100);
const title = 'Clause Reader for musicians';
/** The address of Ben's agent on the market, by its handle. */
const page_of = '/market/@clause_reader';

/** Ben offers his agent in every way there is. Done again, it changes nothing. */
async function offered(browserless: APIRequestContext): Promise<{ agent: string; listing: string }> {
  await browserless.post('/sign-in?do=identity/sign_in', { form: { login: ben.handle, password: ben.password }, maxRedirects: 0 });
  const sell = await (await browserless.get('/market/sell')).text();
  const all = [...sell.matchAll(/\/market\/sell\/(acct_\w+)"/g)].map((it) => it[1] ?? '');
  const forms = await Promise.all(all.map(async (agent) => ({ agent, html: await (await browserless.get(`/market/sell/${agent}`)).text() })));
  const agent = forms.find(({ html }) => html.includes('clause_reader'))?.agent ?? 'none of ben\'s agents';
  const answer = await browserless.post(`/market/sell/${agent}?do=market/save_listing`, {
    form: {
      agent,
      title,
      tagline: 'Reads a contract with you, clause by clause.',
      description: 'It **explains** what a clause means. It is no lawyer.',
      category: 'business',
      tags: 'contracts, music',
      language: 'en',
      suggestions: 'What is an option clause?\nWhat should I ask for in a sync licence?',
      message: '0.05',
      monthly: '4.90',
      once: '19.00',
      free_messages: '1',
      fork_royalty: '12.5',
      then: 'list',
    },
    maxRedirects: 0,
  });
  expect(answer.status(), await answer.text()).toBe(303);
  const listing = (await (await browserless.get(`/market/sell/${agent}`)).text()).match(/\/market\/(lst_\w+)"/)?.[1];
  return { agent, listing: listing ?? 'no listing' };
}

/** Puts money into the wallet with a card of the sandbox; the page of it must be open. */
async function topUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Top up' }).click();
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByLabel('Good until').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on the card').fill('Tess Example');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page).toHaveURL(/\/checkout\/status\//);
}

/** Puts 50 euros into the wallet. */
async function rich(page: Page): Promise<void> {
  await visit(page, '/wallet/top-up?amount=50.00&currency=EUR');
  await topUp(page);
  await expect(page.getByRole('link', { name: 'Go to the wallet' })).toBeVisible({ timeout: 20_000 });
}

/** Asks Ben's agent something, and waits for the answer. */
async function ask(page: Page, question = 'What is an option clause?'): Promise<void> {
  await visit(page, '/chats/new?with=clause_reader');
  await page.getByRole('textbox', { name: /^Ask / }).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/\/chats\/conv_/);
  await expect(page.locator('.chat-message:not([data-mine])')).toHaveCount(1);
  await expect(page.locator('.chat-writing')).toHaveCount(0);
}

// One after the other: what was earned is what the tests before have paid.
test.describe.configure({ mode: 'default' });

let where = { agent: '', listing: '' };

test.beforeAll(async ({ playwright }, info) => {
  const baseURL = process.env['MAGENTIC_URL'] ?? '';
  const extraHTTPHeaders = { 'x-forwarded-for': `10.200.${info.workerIndex % 256}.1` };
  const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders });
  where = await offered(request);
  await request.dispose();
});

test('a visitor looks for agents, narrows what is found, and finds the way out of nothing', async ({ page }) => {
  await visit(page, '/market');
  await expect(page.getByRole('heading', { level: 1, name: 'Market' })).toBeVisible();
  const found = page.getByRole('list', { name: 'What is offered' });
  await expect(found.getByRole('listitem').filter({ hasText: title })).toContainText('Agent');
  await axe(page);

  await page.getByRole('searchbox', { name: 'Search the market' }).fill('clause reader');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/words=clause\+reader/);
  const card = found.getByRole('listitem').filter({ hasText: title });
  await expect(card).toContainText('0.05 EUR a message');
  await expect(card).toContainText('1 message free');
  await expect(card).toContainText('@ben');

  // What was looked for stays when it is narrowed.
  await page.getByText('Filters and order').click();
  await page.getByLabel('Way to pay').selectOption('free');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/words=clause\+reader.*price=free/);
  await expect(page.getByRole('list', { name: 'What is offered' }).filter({ hasText: title })).toHaveCount(0);
  await visit(page, '/market?words=clause+reader&price=free&max=0.01&rating=4&language=tr');
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Leave the filters out' }).click();
  await expect(found.getByRole('listitem').filter({ hasText: title })).toBeVisible();

  await visit(page, '/market?max=lots');
  await expect(page.getByText('The highest price could not be read')).toBeVisible();
});

test('a listing says what it costs to the cent, also to visitors', async ({ page }) => {
  const answer = await page.goto(page_of);
  expect(await answer?.headerValue('link')).toMatch(new RegExp(`/market/${where.listing}>; rel="canonical"`));
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  const monthly = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Subscribe by the month' }) });
  await expect(monthly).toContainText('4.90 EUR');
  // 15 % of 4.90 are 0.735; what is left for the creators is the rest.
  const told = (await monthly.textContent())?.match(/Of it ([\d.]+) EUR go to Magentic, ([\d.]+) EUR to its creators/);
  expect(cents(told?.[1] ?? '') + cents(told?.[2] ?? '')).toBe(490);
  expect([73, 74]).toContain(cents(told?.[1] ?? ''));
  await expect(page.getByText('explains', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Sign in to try it' })).toHaveAttribute('href', /sign-in\?next=\/chats\/new/);
  await expect(page.getByText('It pays 12.5 % of what it earns')).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: '@ben' }).first().click();
  await hydrated(page);
});

test('buying needs money, the wallet is filled on the way, and the price is paid once', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/market\/buy$/, 409, 422);
  await visit(page, page_of);
  await page.getByRole('link', { name: 'Buy for 19.00 EUR' }).click();
  await expect(page.getByText('19.00 EUR are missing in your wallet')).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Top up the wallet' }).click();
  await expect(page.getByLabel(/^Amount/)).toHaveValue('19.00');
  await topUp(page);
  await page.getByRole('link', { name: 'Go on where you were' }).click({ timeout: 20_000 });
  await expect(page.getByText('In your wallet')).toBeVisible();

  await page.getByRole('button', { name: 'Pay 19.00 EUR' }).click();
  await expect(page.getByText('It is yours. What you paid stands in your wallet.')).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Give it back for 19.00 EUR' }).click();
  await expect(page.getByText('You get 19.00 EUR back into your wallet')).toBeVisible();
  await page.getByRole('link', { name: 'Keep it' }).click();

  // Asked again it is had already, and nothing more is paid.
  await visit(page, `/market/${where.listing}/buy?kind=once`);
  await expect(page.getByText('You have this agent already')).toBeVisible();
  await visit(page, '/market/purchases');
  await expect(page.getByRole('table', { name: 'What you bought' }).or(page.getByRole('region', { name: 'What you bought' })).first()).toContainText(title);
  await axe(page);

  await page.getByRole('link', { name: title }).first().click();
  await page.getByRole('link', { name: 'Give it back for 19.00 EUR' }).click();
  await page.getByRole('button', { name: 'Give it back for 19.00 EUR' }).click();
  await expect(page.getByText('What you paid is back in your wallet.')).toBeVisible();
  await expect(page.getByText('Refunded', { exact: true })).toBeVisible();
  await visit(page, '/wallet');
  await expect(page.getByRole('row').filter({ hasText: 'To spend' })).toContainText('19.00 EUR');
});

test('a subscription is cancelled before its end, and resumed', async ({ page, member }) => {
  void member;
  await rich(page);
  await visit(page, page_of);
  await page.getByRole('link', { name: 'Subscribe for 4.90 EUR' }).click();
  await page.getByRole('button', { name: 'Pay 4.90 EUR and subscribe' }).click();
  await expect(page.getByText('Your subscription has begun.')).toBeVisible();
  await expect(page.getByText(/It goes on with 4\.90 EUR on/)).toBeVisible();
  await page.getByRole('link', { name: 'Cancel the subscription' }).click();
  await expect(page.getByText(/It lasts until .*, because that is paid/)).toBeVisible();
  await axe(page);
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.getByText('It is cancelled. Below stands when it ends.')).toBeVisible();
  await expect(page.getByText(/It lasts until .*\. Nothing is paid after that/)).toBeVisible();
  await page.getByRole('button', { name: 'Let it go on for 4.90 EUR' }).click();
  await expect(page.getByText('It goes on.', { exact: true })).toBeVisible();
  await visit(page, page_of);
  await expect(page.getByRole('heading', { name: 'You have it' })).toBeVisible();
});

test('messages are paid one by one, and who had an answer reviews', async ({ page, member, open }) => {
  await rich(page);
  await visit(page, page_of);
  await expect(page.getByText('1 message is still free for you.')).toBeVisible();
  // Nobody reviews what they have not used.
  await expect(page.getByText('Write a review')).toHaveCount(0);
  await page.getByRole('button', { name: 'Pay 0.05 EUR a message' }).click();
  await expect(page).toHaveURL(/\/chats\/new\?with=clause_reader/);
  await ask(page);
  await ask(page, 'What should I ask for in a sync licence?');
  await visit(page, '/wallet');
  await expect(page.getByRole('row').filter({ hasText: 'To spend' })).toContainText('49.95 EUR');

  await visit(page, page_of);
  await page.getByText('Write a review').click();
  await page.getByRole('button', { name: 'Publish the review' }).click();
  await page.getByRole('radio', { name: '4 stars' }).check();
  await page.getByLabel('Why?').fill('It says *plainly* what a clause means.');
  await axe(page);
  await page.getByRole('button', { name: 'Publish the review' }).click();
  await expect(page.getByText('Your review stands below. Thank you.')).toBeVisible();
  const review = page.getByRole('list', { name: 'Reviews' }).getByRole('listitem').filter({ hasText: member.name });
  await expect(review).toContainText('4 of 5 stars');
  await expect(review.locator('em')).toHaveText('plainly');

  // Its owner answers, and everybody reads it.
  const owner = await open();
  await signIn(owner, ben);
  await visit(owner, page_of);
  await owner.getByText(`Reply to ${member.name}`).click();
  await owner.getByLabel('Your reply').first().fill('Thank you for asking.');
  await owner.getByRole('button', { name: 'Save the reply' }).first().click();
  await expect(owner.getByText('Your reply is saved.')).toBeVisible();

  await visit(page, page_of);
  await expect(review).toContainText('Thank you for asking.');
  await page.getByText('Change your review').click();
  await page.getByRole('button', { name: 'Delete your review' }).click();
  await expect(page.getByText('The review is deleted.')).toBeVisible();
  await expect(review).toHaveCount(0);
});

test('what was earned adds up, line by line, on the page and in the file', async ({ page }) => {
  await signIn(page, ben);
  await visit(page, '/market/earnings');
  const lines = page.getByRole('region', { name: 'What you earned' });
  await expect(lines.getByRole('row').filter({ hasText: title }).first()).toContainText(/Rule \d+/);
  await axe(page);
  const total = page.locator('.totals > div').filter({ hasText: 'Since you began' }).locator('dd');
  const shown = cents((await total.textContent()) ?? '');
  const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const answer = await page.request.get(href ?? '');
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toContain('text/csv');
  const [head = '', ...rows] = (await answer.text()).trimEnd().split('\r\n');
  const column = head.split(',').indexOf('amount');
  // Only the title may hold a comma, and it stands in quotation marks.
  const amounts = rows.map((row) => cents(row.replace(/"(?:[^"]|"")*"/g, '').split(',')[column] ?? ''));
  const summed = amounts.reduce((sum, amount) => sum + amount, 0);
  // Others may have paid between the page and the file, but never less than it says.
  expect(summed).toBeGreaterThanOrEqual(shown - 1_615);
  expect(rows.length).toBeGreaterThan(0);

  await lines.getByRole('link', { name: title }).first().click();
  await expect(page.getByRole('heading', { name: 'Postings' })).toBeVisible();
});

test('an owner changes the listing, sees what each gets, pauses it and offers it again', async ({ page, guard }) => {
  guard.expectStatus(/market\/(save_listing|offer_share)$/, 422);
  await signIn(page, ben);
  await visit(page, '/market/sell');
  await axe(page);
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByRole('region', { name: 'Who gets what of 10.00 EUR' })).toContainText('1.50 EUR');
  await axe(page);

  // A price that is none is told at its field, and nothing typed is lost.
  const price = page.getByLabel('By the month');
  await price.fill('lots');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(price).toHaveAttribute('aria-invalid', 'true');
  await expect(price).toHaveValue('lots');
  await price.fill('4.90');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.getByText('It is saved.')).toBeVisible();

  await page.getByLabel('Handle').fill('nobody_of_this_name');
  await page.getByLabel('Share in percent').fill('10');
  await page.getByRole('button', { name: 'Offer the share' }).click();
  await expect(page.getByText('There is nobody with this handle who could have a share.')).toBeVisible();
});

test('a share is offered, and declined or taken back', async ({ page, open, newMember }) => {
  const friend = await newMember();
  await signIn(page, ben);
  await visit(page, `/market/sell/${where.agent}`);
  await page.getByLabel('Handle').fill(friend.handle);
  await page.getByLabel('Share in percent').fill('2.5');
  await page.getByRole('button', { name: 'Offer the share' }).click();
  await expect(page.getByText('The share is offered.')).toBeVisible();
  await expect(page.getByText('Was offered 2.5 %, and has not decided yet').first()).toBeVisible();

  const theirs = await open({ as: friend });
  await visit(theirs, '/market/sell');
  await expect(theirs.getByText('@ben offers you 2.5 %')).toBeVisible();
  await axe(theirs);
  await theirs.getByRole('button', { name: 'Decline' }).click();
  await expect(theirs.getByText('You declined the offer.')).toBeVisible();
  await expect(theirs.getByText('@ben offers you')).toHaveCount(0);
});

test('a fork shows what it pays before it is made, and has to be had first', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/market\/fork$/, 409);
  await visit(page, `/market/${where.listing}/fork`);
  const split = page.getByRole('region', { name: 'Who gets what of 10.00 EUR' });
  await expect(split).toContainText('12.5 % of the rest');
  await expect(split).toContainText('1.06 EUR');
  await axe(page);
  await page.getByLabel('Name').fill('My reader');
  await page.getByLabel('Handle').fill(`${member.handle}_f`.slice(0, 20));
  await page.getByRole('button', { name: 'Make it, and go to the builder' }).click();
  await expect(page.getByText('Whoever forks this agent has to have it.')).toBeVisible();
});

test('what is somebody else’s is not there', async ({ page, member, guard }) => {
  void member;
  guard.expectStatus(/\/market\//, 404);
  for (const address of [`/market/sell/${where.agent}`, `/market/sell/${where.agent}/sales`, '/market/lst_0000000000000000000000', '/market/purchases/lic_0000000000000000000000', '/market/by/nobody_of_this_name']) {
    const answer = await page.goto(address);
    expect.soft(answer?.status(), address).toBe(404);
  }
  const paused = await page.request.post(`/market/sell/${where.agent}?do=market/turn_listing`, {
    form: { agent: where.agent, listing: where.listing, wish: 'pause' },
    maxRedirects: 0,
  });
  expect(paused.status()).toBe(404);
  await expect(page.getByText(title)).toHaveCount(0);
});

test('administrators see what takes a listing off the market', async ({ page, guard }) => {
  guard.expectStatus(/market\/withdraw$/, 422);
  await signIn(page, elena);
  await visit(page, page_of);
  await expect(page.getByRole('heading', { name: 'Administration' })).toBeVisible();
  await axe(page);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the market is searched, and an agent is bought', async ({ page, member }) => {
    void member;
    await page.goto('/market');
    await page.getByRole('searchbox', { name: 'Search the market' }).fill('clause reader');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('link', { name: 'Buy for 19.00 EUR' }).click();
    await expect(page.getByText('19.00 EUR are missing in your wallet')).toBeVisible();
    await page.getByRole('link', { name: 'Top up the wallet' }).click();
    await topUp(page);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('link', { name: 'Go on where you were' })).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 20_000 });
    await page.getByRole('link', { name: 'Go on where you were' }).click();
    await page.getByRole('button', { name: 'Pay 19.00 EUR' }).click();
    await expect(page.getByText('It is yours. What you paid stands in your wallet.')).toBeVisible();
  });
});
