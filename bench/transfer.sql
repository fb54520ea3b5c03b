-- What a payment between two members writes, and nothing else: no look-ups, no judging, no keys.
\set payer random(1, :wallets)
\set payee random(1, :payees)
begin;
with ids as (select gen_random_uuid() as id),
moved as (
    insert into transfers (id, kind, key, fingerprint, memo, created_at)
    select id, 'payment', 'pgbench:' || id, sha256(''), 'A call', now() from ids returning id
),
-- In the order of the accounts, or two that pay each other would wait for each other.
posted as (
    insert into postings (transfer_id, place, ledger_account_id, currency, amount)
    select moved.id, row_number() over (order by account), account, 'EUR', amount
    from moved, (
        select wallet as account, -100 as amount from bench_wallets where n = :payer
        union all
        select pending, 100 from bench_wallets where n = :payee
        order by account
    ) legs
    order by account
    returning transfer_id
),
lined as (
    insert into payment_lines (transfer_id, place, payer_id, payee_id, currency, amount, fee, frees_at)
    select moved.id, 0, payer.owner_id, payee.owner_id, 'EUR', 100, 0, now() + interval '7 days'
    from moved, ledger_accounts payer, ledger_accounts payee
    where payer.id = (select wallet from bench_wallets where n = :payer)
        and payee.id = (select pending from bench_wallets where n = :payee)
        and payer.owner_id <> payee.owner_id
)
insert into events (id, kind, version, stream, payload, occurred_at)
select gen_random_uuid(), 'money.paid', 1, id, '{}', now() from moved;
commit;
