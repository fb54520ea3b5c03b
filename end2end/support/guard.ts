/**
 * Watches what a page does behind the tester's back: errors and warnings in the console (hydration and the content
 * security policy report there), exceptions, and requests to our server that fail. Anything a test has not announced fails it.
 */
import { type BrowserContext, type Page, type Request, expect } from '@playwright/test';

/** What Playwright itself says, and Chromium about an answer whose status we see anyway. */
const NOT_OURS = [/Service Worker registration blocked by Playwright/, /^Failed to load resource/];

/** What Chromium says of a script that a page has it load early, once the page has been open for some seconds without using it. */
const UNUSED = /was preloaded using link preload but not used/;

type Announced = { path: RegExp; statuses: number[] };

export class Guard {
  readonly #seen: string[] = [];
  readonly #announced: Announced[] = [];
  readonly #words: RegExp[] = [];
  #offline = false;

  /** Announces answers with one of these statuses to requests whose path and query match. */
  expectStatus(path: RegExp, ...statuses: number[]): void {
    this.#announced.push({ path, statuses });
  }

  /** Announces words in the console. */
  expectConsole(words: RegExp): void {
    this.#words.push(words);
  }

  /** Announces that the network goes away: requests and sockets may break from now on. */
  expectOffline(): void {
    this.#offline = true;
  }

  /** `scripts` is false where JavaScript is off: scripts that are not loaded or used there are no fault. */
  watch(context: BrowserContext, scripts = true): void {
    context.on('page', (page) => this.#watchPage(page, scripts));
    for (const page of context.pages()) this.#watchPage(page, scripts);
  }

  verify(): void {
    expect(this.#seen, 'what pages reported by themselves').toEqual([]);
  }

  #watchPage(page: Page, scripts: boolean): void {
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      const text = message.text();
      if ([...NOT_OURS, ...this.#words].some((pattern) => pattern.test(text))) return;
      if (!scripts && UNUSED.test(text)) return;
      if (this.#offline && /WebSocket|ERR_INTERNET_DISCONNECTED/.test(text)) return;
      this.#note(page, `console ${message.type()}: ${text}`);
    });
    page.on('pageerror', (error) => this.#note(page, `exception: ${error.message}`));
    page.on('response', (response) => {
      const status = response.status();
      if (status < 400 || !this.#isOurs(response.url())) return;
      const path = pathOf(response.url());
      if (this.#announced.some((it) => it.path.test(path) && it.statuses.includes(status))) return;
      this.#note(page, `${status} for ${response.request().method()} ${path}`);
    });
    page.on('requestfailed', (request) => {
      if (scripts || request.resourceType() !== 'script') this.#failed(page, request);
    });
  }

  #failed(page: Page, request: Request): void {
    const reason = request.failure()?.errorText ?? 'unknown';
    // Leaving a page ends what it was loading.
    if (reason === 'net::ERR_ABORTED' || this.#offline || !this.#isOurs(request.url())) return;
    this.#note(page, `${reason} for ${request.method()} ${pathOf(request.url())}`);
  }

  #isOurs(url: string): boolean {
    return url.startsWith(process.env['MAGENTIC_URL'] ?? '?');
  }

  #note(page: Page, what: string): void {
    this.#seen.push(`${pathOf(page.url())}: ${what}`);
  }
}

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}
