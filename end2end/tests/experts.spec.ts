/** Experts: one sets up, others find them, hold a time, pay, move and cancel; and nobody sees what is not theirs. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import { type Member, join, signIn } from '../support/people.ts';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import ICAL from 'ical.js';
import { convertIcsCalendar } from 'ts-ics';

/** Who administers the demo world. */
const elena = { handle: 'elena_dev', password: 'demo-server-room' };
const HEADLINE = 'Reads tax letters with you, line by line';
const SERVICE = 'A letter you do not understand';

type Wishes = { approval?: boolean; price?: string; skill?: string };

/** Sends a form as a browser without JavaScript would. */
async function send(request: APIRequestContext, form: string, fields: Record<string, string>): Promise<string> {
  const answer = await request.post(form, { form: fields, maxRedirects: 0 });
  expect(answer.status(), `${form}: ${answer.status() === 303 ? '' : await answer.text()}`).toBe(303);
  return answer.headers()['location'] ?? '';
}

/** Lets somebody be booked from now on, on every day. */
async function setUp(request: APIRequestContext, { approval = false, price = '25.00', skill = 'taxes' }: Wishes): Promise<void> {
  await send(request, '/experts/setup?do=experts/save_profile', {
    headline: HEADLINE,
    about: 'I read it **aloud**, and say what to do.',
    skills: `${skill}, letters`,
    'languages[0]': 'en',
    zone: 'Europe/Lisbon',
    policy: 'moderate',
    ...(approval ? { approval: 'true' } : {}),
  });
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const hours = days.flatMap((day) => [[`${day}_from`, '09:00'], [`${day}_until`, '13:00']]);
  await send(request, '/experts/setup/hours?do=experts/save_hours', {
    ...Object.fromEntries(hours),
    buffer: '5',
    notice: '0',
    ahead: '28',
    days_off: '',
  });
  await send(request, '/experts/setup/services?do=experts/save_service', {
    title: SERVICE,
    description: 'We read it together.',
    bring: 'The letter.',
    price,
  });
  await send(request, '/experts/setup?do=experts/turn', { wish: 'publish' });
}

/** The first time that can be chosen, far enough away that all of a price goes back. */
function aTime(page: Page): Locator {
  return page.getByRole('radiogroup', { name: 'When?' }).getByRole('radio');
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

/** Puts 100 euros into the wallet. */
async function rich(page: Page): Promise<void> {
  await visit(page, '/wallet/top-up?amount=100.00&currency=EUR');
  await topUp(page);
  await expect(page.getByRole('link', { name: 'Go to the wallet' })).toBeVisible({ timeout: 20_000 });
}

/** Goes to an expert's page in a week whose days all lie more than a day ahead, and has a time kept. */
async function hold(page: Page, handle: string): Promise<void> {
  await visit(page, `/experts/${handle}?week=${inDays(7)}`);
  await aTime(page).nth(3).check();
  await page.getByRole('button', { name: /^Hold \d\d:\d\d for five minutes/ }).click();
  await expect(page).toHaveURL(/\/bookings\/bkg_/);
  await hydrated(page);
}

/** A day so many days from now, as it stands in an address. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Holds a time and pays for it from the wallet. */
async function book(page: Page, handle: string): Promise<void> {
  await hold(page, handle);
  await page.getByRole('button', { name: 'Pay 25.00 EUR from the wallet' }).click();
}

let expert: Member;
let asking: Member;

test.beforeAll(async ({ playwright }, info) => {
  const baseURL = process.env['MAGENTIC_URL'] ?? '';
  const made = async (last: number, wishes: Wishes) => {
    const extraHTTPHeaders = { 'x-forwarded-for': `10.201.${info.workerIndex % 256}.${last}` };
    const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders });
    const member = await join(request);
    await setUp(request, wishes);
    await request.dispose();
    return member;
  };
  expert = await made(1, {});
  asking = await made(2, { approval: true });
});

test('a visitor looks for experts, narrows what is found, and finds the way out of nothing', async ({ page }) => {
  await visit(page, '/experts');
  await expect(page.getByRole('heading', { level: 1, name: 'Experts' })).toBeVisible();
  const found = page.getByRole('list', { name: 'Experts' });
  await expect(found.getByRole('listitem').first()).toBeVisible();
  await axe(page);

  await page.getByRole('searchbox', { name: 'What you need help with' }).fill('tax letters');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/need=tax\+letters/);
  const card = found.getByRole('listitem').filter({ hasText: HEADLINE }).first();
  await expect(card).toContainText('From 25.00 EUR for ten minutes');
  await expect(card).toContainText(/Free \w{3} \d+ \w{3}, \d\d:\d\d/);

  // What was looked for stays when it is narrowed.
  await page.getByText('Filters and order').click();
  await page.getByLabel('Ten minutes up to').fill('1.00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/need=tax\+letters.*max=1\.00/);
  await expect(page.getByRole('heading', { name: 'Nobody found' })).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'At any price' }).click();
  await expect(card).toBeVisible();

  await visit(page, '/experts?max=lots');
  await expect(page.getByText('The highest price could not be read')).toBeVisible();
});

test('a visitor sees prices, rules and free times, by their own clock', async ({ page, open }) => {
  const answer = await page.goto(`/experts/@${expert.handle}`);
  expect(await answer?.headerValue('link')).toMatch(new RegExp(`/experts/${expert.handle}>; rel="canonical"`));
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1, name: expert.name })).toBeVisible();
  await expect(page.getByText('25.00 EUR for ten minutes')).toBeVisible();
  await expect(page.getByText('aloud', { exact: true })).toBeVisible();
  await expect(page.getByRole('list', { name: 'What you get back' })).toContainText(/until a day before: all of it back/i);
  await expect(page.getByRole('link', { name: 'Sign in to book' })).toHaveAttribute('href', /sign-in\?next=\/experts\//);
  await axe(page);
  const first = page.getByRole('group', { name: 'Free times' }).locator('time').first();
  const instant = await first.getAttribute('datetime');

  // The same instant by a clock elsewhere, and the page says whose clock it is.
  const elsewhere = await open({ timezoneId: 'Asia/Kolkata' });
  await visit(elsewhere, `/experts/${expert.handle}`);
  await expect(elsewhere.getByText('Times are yours: Asia/Kolkata.').or(elsewhere.getByText('Times are yours: Asia/Calcutta.')).first()).toBeVisible();
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Kolkata', hour: '2-digit', minute: '2-digit' }).format(new Date(instant ?? ''));
  await expect(elsewhere.locator(`time[datetime="${instant}"]`).first()).toHaveText(shown);

  await page.getByRole('link', { name: 'Later week' }).click();
  await expect(page).toHaveURL(/week=\d{4}-\d\d-\d\d/);
  await page.getByRole('link', { name: 'Earlier week' }).click();
  await expect(page).toHaveURL(new RegExp(`/experts/${expert.handle}$`));
});

test('somebody sets themselves up, tab by tab, and is published', async ({ page, member, guard }) => {
  guard.expectStatus(/experts\/(save_hours|add_calendar|turn)$/, 409, 422);
  await visit(page, '/experts/setup');
  await expect(page.getByRole('list', { name: 'What has to be there' })).toContainText('Hours in which you work');
  // The browser's own zone stands there until one is chosen.
  await expect(page.getByLabel('Your time zone')).toHaveValue('UTC');
  await axe(page);
  await page.getByLabel('In a line').fill('Knits with you');
  await page.getByLabel('What you know about').fill('knitting, wool');
  await page.getByRole('checkbox', { name: 'Portuguese' }).check();
  await page.getByLabel('Your time zone').fill('Europe/Lisbon');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('It is saved.')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Portuguese' })).toBeChecked();

  // A day that ends before it begins is told at its row, and nothing typed is lost.
  const tabs = page.getByRole('navigation', { name: 'As an expert' });
  await tabs.getByRole('link', { name: 'Hours' }).click();
  await page.getByLabel('Monday, from').fill('14:00');
  await page.getByLabel('Monday, until').fill('09:00');
  await page.getByRole('button', { name: 'Save the hours' }).click();
  await expect(page.getByLabel('Monday, until')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Monday, from')).toHaveValue('14:00');
  await axe(page);
  await page.getByLabel('Monday, until').fill('17:30');
  await page.getByRole('button', { name: 'Save the hours' }).click();
  await expect(page.getByText('It is saved. What is free has changed at once.')).toBeVisible();

  await tabs.getByRole('link', { name: 'Services' }).click();
  await page.getByLabel('What it is called').fill('A dropped stitch');
  await page.getByLabel('Ten minutes cost, in EUR').fill('9.50');
  await axe(page);
  await page.getByRole('button', { name: 'Offer it' }).click();
  await expect(page.getByText('A dropped stitch')).toBeVisible();
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('You are in the directory.').first()).toBeVisible();

  await tabs.getByRole('link', { name: 'Calendars' }).click();
  await page.getByLabel('Address', { exact: true }).fill('ftp://calendar.example/a.ics');
  await page.getByRole('button', { name: 'Add and read it' }).click();
  await expect(page.getByLabel('Address', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await axe(page);

  await tabs.getByRole('link', { name: 'Diary' }).click();
  await expect(page.getByText('Calls 14:00–17:30')).toBeVisible();
  await axe(page);
  await visit(page, `/experts/${member.handle}`);
  await expect(page.getByText('9.50 EUR for ten minutes')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Set up' })).toBeVisible();
});

test('what is missing is paid by card, and the call is booked by itself', async ({ page, member }) => {
  void member;
  await hold(page, expert.handle);
  await expect(page.getByRole('timer', { name: 'Time left to pay' })).toHaveText(/^[0-4]:\d\d$/);
  await expect(page.getByText('In your wallet')).toBeVisible();
  await axe(page);
  await page.getByRole('button', { name: 'Pay the missing 25.00 EUR by card' }).click();
  await expect(page.getByLabel(/^Amount/)).toHaveValue('25.00');
  await topUp(page);
  await page.getByRole('link', { name: 'Go on where you were' }).click({ timeout: 20_000 });
  await expect(page.getByRole('heading', { name: 'It is booked' })).toBeVisible({ timeout: 30_000 });
  await axe(page);
  await visit(page, '/bookings');
  await expect(page.getByRole('region', { name: 'Bookings' })).toContainText(SERVICE);
  await axe(page);
});

test('of two who want the same time one has it, and the other one is told what is free nearby', async ({ page, open, newMember, guard }) => {
  guard.expectStatus(/experts\/hold$/, 409);
  const address = `/experts/${expert.handle}?week=${inDays(14)}`;
  const [one, other] = [page, await open({ as: await newMember() })];
  const member = await newMember();
  await one.context().addCookies(member.cookies);
  await visit(one, address);
  await visit(other, address);
  for (const who of [one, other]) await aTime(who).nth(5).check();
  await one.getByRole('button', { name: /^Hold/ }).click();
  await expect(one).toHaveURL(/\/bookings\/bkg_/);
  await other.getByRole('button', { name: /^Hold/ }).click();
  await expect(other.getByText('Somebody else has this time now.')).toBeVisible();
  const nearby = other.getByRole('radiogroup', { name: 'Free nearby' }).getByRole('radio');
  await expect(nearby.first()).toBeAttached();
  await axe(other);
  await nearby.first().check();
  await other.getByRole('button', { name: /^Hold/ }).click();
  await expect(other).toHaveURL(/\/bookings\/bkg_/);

  // What is let go is nobody's, and nothing was paid.
  await hydrated(other);
  await other.getByRole('button', { name: 'Let it go' }).click();
  await expect(other.getByText('It is let go. Nothing was paid.')).toBeVisible();
});

test('a call is cancelled only after it was seen what goes back', async ({ page, member }) => {
  void member;
  await rich(page);
  await book(page, expert.handle);
  await expect(page.getByText('It is paid. The call is booked')).toBeVisible();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'Cancel the call?' })).toBeVisible();
  await expect(page.getByText('100 % of what you paid goes back to your wallet.')).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Keep it' }).click();
  await expect(page.getByRole('heading', { name: 'Cancel the call?' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByLabel('Why?').fill('I found the answer.');
  await page.getByRole('button', { name: 'Cancel, and get 25.00 EUR back' }).click();
  await expect(page.getByRole('heading', { name: 'You cancelled it' })).toBeVisible();
  await expect(page.getByText('I found the answer.')).toBeVisible();
  await axe(page);
  await visit(page, '/wallet');
  await expect(page.getByRole('row').filter({ hasText: 'To spend' })).toContainText('100.00 EUR');
});

test('an expert decides, or would rather have another time', async ({ page, member, open, guard }) => {
  void member;
  guard.expectStatus(/experts\/(decline|propose)$/, 409, 422);
  await rich(page);
  await book(page, asking.handle);
  await expect(page.getByText('The money is set aside. Now the expert decides.')).toBeVisible();
  const address = new URL(page.url()).pathname;

  const theirs = await open({ as: asking });
  await visit(theirs, '/experts/diary');
  await expect(theirs.getByRole('heading', { name: 'They wait for your word' })).toBeVisible();
  await axe(theirs);
  await visit(theirs, address);
  await theirs.getByRole('link', { name: 'Propose another time' }).click();
  await expect(theirs.getByRole('heading', { name: 'Propose other times' })).toBeVisible();
  await theirs.getByRole('button', { name: /^Propose/ }).click();
  await expect(theirs.getByText('Choose from one to 3 times.')).toBeVisible();
  const times = theirs.getByRole('group', { name: 'Times that are free' }).getByRole('checkbox');
  for (const place of [10, 12, 14]) await times.nth(place).check();
  // Three are the most.
  await expect(times.nth(16)).toBeDisabled();
  await axe(theirs);
  await theirs.getByRole('button', { name: 'Propose these 3 times' }).click();
  await expect(theirs.getByText('The times are proposed')).toBeVisible();

  await visit(page, address);
  await expect(page.getByRole('heading', { name: 'Another time is proposed' })).toBeVisible();
  await axe(page);
  await page.getByRole('radiogroup', { name: 'Which one?' }).getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Move the call' }).click();
  await expect(page.getByText('The call is at another time now.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'It is booked' })).toBeVisible();
});

test('an expert says no, and all of the money goes back', async ({ page, member, open, guard }) => {
  void member;
  guard.expectStatus(/experts\/decline$/, 422);
  await rich(page);
  await book(page, asking.handle);
  const address = new URL(page.url()).pathname;
  const theirs = await open({ as: asking });
  await visit(theirs, address);
  await theirs.locator('summary').filter({ hasText: 'Decline' }).click();
  await theirs.getByLabel('Why?').fill('I am on a plane that day.');
  await theirs.getByRole('button', { name: 'Decline the call' }).click();
  await expect(theirs.getByText('You said no. The client has all of it back.')).toBeVisible();
  await visit(page, address);
  await expect(page.getByRole('heading', { name: 'The expert declined it' })).toBeVisible();
  await expect(page.getByText('I am on a plane that day.')).toBeVisible();
  await visit(page, '/wallet');
  await expect(page.getByRole('row').filter({ hasText: 'To spend' })).toContainText('100.00 EUR');
});

/** Two programs that others wrote read the only call of a calendar, and the same of it. */
async function readByOthers(text: string, name: string, start: Date): Promise<void> {
  const end = new Date(start.getTime() + 10 * 60_000);
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  const one = events.map((it) => new ICAL.Event(it)).map((it) => [it.startDate.toJSDate(), it.endDate.toJSDate(), it.summary]);
  const calendar = convertIcsCalendar(undefined, text);
  const other = (calendar.events ?? []).map((it) => [it.start.date, it.end?.date, it.summary]);
  expect(one).toEqual([[start, end, expect.stringContaining(name)]]);
  expect(other).toEqual(one);
}

test('bookings are read by other programs under an address that can be renewed', async ({ page, member }) => {
  void member;
  await rich(page);
  await book(page, expert.handle);
  await expect(page.getByText('It is paid.')).toBeVisible();
  const start = new Date((await page.getByRole('main').locator('time[datetime]').first().getAttribute('datetime')) ?? '');
  await page.getByRole('link', { name: 'Add to calendar' }).click();
  const field = page.getByLabel('The address of your calendar');
  const address = await field.inputValue();
  await axe(page);
  const answer = await page.request.get(new URL(address).pathname);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toContain('text/calendar');
  await readByOthers(await answer.text(), expert.name, start);

  await page.getByRole('button', { name: 'Make a new address' }).click();
  await expect(page.getByText('It has a new address.')).toBeVisible();
  await expect(field).not.toHaveValue(address);
  expect((await page.request.get(new URL(address).pathname)).status()).toBe(404);
  expect((await page.request.get('/calendar/nothing')).status()).toBe(404);
});

test('hours that change leave bookings alone, and say which ones do not fit', async ({ page, newMember, open }) => {
  const theirs = await newMember();
  await page.context().addCookies(theirs.cookies);
  await setUp(page.request, {});
  const client = await open({ as: await newMember() });
  await rich(client);
  await book(client, theirs.handle);
  await expect(client.getByText('It is paid.')).toBeVisible();

  await visit(page, '/experts/setup/hours');
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
    await page.getByLabel(`${day}, from`).fill('20:00');
    await page.getByLabel(`${day}, until`).fill('21:00');
  }
  await page.getByRole('button', { name: 'Save the hours' }).click();
  await expect(page.getByRole('heading', { name: 'Calls outside of these hours' })).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Cancel and give back' }).click();
  await expect(page.getByRole('button', { name: 'Cancel, and give 25.00 EUR back' })).toBeVisible();
});

test('what is somebody else’s is not there', async ({ page, member, open, newMember, guard }) => {
  void member;
  guard.expectStatus(/./, 403, 404);
  const client = await open({ as: await newMember() });
  await rich(client);
  await book(client, expert.handle);
  const address = new URL(client.url()).pathname;
  for (const path of [address, '/bookings/bkg_0000000000000000000000', '/experts/nobody_of_this_name']) {
    const answer = await page.goto(path);
    expect.soft(answer?.status(), path).toBe(404);
  }
  const cancelled = await page.request.post(`${address}?do=experts/cancel`, {
    form: { booking: address.split('/').at(-1) ?? '', seen: '2500' },
    maxRedirects: 0,
  });
  expect(cancelled.status()).toBe(404);
  expect((await page.goto('/experts/disputes'))?.status()).toBe(403);
});

test('administrators see what is disputed', async ({ page }) => {
  await signIn(page, elena);
  await visit(page, '/experts/disputes');
  await expect(page.getByRole('heading', { level: 1, name: 'Disputed calls' })).toBeVisible();
  await axe(page);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('a time is held and paid for, and a refused form keeps what was typed', async ({ page, member, guard }) => {
    void member;
    guard.expectStatus(/do=experts\/save_profile/, 422);
    await page.goto('/wallet/top-up?amount=100.00&currency=EUR');
    await topUp(page);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('link', { name: 'Go to the wallet' })).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 20_000 });
    await page.goto(`/experts/${expert.handle}?week=${inDays(7)}`);
    await expect(page.getByText('Times are in UTC.').first()).toBeVisible();
    await page.getByLabel('What should they know before?').fill('It is about a letter.');
    await aTime(page).nth(8).check();
    await page.getByRole('button', { name: /^Hold the time for five minutes/ }).click();
    await expect(page).toHaveURL(/\/bookings\/bkg_/);
    await expect(page.getByText('It is about a letter.')).toBeVisible();
    await expect(page.getByRole('timer')).toHaveText(/^until \d\d:\d\d UTC$/);
    await page.getByRole('button', { name: 'Pay 25.00 EUR from the wallet' }).click();
    await expect(page.getByText('It is paid. The call is booked')).toBeVisible();

    await page.goto('/experts/setup/hours');
    await page.getByRole('link', { name: 'Fill it in' }).click();
    await page.getByLabel('In a line').fill('Without scripts');
    await page.getByLabel('Your time zone').fill('Europe/Atlantis');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('There is no time zone of this name.').first()).toBeVisible();
    await expect(page.getByLabel('In a line')).toHaveValue('Without scripts');
  });
});
