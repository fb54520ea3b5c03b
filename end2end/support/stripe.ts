/**
 * A stand-in for Stripe with the parts that paying needs: customers, payment intents, a page of Checkout, signed webhooks, and
 * Stripe.js with the fields for a card in a frame. Others' stand-ins have no script whose card really pays.
 */
import { createHmac } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';

/** What webhooks are signed with. */
export const WEBHOOK_SECRET = 'whsec_end2end';

type Intent = {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  created: number;
  status: string;
  client_secret: string;
  customer: string | null;
  metadata: Record<string, string>;
  setup_future_usage: string | null;
  payment_method: Method | null;
  latest_charge: null;
  last_payment_error: Failure | null;
};
type Method = { id: string; object: 'payment_method'; customer: string | null; card: Record<string, unknown> };
type Failure = { type: string; code: string; decline_code?: string; message: string };
type Session = { id: string; url: string; status: string; intent: Intent; success: string };
type Params = URLSearchParams;

export class Stripe {
  readonly url: string;
  /** All that was begun, the eldest first. */
  readonly intents: Intent[] = [];
  /** Where webhooks go: the address of the server. */
  tells = '';
  readonly #server: Server;
  readonly #sessions: Session[] = [];
  readonly #answered = new Map<string, unknown>();
  readonly #cards = new Map<string, string>();
  #count = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Stripe> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stripe = new Stripe(server, (server.address() as { port: number }).port);
    server.on('request', (request, response) => void stripe.#answer(request, response));
    return stripe;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What was begun for a payment of ours. */
  intentsOf(payment: string | undefined): Intent[] {
    return this.intents.filter((it) => it.metadata['magentic_payment'] === payment);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    let body = '';
    for await (const part of request) body += String(part);
    const params = request.method === 'POST' ? new URLSearchParams(body) : searchParams;
    const key = request.headers['idempotency-key'];
    // Browsers ask from our pages, and the tests give each request a header that has to be asked for before.
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const page = this.#page(request.method ?? '', pathname);
    if (page) {
      const [type, text] = page;
      response.writeHead(type === 'location' ? 303 : 200, type === 'location' ? { location: text } : { 'content-type': type });
      response.end(type === 'location' ? '' : text);
      return;
    }
    const known = typeof key === 'string' ? this.#answered.get(key) : undefined;
    const [status, answer] = known ? [200, known] : this.#api(request.method ?? '', pathname.split('/').slice(2), params);
    if (typeof key === 'string' && status === 200) this.#answered.set(key, structuredClone(answer));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${String(this.#count).padStart(6, '0')}`;
  }

  #api(method: string, path: string[], params: Params): [number, unknown] {
    const [what, id, then] = path;
    const intent = this.intents.find((it) => it.id === id);
    const refused = (message: string, code = 'resource_missing'): [number, unknown] => [
      400,
      { error: { type: 'invalid_request_error', code, message } },
    ];
    if (method === 'POST' && ['customers', 'products', 'prices'].includes(what ?? '') && !id) {
      return [200, { id: this.#id(what?.slice(0, 4) ?? '') }];
    }
    if (what === 'tokens') return [200, this.#token(params)];
    if (what === 'checkout' && method === 'POST') return [200, then ? this.#expire(then) : this.#session(params)];
    if (what !== 'payment_intents') return refused(`${method} ${path.join('/')} is not there`);
    if (!id) return method === 'POST' ? [200, this.#begin(params, '')] : [200, { data: this.intents, has_more: false }];
    if (!intent) return refused('No such payment_intent');
    if (method === 'GET') return [200, intent];
    const secret = params.get('client_secret');
    switch (then) {
      case 'cancel':
        if (['succeeded', 'canceled'].includes(intent.status)) {
          return refused('You cannot cancel this PaymentIntent.', 'payment_intent_unexpected_state');
        }
        intent.status = 'canceled';
        this.#tell('payment_intent.canceled', intent);
        return [200, intent];
      case 'confirm':
        if (secret !== intent.client_secret) return refused('The client_secret is not of this PaymentIntent.');
        return this.#confirm(intent, params.get('token') ?? '');
      case 'authenticate':
        if (secret !== intent.client_secret) return refused('The client_secret is not of this PaymentIntent.');
        return params.get('success') === 'true' ? this.#succeed(intent) : this.#fail(intent, NOT_CONFIRMED);
      default:
        return refused('There is no such thing');
    }
  }

  #token(params: Params): unknown {
    const id = this.#id('tok');
    this.#cards.set(id, (params.get('number') ?? '').replace(/\D/g, ''));
    return { id };
  }

  /** Begins a payment; `of` is what the parameters are named after. */
  #begin(params: Params, of: string): Intent {
    const id = this.#id('pi');
    const name = (text: string) => (of ? `${of}[${text.split('[')[0]}]${text.includes('[') ? text.slice(text.indexOf('[')) : ''}` : text);
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount: Number(params.get('amount')),
      amount_received: 0,
      currency: params.get('currency') ?? 'eur',
      created: Math.floor(Date.now() / 1000),
      status: 'requires_payment_method',
      client_secret: `${id}_secret_${this.#id('s')}`,
      customer: params.get('customer'),
      metadata: { magentic_payment: params.get(name('metadata[magentic_payment]')) ?? '' },
      setup_future_usage: params.get(name('setup_future_usage')),
      payment_method: null,
      latest_charge: null,
      last_payment_error: null,
    };
    this.intents.push(intent);
    return intent;
  }

  #confirm(intent: Intent, token: string): [number, unknown] {
    const number = this.#cards.get(token) ?? '';
    if (!['requires_payment_method', 'requires_action'].includes(intent.status)) {
      const error = { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message: 'It is over.' };
      return [400, { error: { ...error, payment_intent: intent } }];
    }
    if (number.length !== 16) {
      return [402, { error: { type: 'validation_error', code: 'incomplete_number', message: 'Your card number is incomplete.' } }];
    }
    if (number === '4000000000000002') return this.#fail(intent, DECLINED);
    intent.payment_method = this.#method(intent, number);
    if (number === '4000002760003184') {
      intent.status = 'requires_action';
      return [200, intent];
    }
    return this.#succeed(intent);
  }

  #method(intent: Intent, number: string): Method {
    const card = { brand: 'visa', last4: number.slice(-4), exp_month: 12, exp_year: 2034 };
    const customer = intent.setup_future_usage ? intent.customer : null;
    return { id: this.#id('pm'), object: 'payment_method', customer, card };
  }

  #succeed(intent: Intent): [number, unknown] {
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, last_payment_error: null });
    if (intent.payment_method?.customer) this.#tell('payment_method.attached', intent.payment_method);
    // Stripe's news have the names of things, and not the things.
    this.#tell('payment_intent.succeeded', { ...intent, payment_method: intent.payment_method?.id });
    return [200, intent];
  }

  #fail(intent: Intent, failure: Failure): [number, unknown] {
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: failure, payment_method: null });
    this.#tell('payment_intent.payment_failed', intent);
    return [402, { error: { ...failure, payment_intent: intent } }];
  }

  #session(params: Params): unknown {
    const id = this.#id('cs_test');
    const amount = params.get('line_items[0][price_data][unit_amount]') ?? '500';
    params.set('amount', amount);
    params.set('currency', params.get('line_items[0][price_data][currency]') ?? 'eur');
    const intent = this.#begin(params, 'payment_intent_data');
    const session = { id, url: `${this.url}/pay/${id}`, status: 'open', intent, success: params.get('success_url') ?? '' };
    this.#sessions.push(session);
    return { id, url: session.url, status: 'open' };
  }

  #expire(id: string): unknown {
    const session = this.#sessions.find((it) => it.id === id);
    if (session) session.status = 'expired';
    return { id, url: null, status: 'expired' };
  }

  /** Tells the server something, a moment later as Stripe does. */
  #tell(type: string, object: unknown): void {
    const created = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ id: this.#id('evt'), object: 'event', type, created, livemode: false, data: { object } });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${created}.${body}`).digest('hex');
    setTimeout(() => {
      const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${created},v1=${signature}` };
      fetch(`${this.tells}/webhooks/stripe`, { method: 'POST', body, headers }).catch(() => undefined);
    }, 150);
  }

  /** What is no API: the script, its frames, and the page of Checkout. */
  #page(method: string, path: string): [string, string] | undefined {
    if (path === '/v3/') return ['text/javascript', SCRIPT.replaceAll('$BASE', this.url)];
    if (path === '/fields') return ['text/html', FIELDS];
    if (path === '/bank') return ['text/html', BANK];
    const session = this.#sessions.find((it) => path === `/pay/${it.id}`);
    if (!session) return undefined;
    if (method === 'POST') {
      session.intent.payment_method = this.#method(session.intent, '4242424242424242');
      this.#succeed(session.intent);
      const { id, intent } = session;
      const done = { id, object: 'checkout.session', mode: 'payment', payment_status: 'paid', metadata: intent.metadata };
      this.#tell('checkout.session.completed', { ...done, payment_intent: intent.id });
      return ['location', session.success];
    }
    return ['text/html', `<!doctype html><html lang="en"><title>Checkout</title><form method="post"><button>Pay here</button></form></html>`];
  }
}

const DECLINED: Failure = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};
const NOT_CONFIRMED: Failure = {
  type: 'card_error',
  code: 'payment_intent_authentication_failure',
  message: 'We are unable to authenticate your payment method.',
};

/** The fields, in their frame. What stands in them becomes a token there. */
const FIELDS = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Card</title>
<style>body{margin:0;display:flex;gap:8px;font:inherit;background:transparent}input{border:0;background:none;color:inherit;font:inherit;width:100%;min-width:0;outline:0;padding:0}#exp,#cvc{flex:0 0 52px}</style>
<input id="number" aria-label="Card number" placeholder="Card number" inputmode="numeric">
<input id="exp" aria-label="Expiry date" placeholder="MM / YY"><input id="cvc" aria-label="Security code" placeholder="CVC">
<script>
const of = (id) => document.getElementById(id);
const tell = (message) => parent.postMessage(message, '*');
const complete = () => of('number').value.replace(/\\D/g, '').length === 16 && of('exp').value !== '' && of('cvc').value !== '';
const changed = () => tell({ change: { complete: complete(), error: null } });
for (const id of ['number', 'exp', 'cvc']) {
  of(id).oninput = changed;
  of(id).onfocus = () => tell({ focused: true });
  of(id).onblur = () => tell({ focused: false });
}
addEventListener('message', async ({ data }) => {
  if (data.style) Object.assign(document.body.style, { color: data.style.base.color, fontSize: data.style.base.fontSize });
  if (data.focus) of('number').focus();
  if (data.token) {
    const answer = await fetch('/v1/tokens', { method: 'POST', body: new URLSearchParams({ number: of('number').value }) });
    tell({ token: (await answer.json()).id, number: data.token });
  }
});
changed();
</script></html>`;

/** The bank asks whether it is they. */
const BANK = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bank</title>
<button id="yes">Approve</button><button id="no">Refuse</button>
<script>
for (const id of ['yes', 'no']) document.getElementById(id).onclick = () => parent.postMessage({ bank: id === 'yes' }, '*');
</script></html>`;

const SCRIPT = `
(() => {
  const base = '$BASE';
  const post = async (path, fields) => {
    const answer = await fetch(base + path, { method: 'POST', body: new URLSearchParams(fields) });
    return answer.json();
  };
  const heard = (frame, what) => new Promise((resolve) => {
    addEventListener('message', function listen({ source, data }) {
      if (source !== frame.contentWindow || !(what in data)) return;
      removeEventListener('message', listen);
      resolve(data[what]);
    });
  });
  class Card {
    constructor(options) { this.options = options; this.handlers = []; }
    on(name, handler) { if (name === 'change') this.handlers.push(handler); }
    say(message) { this.frame?.contentWindow?.postMessage(message, '*'); }
    mount(place) {
      this.frame = document.createElement('iframe');
      this.frame.title = 'Secure card payment input frame';
      this.frame.src = base + '/fields';
      Object.assign(this.frame.style, { border: '0', width: '100%', height: '1.4em', display: 'block' });
      this.frame.onload = () => this.say({ style: this.options.style });
      this.listen = ({ source, data }) => {
        if (source !== this.frame.contentWindow) return;
        if (data.change) for (const handler of this.handlers) handler(data.change);
        if ('focused' in data) place.classList.toggle(this.options.classes.focus, data.focused);
      };
      addEventListener('message', this.listen);
      place.appendChild(this.frame);
    }
    update(options) { this.say({ style: options.style }); }
    focus() { this.frame?.focus(); this.say({ focus: true }); }
    destroy() { removeEventListener('message', this.listen); this.frame?.remove(); }
  }
  const ask = () => {
    const frame = document.createElement('iframe');
    frame.title = 'Bank';
    frame.src = base + '/bank';
    Object.assign(frame.style, { position: 'fixed', inset: '20% 10%', width: '80%', height: '40%', background: '#fff' });
    document.body.appendChild(frame);
    return heard(frame, 'bank').finally(() => frame.remove());
  };
  window.Stripe = () => ({
    elements: () => ({ create: (_type, options) => new Card(options) }),
    confirmCardPayment: async (client_secret, { payment_method: { card } }) => {
      const token = heard(card.frame, 'token');
      card.say({ token: 1 });
      const path = '/v1/payment_intents/' + client_secret.split('_secret_')[0];
      let answer = await post(path + '/confirm', { client_secret, token: await token });
      if (answer.status === 'requires_action') answer = await post(path + '/authenticate', { client_secret, success: await ask() });
      return answer.error ? { error: answer.error } : { paymentIntent: answer };
    },
  });
})();
`;
