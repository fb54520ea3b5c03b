-- What is sold and to whom: products, prices, subscriptions, invoices, payments by card, credits; what payment providers
-- told us; and the sandbox, which stands in for one.

-- The platform sells, too: what came in for that is its revenue, and what of it is tax it only keeps for the state.
alter table ledger_accounts
    drop constraint ledger_accounts_kind_check,
    drop constraint ledger_accounts_floors,
    add constraint ledger_accounts_kind_check check (
        kind in (
            'wallet', 'held', 'pending', 'earnings', 'provider', 'fees', 'losses', 'payouts', 'revenue', 'tax'
        )
    ),
    add constraint ledger_accounts_floors check (
        (floor is null) = (kind in ('provider', 'fees', 'losses', 'revenue', 'tax'))
    );

-- What is written once and never changed.
create function refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% is never rewritten: % refused', tg_table_name, lower(tg_op)
        using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_kept';
end
$$;

create table products (
    id uuid primary key,
    -- What pages and programs call it.
    code text not null constraint products_code unique check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
    name text not null check (char_length(name) between 1 and 80),
    summary text not null check (char_length(summary) <= 300),
    -- What of its price is tax, in hundredths of a percent of the price without it.
    tax_rate smallint not null check (tax_rate between 0 and 5000),
    -- Where it stands on the page of prices.
    place smallint not null default 0,
    -- Whether it can be bought.
    on_sale boolean not null,
    created_at timestamptz not null
);
create index products_on_sale on products (place, id) where on_sale;

-- What a product entitles to: a feature, and how much of it; without an amount, as much as one likes.
create table product_grants (
    product_id uuid not null references products (id),
    feature text not null check (feature ~ '^[a-z][a-z0-9_]{1,39}$'),
    amount bigint check (amount >= 0),
    -- Given as credits with each period that is paid, to be used up within it, rather than as a limit.
    as_credits boolean not null default false,
    primary key (product_id, feature),
    constraint product_grants_credits check (not as_credits or amount > 0)
);

-- Prices include tax. One that changes is retired, and a new one takes its place: who pays the old one goes on with it.
create table prices (
    id uuid primary key,
    product_id uuid not null references products (id),
    version integer not null check (version > 0),
    currency text not null check (currency in ('CHF', 'EUR', 'GBP', 'JPY', 'USD')),
    amount bigint not null check (amount between 0 and 10000000000),
    -- How often it is paid: 'once', or each 'month' or 'year'.
    per text not null check (per in ('once', 'month', 'year')),
    trial_days smallint not null default 0 check (trial_days between 0 and 365),
    created_at timestamptz not null,
    retired_at timestamptz,
    constraint prices_versions unique (product_id, currency, per, version),
    constraint prices_trials check (trial_days = 0 or per <> 'once')
);
create unique index prices_current on prices (product_id, currency, per) where retired_at is null;
create function guard_price() returns trigger
language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.retired_at is null
        and (new.id, new.product_id, new.version, new.currency, new.amount, new.per, new.trial_days, new.created_at)
        = (old.id, old.product_id, old.version, old.currency, old.amount, old.per, old.trial_days, old.created_at)
    then
        return new;
    end if;
    raise exception 'a price is retired, never changed'
        using errcode = 'integrity_constraint_violation', constraint = 'prices_are_kept';
end
$$;
create trigger prices_guard before update or delete on prices for each row execute function guard_price();

-- What products and prices are called by payment providers.
create table published (
    provider text not null check (provider in ('sandbox', 'stripe')),
    thing_id uuid not null,
    reference text not null,
    primary key (provider, thing_id)
);

-- Who pays: what stands on their invoices, what the provider calls them, and the card they left.
create table customers (
    account_id uuid primary key references accounts (id),
    bill_name text not null default '' check (char_length(bill_name) <= 120),
    bill_address text not null default '' check (char_length(bill_address) <= 400),
    bill_tax_id text not null default '' check (char_length(bill_tax_id) <= 40),
    provider text check (provider in ('sandbox', 'stripe')),
    reference text,
    card jsonb,
    -- When the provider last said something of it, by its clock.
    card_at timestamptz,
    changed_at timestamptz not null,
    constraint customers_reference unique (provider, reference),
    constraint customers_provider check ((provider is null) = (reference is null))
);
create index customers_by_card on customers (provider, (card ->> 'reference')) where card is not null;

create table subscriptions (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    product_id uuid not null references products (id),
    price_id uuid not null references prices (id),
    -- 'past_due': a payment failed and is tried again; 'grace': no more tries, and only reading is left; 'paused': by
    -- its owner, not paid and not in force; 'canceled': over.
    state text not null check (state in ('trialing', 'active', 'past_due', 'grace', 'paused', 'canceled')),
    pay_with text not null check (pay_with in ('wallet', 'card')),
    period_start timestamptz not null,
    period_end timestamptz not null check (period_end > period_start),
    -- The day of the month that periods end on, where the month has it.
    anchor_day smallint not null check (anchor_day between 1 and 31),
    -- What happens when the period ends.
    at_end text not null default 'renew' check (at_end in ('renew', 'cancel', 'pause', 'change')),
    next_price_id uuid references prices (id),
    -- When something is due: the end of the period, another try, the end of grace.
    due_at timestamptz,
    canceled_at timestamptz,
    cancel_reason text check (cancel_reason in ('asked', 'unpaid', 'refunded', 'disputed')),
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint subscriptions_change_to_something check ((at_end = 'change') = (next_price_id is not null)),
    constraint subscriptions_end_for_a_reason check (
        (state = 'canceled') = (canceled_at is not null) and (state = 'canceled') = (cancel_reason is not null)
    ),
    constraint subscriptions_are_due check ((due_at is null) = (state in ('paused', 'canceled')))
);
create unique index subscriptions_one_of_each on subscriptions (account_id, product_id) where state <> 'canceled';
create index subscriptions_due on subscriptions (due_at) where due_at is not null;
create index subscriptions_by_account on subscriptions (account_id, id desc);
create index subscriptions_by_state on subscriptions (state, id desc);

-- Who had which product for nothing: that is had once.
create table trials (
    account_id uuid not null references accounts (id),
    product_id uuid not null references products (id),
    primary key (account_id, product_id)
);

-- Somebody is about to buy something at a price they have seen. Nothing is owed for it yet.
create table checkouts (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    purpose text not null check (purpose in ('top_up', 'buy', 'subscribe', 'change', 'invoice')),
    price_id uuid references prices (id),
    subscription_id uuid references subscriptions (id),
    invoice_id uuid,
    currency text not null check (currency in ('CHF', 'EUR', 'GBP', 'JPY', 'USD')),
    total bigint not null check (total >= 0),
    -- The instant that a change of plan was reckoned for.
    reckoned_at timestamptz not null,
    pay_with text not null check (pay_with in ('wallet', 'card')),
    state text not null check (state in ('open', 'paid', 'failed', 'expired')),
    -- Why it failed, in words for who pays.
    failure text check (char_length(failure) <= 300),
    key text not null check (char_length(key) between 1 and 120),
    expires_at timestamptz not null,
    created_at timestamptz not null,
    done_at timestamptz,
    constraint checkouts_key unique (account_id, key),
    constraint checkouts_done check ((state = 'open') = (done_at is null)),
    constraint checkouts_of_something check (
        (price_id is not null) = (purpose in ('buy', 'subscribe', 'change'))
        and (invoice_id is not null) <= (purpose <> 'top_up')
        and (purpose <> 'change' or subscription_id is not null)
        and (purpose <> 'invoice' or invoice_id is not null)
    )
);
create index checkouts_to_expire on checkouts (expires_at) where state = 'open';
create index checkouts_by_account on checkouts (account_id, id desc);
create index checkouts_by_invoice on checkouts (invoice_id) where invoice_id is not null;

-- Invoices and credit notes are numbered without gaps: the row of their series is held while one is written, and what is
-- rolled back takes its number back.
create table invoice_series (
    name text primary key,
    last_number bigint not null default 0
);

create table invoices (
    id uuid primary key,
    kind text not null check (kind in ('invoice', 'credit_note')),
    series text not null references invoice_series (name),
    number bigint not null,
    account_id uuid not null references accounts (id),
    subscription_id uuid references subscriptions (id),
    checkout_id uuid references checkouts (id),
    -- What a credit note takes back.
    corrects uuid references invoices (id),
    currency text not null check (currency in ('CHF', 'EUR', 'GBP', 'JPY', 'USD')),
    net bigint not null,
    tax bigint not null,
    total bigint not null check (total >= 0),
    -- Who it was made out to, as that was then.
    bill_to text not null,
    -- 'open': to be paid; 'uncollectible': given up. A credit note is 'paid' when it is written.
    state text not null check (state in ('open', 'paid', 'uncollectible')),
    -- How often it was tried in vain to have it paid.
    tries smallint not null default 0 check (tries >= 0),
    credited bigint not null default 0,
    -- What paid it.
    transfer_id uuid references transfers (id),
    issued_at timestamptz not null,
    paid_at timestamptz,
    constraint invoices_number unique (series, number),
    constraint invoices_add_up check (net + tax = total),
    constraint invoices_credit_within_total check (credited between 0 and total),
    constraint invoices_paid_at check ((state = 'paid') = (paid_at is not null)),
    constraint invoices_correct_something check ((corrects is not null) = (kind = 'credit_note'))
);
create index invoices_by_account on invoices (account_id, id desc);
create index invoices_by_subscription on invoices (subscription_id, id desc) where subscription_id is not null;
create index invoices_by_corrected on invoices (corrects) where corrects is not null;
create unique index invoices_one_of_a_checkout on invoices (checkout_id) where checkout_id is not null and kind = 'invoice';
-- A subscription owes for one period at a time.
create unique index invoices_one_open on invoices (subscription_id) where state = 'open' and subscription_id is not null;
alter table checkouts add constraint checkouts_invoice foreign key (invoice_id) references invoices (id);

create function number_invoice() returns trigger
language plpgsql as $$
begin
    insert into invoice_series as it (name, last_number) values (new.series, 1)
    on conflict (name) do update set last_number = it.last_number + 1
    returning last_number into new.number;
    return new;
end
$$;
create trigger invoices_number before insert on invoices for each row execute function number_invoice();
create function guard_invoice() returns trigger
language plpgsql as $$
begin
    if tg_op = 'UPDATE'
        and (new.id, new.kind, new.series, new.number, new.account_id, new.currency, new.net, new.tax, new.total)
        = (old.id, old.kind, old.series, old.number, old.account_id, old.currency, old.net, old.tax, old.total)
        and (new.bill_to, new.issued_at) = (old.bill_to, old.issued_at)
        and new.corrects is not distinct from old.corrects
        and new.credited >= old.credited
        and (old.transfer_id is null or new.transfer_id = old.transfer_id)
    then
        return new;
    end if;
    raise exception 'an invoice is never rewritten; write a credit note'
        using errcode = 'integrity_constraint_violation', constraint = 'invoices_are_kept';
end
$$;
create trigger invoices_guard before update or delete on invoices for each row execute function guard_invoice();

create table invoice_lines (
    invoice_id uuid not null references invoices (id),
    place smallint not null check (place >= 0),
    description text not null check (char_length(description) between 1 and 200),
    price_id uuid references prices (id),
    -- Below zero: what is given back of an earlier period.
    total bigint not null,
    tax_rate smallint not null check (tax_rate between 0 and 5000),
    tax bigint not null,
    period_start timestamptz,
    period_end timestamptz,
    primary key (invoice_id, place),
    constraint invoice_lines_tax check (sign(tax) in (0, sign(total)) and abs(tax) <= abs(total))
);
create trigger invoice_lines_are_kept
    before update or delete or truncate on invoice_lines
    for each statement execute function refuse_change();
create function check_invoice() returns trigger
language plpgsql as $$
begin
    if not exists (
        select from invoice_lines where invoice_id = new.id
        having coalesce(sum(total), 0) = new.total and coalesce(sum(tax), 0) = new.tax and count(*) > 0
    ) then
        raise exception 'the lines of invoice % do not come to its total', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'invoices_are_the_sum_of_their_lines';
    end if;
    return null;
end
$$;
create constraint trigger invoices_are_the_sum_of_their_lines
    after insert on invoices
    deferrable initially deferred
    for each row execute function check_invoice();

-- What somebody bought once.
create table purchases (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    product_id uuid not null references products (id),
    invoice_id uuid not null references invoices (id),
    created_at timestamptz not null,
    -- Given back: it entitles to nothing any more.
    revoked_at timestamptz
);
create index purchases_by_account on purchases (account_id, id desc);
create index purchases_by_invoice on purchases (invoice_id);

-- Money that is taken from a card. What the provider says of it is merged so that the order in which it says it makes no
-- difference; what of that is in the ledger stands beside it.
create table payments (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    checkout_id uuid references checkouts (id),
    invoice_id uuid references invoices (id),
    provider text not null check (provider in ('sandbox', 'stripe')),
    -- What the provider calls the payment, and the page it is made on.
    reference text,
    page_reference text,
    page_url text,
    -- Whether the page was used to the end: no other card can be tried on it.
    page_done boolean not null default false,
    -- The card that is charged while its owner is away.
    card_reference text,
    description text not null,
    currency text not null check (currency in ('CHF', 'EUR', 'GBP', 'JPY', 'USD')),
    amount bigint not null check (amount > 0),
    status text not null check (
        status in ('waiting', 'action_needed', 'processing', 'failed', 'canceled', 'succeeded')
    ),
    -- When the provider last said something of its status, by its clock.
    status_at timestamptz not null,
    failure_code text,
    failure text,
    -- What the provider says came, went back and is disputed.
    received bigint not null default 0 check (received between 0 and amount),
    refunded bigint not null default 0 check (refunded >= 0),
    disputed bigint not null default 0 check (disputed >= 0),
    -- 'open' and 'lost': the money is gone; 'won': it is back.
    dispute text check (dispute in ('open', 'lost', 'won')),
    dispute_at timestamptz,
    -- What the ledger has of it.
    top_up_id uuid references transfers (id),
    booked_back bigint not null default 0,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint payments_reference unique (provider, reference),
    constraint payments_page unique (provider, page_reference),
    constraint payments_for_something check ((checkout_id is null) <> (invoice_id is null)),
    -- Never more back than came.
    constraint payments_booked check (booked_back between 0 and received)
);
create unique index payments_one_of_a_checkout on payments (checkout_id) where checkout_id is not null;
create unique index payments_one_open_of_an_invoice on payments (invoice_id)
    where invoice_id is not null and status not in ('failed', 'canceled', 'succeeded');
create index payments_by_invoice on payments (invoice_id) where invoice_id is not null;
create index payments_by_account on payments (account_id, id desc);
create index payments_by_creation on payments (provider, created_at, id);

-- Money that goes back to who paid an invoice, each with its credit note.
create table refunds (
    id uuid primary key,
    invoice_id uuid not null references invoices (id),
    credit_note_id uuid not null unique references invoices (id),
    -- The card payment it goes back to; into the wallet when empty.
    payment_id uuid references payments (id),
    currency text not null,
    amount bigint not null check (amount > 0),
    reason text not null check (char_length(reason) <= 200),
    state text not null check (state in ('under_way', 'done', 'failed')),
    reference text,
    failure text check (char_length(failure) <= 300),
    key text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint refunds_key unique (invoice_id, key)
);
create index refunds_by_payment on refunds (payment_id) where payment_id is not null;
create index refunds_by_reference on refunds (reference) where reference is not null;

-- Where members' payouts go.
create table payout_accounts (
    account_id uuid primary key references accounts (id),
    provider text not null check (provider in ('sandbox', 'stripe')),
    reference text not null,
    complete boolean not null default false,
    enabled boolean not null default false,
    -- When the provider said so, by its clock.
    said_at timestamptz not null,
    constraint payout_accounts_reference unique (provider, reference)
);

-- When a payout was handed over for the first time. Providers forget what they were asked after a day.
create table payout_handovers (
    payout_id uuid primary key references payouts (id),
    asked_at timestamptz not null
);

-- What providers told us, as they sent it, before anything is made of it.
create table webhook_events (
    id uuid primary key,
    provider text not null check (provider in ('sandbox', 'stripe')),
    reference text not null check (char_length(reference) between 1 and 255),
    kind text not null check (char_length(kind) between 1 and 120),
    -- The provider's name of what it is about: events of one thing are handled one after the other.
    object text not null,
    body bytea not null,
    -- 'waiting', to be tried (again); 'done'; 'kept', of a kind that nothing is made of; 'dead', given up.
    state text not null check (state in ('waiting', 'done', 'kept', 'dead')),
    attempts smallint not null default 0,
    last_error text,
    -- When it happened, by the provider's clock.
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    handled_at timestamptz,
    constraint webhook_events_reference unique (provider, reference)
);
create index webhook_events_by_state on webhook_events (state, id desc);

-- What a provider has, held against what we have.
create table reconciliations (
    id uuid primary key,
    provider text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    checked integer not null,
    created_at timestamptz not null
);
create table reconciliation_differences (
    reconciliation_id uuid not null references reconciliations (id),
    place integer not null,
    kind text not null check (kind in ('missing_here', 'missing_there', 'amount', 'status', 'refunded', 'ledger')),
    payment_id uuid,
    reference text,
    ours text not null,
    theirs text not null,
    primary key (reconciliation_id, place)
);

-- Credits: paid or given in advance, and used up by the unit, first those that expire first.
create table credits (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    meter text not null check (meter ~ '^[a-z][a-z0-9_]{1,39}$'),
    amount bigint not null check (amount > 0),
    -- What can still be reserved.
    remaining bigint not null,
    reason text not null check (char_length(reason) <= 200),
    key text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    constraint credits_key unique (account_id, key),
    constraint credits_never_below_zero check (remaining between 0 and amount)
);
create index credits_to_use on credits (account_id, meter, expires_at, id) where remaining > 0;

-- Credits that are set aside while what they pay for runs.
create table reservations (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    meter text not null,
    amount bigint not null check (amount > 0),
    -- What was used in the end; empty while it runs.
    used bigint,
    key text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint reservations_key unique (account_id, key),
    constraint reservations_used check (used between 0 and amount),
    constraint reservations_ended check ((used is null) = (ended_at is null))
);
create index reservations_to_expire on reservations (expires_at) where ended_at is null;
create index reservations_by_account on reservations (account_id, meter, id desc);
-- Which credits a reservation draws on.
create table reservation_draws (
    reservation_id uuid not null references reservations (id),
    credit_id uuid not null references credits (id),
    amount bigint not null check (amount > 0),
    used bigint not null default 0,
    primary key (reservation_id, credit_id),
    constraint reservation_draws_used check (used between 0 and amount)
);

-- The sandbox: what a payment provider would keep. The rest of Magentic reads it through the port of payments only.
create table sandbox_customers (
    reference text primary key,
    account_id uuid not null
);
-- Of a card only what is needed to charge it and to recognise it: never its number.
create table sandbox_cards (
    reference text primary key,
    -- Who left it for payments to come; empty when it was used once.
    customer text references sandbox_customers (reference),
    -- How it behaves when it is charged: 'succeeds', 'disputed', …
    behaviour text not null,
    brand text not null,
    last4 text not null check (last4 ~ '^[0-9]{4}$'),
    exp_month smallint not null check (exp_month between 1 and 12),
    exp_year smallint not null check (exp_year between 2000 and 2099),
    detached_at timestamptz,
    constraint sandbox_cards_detached check (detached_at is null or customer is not null)
);
create index sandbox_cards_by_customer on sandbox_cards (customer) where customer is not null;
create table sandbox_payments (
    reference text primary key,
    payment_id uuid not null,
    customer text not null references sandbox_customers (reference),
    -- The card of the last try, unless that failed.
    card text references sandbox_cards (reference),
    description text not null,
    currency text not null,
    amount bigint not null check (amount > 0),
    status text not null check (
        status in ('requires_payment_method', 'requires_action', 'processing', 'succeeded', 'canceled')
    ),
    -- Why the last try failed.
    failure_code text,
    decline_code text,
    failure text,
    received bigint not null default 0,
    refunded bigint not null default 0,
    dispute text check (dispute in ('needs_response', 'won', 'lost')),
    disputed_at timestamptz,
    -- When what is under way comes to an end.
    settles_at timestamptz,
    created_at timestamptz not null,
    constraint sandbox_payments_received check (received = case status when 'succeeded' then amount else 0 end),
    constraint sandbox_payments_refunds_stay_within check (refunded between 0 and received),
    constraint sandbox_payments_failure check ((failure_code is null) = (failure is null)),
    constraint sandbox_payments_dispute check ((dispute is null) = (disputed_at is null)),
    constraint sandbox_payments_settle check ((settles_at is not null) = (status = 'processing'))
);
create index sandbox_payments_by_creation on sandbox_payments (created_at, reference);
create index sandbox_payments_to_settle on sandbox_payments (settles_at) where settles_at is not null;
create table sandbox_payout_accounts (
    reference text primary key,
    account_id uuid not null,
    -- How payouts to it go: they arrive, or come back. Empty until its owner has said where they go.
    behaviour text check (behaviour in ('arrives', 'comes_back')),
    -- The end of the bank account's number, to recognise it by.
    last4 text check (last4 ~ '^[0-9]{4}$'),
    created_at timestamptz not null,
    constraint sandbox_payout_accounts_complete check ((behaviour is null) = (last4 is null))
);
create table sandbox_pages (
    -- Long and random: whoever has it may use the page.
    reference text primary key,
    kind text not null check (kind in ('payment', 'card', 'payout_account')),
    customer text references sandbox_customers (reference),
    payout_account text references sandbox_payout_accounts (reference),
    -- What is to be paid. The payment is made when somebody first tries to.
    payment_id uuid,
    currency text,
    amount bigint check (amount > 0),
    description text not null default '',
    payment text references sandbox_payments (reference),
    keep_card boolean not null,
    -- The card that waits for its owner to confirm with the bank that it is them.
    confirming text references sandbox_cards (reference),
    success_url text not null,
    cancel_url text not null,
    state text not null check (state in ('open', 'done', 'expired')),
    expires_at timestamptz not null,
    created_at timestamptz not null,
    constraint sandbox_pages_for_somebody check (
        (customer is not null) = (kind in ('payment', 'card'))
        and (payout_account is not null) = (kind = 'payout_account')
    ),
    constraint sandbox_pages_for_something check (
        (kind = 'payment') = (payment_id is not null)
        and (kind = 'payment') = (currency is not null)
        and (kind = 'payment') = (amount is not null)
        and (payment is null or kind = 'payment')
    ),
    constraint sandbox_pages_confirming check (confirming is null or state = 'open')
);
create index sandbox_pages_to_expire on sandbox_pages (expires_at) where state = 'open';
create table sandbox_refunds (
    reference text primary key,
    payment text not null references sandbox_payments (reference),
    amount bigint not null check (amount > 0),
    status text not null check (status in ('succeeded', 'failed')),
    -- When it comes to nothing, if it will.
    settles_at timestamptz,
    created_at timestamptz not null
);
create index sandbox_refunds_by_payment on sandbox_refunds (payment);
create index sandbox_refunds_to_settle on sandbox_refunds (settles_at) where settles_at is not null;
create table sandbox_payouts (
    reference text primary key,
    payout_id uuid not null,
    account text not null references sandbox_payout_accounts (reference),
    currency text not null,
    amount bigint not null check (amount > 0),
    status text not null check (status in ('in_transit', 'paid', 'failed')),
    -- When it arrives or comes back.
    settles_at timestamptz,
    created_at timestamptz not null,
    constraint sandbox_payouts_settle check ((settles_at is not null) = (status = 'in_transit'))
);
create index sandbox_payouts_to_settle on sandbox_payouts (settles_at) where settles_at is not null;
-- Requests that were answered, by key: sent again they are answered the same. The answer is empty only within the
-- transaction that works on it.
create table sandbox_requests (
    key text primary key,
    fingerprint bytea not null,
    answer jsonb,
    created_at timestamptz not null
);
create index sandbox_requests_by_age on sandbox_requests (created_at);
-- The news of it all, as they are sent.
create table sandbox_events (
    reference text primary key,
    body bytea not null,
    created_at timestamptz not null,
    delivered_at timestamptz
);
create index sandbox_events_by_age on sandbox_events (created_at);
