// Writes recorded requests to Stripe as a TypeScript file that only compiles if they are right.
// Usage: node check-stripe-requests.mjs FOLDER FILE, called by check-stripe-requests.sh.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Every request that the adapter makes, with the type of its parameters. `*` stands for a reference.
const TYPES = {
  "POST /v1/account_links": "AccountLinkCreateParams",
  "POST /v1/accounts": "AccountCreateParams",
  "GET /v1/accounts/*": "AccountRetrieveParams",
  "POST /v1/billing_portal/sessions": "BillingPortal.SessionCreateParams",
  "POST /v1/checkout/sessions": "Checkout.SessionCreateParams",
  "GET /v1/checkout/sessions/*": "Checkout.SessionRetrieveParams",
  "POST /v1/checkout/sessions/*/expire": "Checkout.SessionExpireParams",
  "POST /v1/customers": "CustomerCreateParams",
  "GET /v1/payment_intents": "PaymentIntentListParams",
  "POST /v1/payment_intents": "PaymentIntentCreateParams",
  "GET /v1/payment_intents/*": "PaymentIntentRetrieveParams",
  "POST /v1/payment_intents/*/cancel": "PaymentIntentCancelParams",
  "GET /v1/payment_methods/*": "PaymentMethodRetrieveParams",
  "POST /v1/payment_methods/*/detach": "PaymentMethodDetachParams",
  "POST /v1/payouts": "PayoutCreateParams",
  "POST /v1/prices": "PriceCreateParams",
  "POST /v1/products": "ProductCreateParams",
  "POST /v1/refunds": "RefundCreateParams",
  "POST /v1/transfers": "TransferCreateParams",
  "GET /v1/transfers": "TransferListParams",
  "GET /v1/transfers/*": "TransferRetrieveParams",
  "POST /v1/transfers/*/reversals": "TransferCreateReversalParams",
};

/** `a[b][0]=1` as `{a: {b: [1]}}`. A form has only text, so what looks like a number or a truth value is one. */
function nested(params) {
  const root = {};
  for (const [name, value] of Object.entries(params)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    const last = path.pop();
    let place = root;
    for (const part of path) place = place[part] ??= {};
    place[last] = /^(-?\d+|true|false)$/.test(value) ? JSON.parse(value) : value;
  }
  return lists(root);
}

function lists(value) {
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, part]) => [name, lists(part)]);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

const [folder, file] = process.argv.slice(2);
const requests = new Map();
const versions = new Set();
for (const name of readdirSync(folder)) {
  const { method, path, version, params } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  const what = `${method} ${path.replace(/\/[a-z]+_[A-Za-z0-9_]*[0-9][A-Za-z0-9_]*/g, "/*")}`;
  const code = JSON.stringify(nested(params), null, 2);
  versions.add(version);
  requests.set(what, (requests.get(what) ?? new Set()).add(code));
}

let number = 0;
// If the types could not be found everything would be right. These are not, and the compiler has to say so.
const lines = [
  'import Stripe from "stripe";',
  "// @ts-expect-error",
  "export const name: Stripe.RefundCreateParams = { amuont: 1 };",
  "// @ts-expect-error",
  'export const value: Stripe.RefundCreateParams = { reason: "because" };',
];
for (const version of versions) {
  lines.push(`export const v${number++}: Stripe.StripeConfig = { apiVersion: ${JSON.stringify(version)} };`);
  console.log(`  Stripe-Version: ${version}`);
}
for (const [what, codes] of [...requests].sort()) {
  if (!(what in TYPES)) throw new Error(`${what}: no type is known for it, add it to TYPES`);
  for (const code of codes) lines.push(`// ${what}`, `export const r${number++}: Stripe.${TYPES[what]} = ${code};`);
  console.log(`  ${what}: ${codes.size} as Stripe.${TYPES[what]}`);
}
const missing = Object.keys(TYPES).filter((what) => !requests.has(what));
if (missing.length > 0) throw new Error(`the tests don't make these requests: ${missing.join(", ")}`);
writeFileSync(file, `${lines.join("\n")}\n`);
const all = [...requests.values()].reduce((sum, codes) => sum + codes.size, 0);
console.log(`${all} different requests of ${requests.size} kinds`);
