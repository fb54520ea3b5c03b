-- The ledger: every movement of money, written once and never changed; and what is set aside, earned and paid out.
--
-- What must hold whatever the program does is held here: a transfer sums to zero, a balance is the sum of its postings
-- and doesn't fall below its floor, and history can't be rewritten.

create table ledger_accounts (
    id uuid primary key,
    -- Of members: 'wallet', to be spent; 'held', set aside and not yet taken; 'pending', earned and not yet free;
    -- 'earnings', free to be paid out. Of the platform: 'provider', which is what is outside (less than nothing by all
    -- that came in); 'fees'; 'losses', what nobody else could be made to pay; 'payouts', on its way out.
    kind text not null check (
        kind in ('wallet', 'held', 'pending', 'earnings', 'provider', 'fees', 'losses', 'payouts')
    ),
    -- Whose it is; empty for the platform's.
    owner_id uuid references accounts (id),
    currency text not null check (currency in ('CHF', 'EUR', 'GBP', 'JPY', 'USD')),
    -- What the balance may not fall below; empty when it may go as low as it likes.
    floor bigint,
    balance bigint not null default 0,
    -- The number of its latest posting.
    last_seq bigint not null default 0,
    created_at timestamptz not null,
    constraint ledger_accounts_one_of_each unique nulls not distinct (owner_id, kind, currency),
    -- For the postings' foreign key, which thereby vouches for the currency.
    constraint ledger_accounts_currency unique (id, currency),
    constraint ledger_accounts_floor check (floor is null or balance >= floor),
    constraint ledger_accounts_members check (
        (owner_id is not null) = (kind in ('wallet', 'held', 'pending', 'earnings'))
    ),
    constraint ledger_accounts_floors check ((floor is null) = (kind in ('provider', 'fees', 'losses')))
);

create table transfers (
    id uuid primary key,
    kind text not null check (
        kind in (
            'top_up', 'top_up_reversal', 'payment', 'refund', 'hold', 'capture', 'release', 'earnings_freed',
            'payout', 'payout_paid', 'payout_failed', 'adjustment'
        )
    ),
    -- What somebody wants to happen only once has a key; asking again with the same key is answered with this transfer.
    key text not null constraint transfers_key unique check (char_length(key) between 1 and 300),
    -- SHA-256 of what was asked for, to tell the same wish from another one under the same key.
    fingerprint bytea not null check (octet_length(fingerprint) = 32),
    memo text not null check (char_length(memo) <= 200),
    -- What it was for: a booking, a subscription, a payout.
    subject_kind text,
    subject_id uuid,
    -- The transfer that this one takes back, in whole or in part.
    reverses uuid constraint transfers_reverses references transfers (id),
    -- The hold that it makes, takes from or lets go.
    hold_id uuid,
    actor_id uuid references accounts (id),
    created_at timestamptz not null,
    -- The transaction that wrote it: the only one that may write its postings.
    written_by xid8 not null default pg_current_xact_id(),
    constraint transfers_subject check ((subject_kind is null) = (subject_id is null))
);
create index transfers_by_subject on transfers (subject_kind, subject_id, id) where subject_id is not null;
create index transfers_by_reversed on transfers (reverses) where reverses is not null;
create index transfers_by_hold on transfers (hold_id) where hold_id is not null;

create table postings (
    transfer_id uuid not null references transfers (id),
    place smallint not null check (place >= 0),
    ledger_account_id uuid not null,
    currency text not null,
    -- What came in, or less than nothing: what went out.
    amount bigint not null constraint postings_say_something check (amount <> 0),
    -- Which of its account's postings it is, and what the balance was after it. A trigger fills both in.
    seq bigint not null,
    balance_after bigint not null,
    primary key (transfer_id, place),
    -- Serves statements as well.
    constraint postings_seq unique (ledger_account_id, seq),
    foreign key (ledger_account_id, currency) references ledger_accounts (id, currency)
);

-- A balance changes with a posting and in no other way, so it can't drift from the sum of them. Balance and number
-- change under the account's row lock, so that the numbers have no gaps and are in the order of the balances.
create function move_balance() returns trigger
language plpgsql as $$
begin
    if not exists (select from transfers where id = new.transfer_id and written_by = pg_current_xact_id()) then
        raise exception 'a posting is written together with its transfer'
            using errcode = 'integrity_constraint_violation', constraint = 'postings_come_with_their_transfer';
    end if;
    update ledger_accounts set balance = balance + new.amount, last_seq = last_seq + 1
    where id = new.ledger_account_id
    returning balance, last_seq into new.balance_after, new.seq;
    if not found then
        raise exception 'there is no ledger account %', new.ledger_account_id using errcode = 'foreign_key_violation';
    end if;
    return new;
end
$$;
create trigger postings_move_balance before insert on postings for each row execute function move_balance();

-- Nothing is made and nothing is lost: looked at when the transaction ends, once all postings are there. As only that
-- transaction can write postings of the transfer, once is enough.
create function check_transfer() returns trigger
language plpgsql as $$
begin
    if (select count(*) from postings where transfer_id = new.id) < 2
        or exists (select from postings where transfer_id = new.id group by currency having sum(amount) <> 0)
    then
        raise exception 'the transfer % does not sum to zero', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'transfers_sum_to_zero';
    end if;
    return null;
end
$$;
create constraint trigger transfers_sum_to_zero
    after insert on transfers
    deferrable initially deferred
    for each row execute function check_transfer();

-- History is only ever added to.
create function refuse_rewriting() returns trigger
language plpgsql as $$
begin
    raise exception 'the ledger is never rewritten: % of % refused', lower(tg_op), tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = 'ledger_is_append_only';
end
$$;
create trigger transfers_are_kept
    before update or delete or truncate on transfers
    for each statement execute function refuse_rewriting();
create trigger postings_are_kept
    before update or delete or truncate on postings
    for each statement execute function refuse_rewriting();
create trigger ledger_accounts_are_kept
    before delete or truncate on ledger_accounts
    for each statement execute function refuse_rewriting();

-- An account begins empty, and all that ever changes of it is what the trigger of a posting changes.
create function guard_ledger_account() returns trigger
language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.balance = 0 and new.last_seq = 0 then
            return new;
        end if;
    elsif pg_trigger_depth() > 1
        and (new.id, new.kind, new.currency, new.created_at) = (old.id, old.kind, old.currency, old.created_at)
        and new.owner_id is not distinct from old.owner_id
        and new.floor is not distinct from old.floor
    then
        return new;
    end if;
    raise exception 'the balance of a ledger account changes by postings only'
        using errcode = 'integrity_constraint_violation', constraint = 'ledger_accounts_change_by_postings';
end
$$;
create trigger ledger_accounts_guard
    before insert or update on ledger_accounts
    for each row execute function guard_ledger_account();

-- Money that a member has set aside, to be taken in parts or let go. What is left of all open holds is on their 'held'
-- account.
create table holds (
    id uuid primary key,
    -- Whose money it is.
    payer_id uuid not null references accounts (id),
    currency text not null,
    amount bigint not null check (amount > 0),
    captured bigint not null default 0 check (captured >= 0),
    released bigint not null default 0 check (released >= 0),
    state text not null check (state in ('open', 'closed')),
    subject_kind text,
    subject_id uuid,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    closed_at timestamptz,
    constraint holds_are_not_overdrawn check (captured + released <= amount),
    constraint holds_close_when_empty check ((state = 'closed') = (captured + released = amount)),
    constraint holds_closed_at check ((state = 'closed') = (closed_at is not null)),
    constraint holds_subject check ((subject_kind is null) = (subject_id is null))
);
create index holds_by_payer on holds (payer_id, id desc);
create index holds_by_subject on holds (subject_kind, subject_id) where subject_id is not null;
create index holds_to_expire on holds (expires_at) where state = 'open';

-- The transfer that makes a hold is written first.
alter table transfers add constraint transfers_hold
    foreign key (hold_id) references holds (id) deferrable initially deferred;

-- What each payee got by a payment, when it becomes free, and how much of it has been paid back. It is on their
-- 'pending' account until it is free.
create table payment_lines (
    -- The payment, or the capture of a hold.
    transfer_id uuid not null references transfers (id),
    place smallint not null check (place >= 0),
    payer_id uuid not null references accounts (id),
    payee_id uuid not null references accounts (id),
    currency text not null,
    -- What the payer paid, and what of that the platform kept.
    amount bigint not null check (amount > 0),
    fee bigint not null,
    refunded bigint not null default 0,
    refunded_fee bigint not null default 0,
    frees_at timestamptz not null,
    freed_at timestamptz,
    -- What freed it; empty also when nothing was left to be freed.
    freed_by uuid references transfers (id),
    primary key (transfer_id, place),
    constraint nobody_pays_themselves check (payer_id <> payee_id),
    constraint fees_stay_within_payments check (fee between 0 and amount),
    -- Never more is paid back than was paid, neither by the platform nor by the payee.
    constraint refunds_stay_within_payments check (
        refunded_fee between 0 and fee and refunded - refunded_fee between 0 and amount - fee
    ),
    constraint freed_by_something check (freed_by is null or freed_at is not null)
);
create index payment_lines_to_free on payment_lines (frees_at) where freed_at is null;
create index payment_lines_pending on payment_lines (payee_id, currency, frees_at) where freed_at is null;

-- Earnings on their way to a bank. Until they have arrived or come back, they are on the platform's 'payouts' account.
create table payouts (
    id uuid primary key,
    account_id uuid not null references accounts (id),
    currency text not null,
    amount bigint not null check (amount > 0),
    state text not null check (state in ('requested', 'sent', 'paid', 'failed')),
    -- What took it off the earnings.
    transfer_id uuid not null constraint payouts_transfer unique references transfers (id),
    -- Why it came back.
    failure text check (char_length(failure) <= 300),
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint payouts_fail_for_a_reason check ((state = 'failed') = (failure is not null))
);
create index payouts_by_account on payouts (account_id, id desc);
create index payouts_under_way on payouts (id) where state in ('requested', 'sent');
