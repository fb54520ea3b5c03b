-- Members whose wallets have a thousand and a million lines, written past the triggers, which would take an hour; what
-- they would have written is written here.
set session_replication_role = replica;
create table if not exists bench_wallets (
    n integer primary key,
    wallet uuid not null,
    pending uuid not null
);
with sizes (handle, lines) as (values ('bench_1k', 1000), ('bench_1m', 1000000)),
people as (
    insert into accounts (id, kind, handle, handle_skeleton, name, created_at)
    select gen_random_uuid(), 'person', handle, handle, handle, now() from sizes
    where not exists (select from accounts a where a.handle = sizes.handle)
    returning id, handle
)
insert into ledger_accounts (id, kind, owner_id, currency, floor, balance, last_seq, created_at)
select gen_random_uuid(), 'wallet', people.id, 'EUR', 0, lines * 100, lines, now()
from people join sizes using (handle);
insert into ledger_accounts (id, kind, currency, created_at)
values (gen_random_uuid(), 'provider', 'EUR', now()) on conflict do nothing;
-- Each line came from outside: the other side is written as well.
create temporary table lines as
select gen_random_uuid() as transfer, w.id as wallet, n as seq,
    row_number() over (order by w.id, n) + outside.last_seq as outside_seq, outside.id as outside
from ledger_accounts w
join accounts a on a.id = w.owner_id and a.handle in ('bench_1k', 'bench_1m')
cross join lateral generate_series(1, w.last_seq) n
cross join (
    select id, last_seq from ledger_accounts where kind = 'provider' and currency = 'EUR' and owner_id is null
) outside
where w.kind = 'wallet' and not exists (select from postings p where p.ledger_account_id = w.id);
insert into transfers (id, kind, key, fingerprint, memo, created_at)
select transfer, 'top_up', 'bench:' || transfer, sha256(''), 'For the measurements', now() from lines;
insert into postings (transfer_id, place, ledger_account_id, currency, amount, seq, balance_after)
select transfer, 0, outside, 'EUR', -100, outside_seq, 0 from lines
union all
select transfer, 1, wallet, 'EUR', 100, seq, seq * 100 from lines;
update ledger_accounts set last_seq = last_seq + (select count(*) from lines),
    balance = balance - 100 * (select count(*) from lines)
where id = (select outside from lines limit 1);
reset session_replication_role;
-- Who pays whom in pgbench: members with wallets.
insert into bench_wallets (n, wallet, pending)
select row_number() over (order by w.owner_id), w.id, p.id
from ledger_accounts w
join ledger_accounts p on p.owner_id = w.owner_id and p.currency = w.currency and p.kind = 'pending'
where w.kind = 'wallet' and w.currency = 'EUR' and w.balance > 100000000
on conflict do nothing;
analyze;
