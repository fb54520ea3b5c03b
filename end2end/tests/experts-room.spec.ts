/** The room of a call: two browsers meet, see and hear each other, write, pay for more time, and end it. */
import { expect, hydrated, test, visit } from '../fixtures.ts';
import { axe } from '../support/axe.ts';
import type { Member } from '../support/people.ts';
import { holdSocket } from '../support/sockets.ts';
import { type BrowserContext, type Locator, type Page, request as api } from '@playwright/test';

// Cameras and microphones that are none, and nobody has to be asked for them. Browsers of one machine meet also without a network.
test.use({
  launchOptions: {
    executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--allow-loopback-in-peer-connection',
    ],
  },
});
// Two browsers decode pictures beside each other.
test.setTimeout(120_000);

const SERVICE = 'A letter you do not understand';
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Sends a form as a browser without JavaScript would. */
async function send(by: Member, form: string, fields: Record<string, string>): Promise<void> {
  const cookie = by.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const request = await api.newContext({ baseURL: process.env['MAGENTIC_URL'], extraHTTPHeaders: { cookie } });
  try {
    const answer = await request.post(form, { form: fields, maxRedirects: 0 });
    expect(answer.status(), `${form}: ${answer.status() === 303 ? '' : await answer.text()}`).toBe(303);
  } finally {
    await request.dispose();
  }
}

/** A time of the day, in UTC, on a multiple of five minutes: the first one that is so many minutes away. */
function timeIn(minutes: number): string {
  const step = 5 * 60_000;
  return new Date(Math.ceil((Date.now() + minutes * 60_000) / step) * step).toISOString().slice(11, 16);
}

/** Lets somebody be booked from a moment from now on, so that the room of the first call is open already. */
async function setUp(expert: Member): Promise<void> {
  await send(expert, '/experts/setup?do=experts/save_profile', {
    headline: 'Reads letters with you',
    about: 'I read it aloud.',
    skills: 'letters',
    'languages[0]': 'en',
    zone: 'UTC',
    policy: 'moderate',
  });
  const [from, until] = [timeIn(1), timeIn(3 * 60)];
  const hours = DAYS.flatMap((day) => [[`${day}_from`, from], [`${day}_until`, until]]);
  const more = { buffer: '0', notice: '0', ahead: '28', days_off: '' };
  await send(expert, '/experts/setup/hours?do=experts/save_hours', { ...Object.fromEntries(hours), ...more });
  const service = { title: SERVICE, description: 'We read it.', bring: 'The letter.', price: '25.00' };
  await send(expert, '/experts/setup/services?do=experts/save_service', service);
  await send(expert, '/experts/setup?do=experts/turn', { wish: 'publish' });
}

/** Puts 100 euros into the wallet with a card of the sandbox. */
async function rich(page: Page): Promise<void> {
  await visit(page, '/wallet/top-up?amount=100.00&currency=EUR');
  await page.getByRole('button', { name: 'Top up' }).click();
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByLabel('Good until').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on the card').fill('Tess Example');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByRole('link', { name: 'Go to the wallet' })).toBeVisible({ timeout: 20_000 });
}

/** Books one of the times of an expert, and says where its room is. */
async function book(page: Page, expert: Member, place = 0): Promise<string> {
  await rich(page);
  await visit(page, `/experts/${expert.handle}`);
  await page.getByRole('radiogroup', { name: 'When?' }).getByRole('radio').nth(place).check();
  await page.getByLabel('What should they know before?').fill('A letter from the tax office.');
  await page.getByRole('button', { name: /^Hold/ }).click();
  await expect(page).toHaveURL(/\/bookings\/bkg_/);
  await hydrated(page);
  await page.getByRole('button', { name: 'Pay 25.00 EUR from the wallet' }).click();
  await expect(page.getByText('It is paid. The call is booked')).toBeVisible();
  return `${new URL(page.url()).pathname}/room`;
}

const enter = (page: Page, how: string) => page.getByRole('button', { name: how }).click();
const picture = (page: Page, whose: string) => page.locator(`video[aria-label="${whose}"]`);
const people = (page: Page) => page.getByRole('list', { name: 'Who is there' });
const said = (page: Page) => page.getByRole('log', { name: 'What was said' }).getByRole('listitem');

async function write(page: Page, to: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: `Write to ${to}` }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** A picture is there, and moves. */
async function moves(video: Locator): Promise<void> {
  await expect.poll(() => video.evaluate((it: HTMLVideoElement) => it.videoWidth), { timeout: 30_000 }).toBeGreaterThan(0);
  const before = await video.evaluate((it: HTMLVideoElement) => it.currentTime);
  await expect.poll(() => video.evaluate((it: HTMLVideoElement) => it.currentTime)).toBeGreaterThan(before);
}

/** What comes with a picture is to be heard. */
async function sounds(video: Locator): Promise<void> {
  const tracks = () => video.evaluate((it: HTMLVideoElement) =>
    (it.srcObject as MediaStream | null)?.getAudioTracks().map((track) => [track.readyState, track.muted, track.enabled]));
  await expect.poll(tracks, { timeout: 30_000 }).toEqual([['live', false, true]]);
  expect(await video.evaluate((it: HTMLVideoElement) => it.muted)).toBe(false);
}

/** How many seconds the call is left. */
async function left(page: Page): Promise<number> {
  const text = (await page.getByRole('timer', { name: 'Time left of the call' }).textContent()) ?? '';
  const [minutes = '', seconds = ''] = text.split(':');
  return Number(minutes) * 60 + Number(seconds);
}

/** Takes cameras, or everything, away from pages that are opened from now on. */
async function forbid(context: BrowserContext, what: 'camera' | 'everything'): Promise<void> {
  await context.addInitScript((what) => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wanted) =>
      what === 'everything' || wanted?.video
        ? Promise.reject(new DOMException('not today', 'NotAllowedError'))
        : ask(wanted);
  }, what);
}

test('both see and hear each other, write, stay longer, and end it', async ({ page, open, newMember, guard }) => {
  // What browsers still tell each other when the call has just ended.
  guard.expectStatus(/signal_in_room$/, 409);
  const [expert, client] = [await newMember('Vera Voss'), await newMember('Ana Silva')];
  await setUp(expert);
  await page.context().addCookies(client.cookies);
  const room = await book(page, expert);
  const theirs = await open({ as: expert });

  // Nobody is seen before they choose to be.
  await visit(page, room);
  await expect(page.getByRole('heading', { level: 1, name: 'Call with Vera Voss' })).toBeVisible();
  await expect(people(page)).toContainText('Not here yet');
  await expect(page.getByText('A letter from the tax office.')).toBeVisible();
  await axe(page);
  await enter(page, 'With camera');
  await moves(picture(page, 'You'));
  await expect(page.getByText('Waiting for Vera Voss.')).toBeVisible();

  await visit(theirs, room);
  await expect(people(theirs)).toContainText('In the room');
  await enter(theirs, 'With camera');
  for (const [here, other] of [[page, 'Vera Voss'], [theirs, 'Ana Silva']] as const) {
    await expect(people(here)).toContainText('Connected', { timeout: 30_000 });
    await moves(picture(here, other));
    await sounds(picture(here, other));
  }
  await axe(page);

  // What is written arrives at once, and once.
  await write(page, 'Vera Voss', 'Good morning');
  await write(theirs, 'Ana Silva', 'Hello Ana,\nwhat does it say?');
  for (const here of [page, theirs]) await expect(said(here)).toHaveText([/Good morning/, /what does it say\?/]);
  await theirs.getByRole('textbox', { name: 'Your notes' }).fill('Appeal within a month');
  await expect(theirs.getByText('Kept', { exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Notes' })).toContainText('Appeal within a month');

  // What is turned off is said.
  await page.getByRole('button', { name: 'Microphone' }).click();
  await expect(page.getByRole('button', { name: 'Microphone' })).toHaveAttribute('aria-pressed', 'false');
  await expect(theirs.getByText('Ana Silva has the microphone off.')).toBeVisible();
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await expect(theirs.getByText('Ana Silva has the camera off.')).toBeVisible();

  // A page that is loaded anew is in the call again, with everything on.
  await page.reload();
  await hydrated(page);
  for (const [here, other] of [[page, 'Vera Voss'], [theirs, 'Ana Silva']] as const) {
    await expect(people(here)).toContainText('Connected', { timeout: 30_000 });
    await moves(picture(here, other));
    await sounds(picture(here, other));
  }
  await expect(said(page)).toHaveCount(2);

  // Ten minutes more, once it was seen what they cost.
  const before = await left(theirs);
  await expect(theirs.getByRole('link', { name: 'Ten minutes more' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Ten minutes more' }).click();
  await expect(page.getByText('They cost 25.00 EUR')).toBeVisible();
  await axe(page);
  await page.getByRole('button', { name: 'Pay 25.00 EUR' }).click();
  await expect(page.getByRole('heading', { name: 'Ten minutes more?' })).toHaveCount(0);
  await expect.poll(() => left(theirs)).toBeGreaterThan(before + 500);
  // The question did not interrupt anything.
  await moves(picture(page, 'Vera Voss'));

  await theirs.getByRole('link', { name: 'End the call' }).click();
  await expect(theirs.getByText('Ana Silva gets back what is left of it, by whole minutes.')).toBeVisible();
  await axe(theirs);
  await theirs.getByRole('button', { name: 'End it for both' }).click();
  for (const here of [theirs, page]) {
    await expect(here.getByText('You met')).toBeVisible();
    await expect(here.locator('video')).toHaveCount(0);
    await expect(said(here)).toHaveCount(2);
    await expect(here.getByText('Appeal within a month')).toBeVisible();
    await expect(here.getByRole('main').getByRole('textbox')).toHaveCount(0);
  }
  await axe(page);
  await page.getByRole('link', { name: 'Go to the booking' }).click();
  const booking = room.replace(/\/room$/, '');
  await expect(page).toHaveURL(booking);

  // What was noted is for everybody once the client agrees, and for nobody as soon as they don't.
  await page.getByRole('checkbox', { name: 'The expert may publish what was noted' }).check();
  await page.getByRole('button', { name: 'Save the notes' }).click();
  await expect(page.getByText('Your notes are saved.')).toBeVisible();
  await visit(theirs, booking);
  await theirs.getByLabel('Title').fill('A letter from the tax office');
  await expect(theirs.getByLabel('What others read')).toHaveValue('Appeal within a month');
  await axe(theirs);
  await theirs.getByRole('button', { name: 'Publish it' }).click();
  await expect(theirs.getByRole('heading', { name: 'On your page' })).toBeVisible();
  const visitor = await open();
  const published = visitor.getByRole('heading', { name: 'A letter from the tax office' });
  await visit(visitor, `/experts/${expert.handle}`);
  await expect(published).toBeVisible();
  await axe(visitor);
  await visit(page, booking);
  await expect(page.getByRole('heading', { name: 'A letter from the tax office' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'The expert may publish what was noted' }).uncheck();
  await page.getByRole('button', { name: 'Save the notes' }).click();
  await expect(page.getByRole('heading', { name: 'A letter from the tax office' })).toHaveCount(0);
  await visit(visitor, `/experts/${expert.handle}`);
  await expect(published).toHaveCount(0);
});

test('who has no camera talks, who may use nothing writes, and both are told', async ({ page, open, newMember, guard }) => {
  guard.expectStatus(/signal_in_room$/, 409);
  const [expert, client] = [await newMember('Vera Voss'), await newMember('Ana Silva')];
  await setUp(expert);
  await page.context().addCookies(client.cookies);
  const room = await book(page, expert);
  const theirs = await open({ as: expert });
  await forbid(page.context(), 'camera');
  await visit(page, room);
  await enter(page, 'With camera');
  await expect(page.getByText(/does not let this page use the camera\. You go on with your voice alone\./)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Camera', exact: true })).toHaveCount(0);

  await visit(theirs, room);
  await enter(theirs, 'Only voice');
  await expect(people(theirs)).toContainText('Connected', { timeout: 30_000 });
  await expect(theirs.getByText('Ana Silva is here with their voice only.')).toBeVisible();
  for (const [here, other] of [[page, 'Vera Voss'], [theirs, 'Ana Silva']] as const) await sounds(picture(here, other));
  await axe(theirs);

  // Another way, and back: the chat goes on.
  await theirs.getByRole('button', { name: 'Talk in another way' }).click();
  await enter(theirs, 'Only chat');
  await expect(page.getByText('Vera Voss uses the chat only.')).toBeVisible();
  await write(page, 'Vera Voss', 'Then in writing');
  await expect(said(theirs)).toHaveText([/Then in writing/]);

  await forbid(page.context(), 'everything');
  await page.reload();
  await hydrated(page);
  await expect(page.getByText(/does not let this page use the microphone\. You go on with the chat alone\./)).toBeVisible();
  await expect(said(page)).toHaveCount(1);
});

test('what is said while the connection is lost is there afterwards, once and in order', async ({ page, open, newMember, guard }) => {
  guard.expectOffline();
  const [expert, client] = [await newMember('Vera Voss'), await newMember('Ana Silva')];
  await setUp(expert);
  await page.context().addCookies(client.cookies);
  const room = await book(page, expert);
  const theirs = await open({ as: expert });
  const socket = await holdSocket(page);
  for (const here of [page, theirs]) {
    await visit(here, room);
    await enter(here, 'Only chat');
  }
  await expect.poll(socket.caughtUp).toBeGreaterThan(0);
  await write(theirs, 'Ana Silva', 'One');
  await expect(said(page)).toHaveText([/One/]);
  await socket.cut();
  await write(theirs, 'Ana Silva', 'Two');
  await write(theirs, 'Ana Silva', 'Three');
  await expect(said(theirs)).toHaveCount(3);
  socket.mend();
  await expect(said(page)).toHaveText([/One/, /Two/, /Three/], { timeout: 20_000 });
  await write(page, 'Vera Voss', 'Four');
  for (const here of [page, theirs]) await expect(said(here)).toHaveText([/One/, /Two/, /Three/, /Four/]);
});

test('a room is for those who meet, and only when it is time', async ({ page, open, newMember, guard }) => {
  guard.expectStatus(/^\/bookings\/.*\/room$/, 401, 404);
  guard.expectStatus(/enter_room/, 404);
  const [expert, client] = [await newMember('Vera Voss'), await newMember('Ana Silva')];
  await setUp(expert);
  await page.context().addCookies(client.cookies);
  const room = await book(page, expert, 3);
  const answer = await page.goto(room);
  expect(await answer?.headerValue('permissions-policy')).toContain('camera=(self), geolocation=(), microphone=(self)');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'The room is not open yet' })).toBeVisible();
  await expect(page.getByRole('timer', { name: 'Time until the room opens' })).toBeVisible();
  await axe(page);

  const stranger = await newMember();
  const theirs = await open({ as: stranger });
  expect((await theirs.goto(room))?.status()).toBe(404);
  const entered = await theirs.request.post(`${room}?do=experts/enter_room`, {
    form: { booking: room.split('/').at(-2) ?? '' },
    maxRedirects: 0,
  });
  expect(entered.status()).toBe(404);
  const visitor = await open();
  expect((await visitor.goto(room))?.status()).toBe(401);
  await expect(visitor.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('without JavaScript there are the chat and the notes', async ({ page, open, newMember, guard }) => {
  guard.expectStatus(/do=experts\/say_in_room/, 422);
  const [expert, client] = [await newMember('Vera Voss'), await newMember('Ana Silva')];
  await setUp(expert);
  const room = await book(await open({ as: client }), expert);
  const plain = await open({ as: client, javaScriptEnabled: false });
  await plain.goto(room);
  await expect(plain.getByText('Video and voice need JavaScript')).toBeVisible();
  await plain.getByRole('button', { name: 'Go into the room' }).click();
  await expect(plain.getByText('You are in the room.', { exact: true })).toBeVisible();
  await write(plain, 'Vera Voss', ' ');
  await expect(plain.getByText('Write something first.')).toBeVisible();
  await write(plain, 'Vera Voss', 'Hello from an old browser');
  await expect(said(plain)).toHaveText([/Hello from an old browser/]);
  await plain.getByRole('textbox', { name: 'Your notes' }).fill('Bring the letter');
  await plain.getByRole('button', { name: 'Keep my notes' }).click();
  await expect(plain.getByText('Your notes are kept.')).toBeVisible();
  await expect(plain.getByRole('textbox', { name: 'Your notes' })).toHaveValue('Bring the letter');

  await page.context().addCookies(expert.cookies);
  await visit(page, room);
  await enter(page, 'Only chat');
  await expect(said(page)).toHaveText([/Hello from an old browser/]);
  await expect(page.getByRole('region', { name: 'Notes' })).toContainText('Bring the letter');
});
