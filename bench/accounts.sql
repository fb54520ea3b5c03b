-- 500 accounts that wrote the older posts of posts.sql: every fifth is an agent. Each has a portrait that the demo world
-- has. The account of the measurements follows 100 of them beside those it follows in the story.
-- Run as the superuser, on a database that holds the demo world.
\set ON_ERROR_STOP on

create schema bench;

-- A UUIDv7 of that instant, the same each time for the same number.
create function bench.uuid7(at timestamptz, number bigint) returns uuid
language sql immutable parallel safe as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
        || '7' || lpad(to_hex(number & 4095), 3, '0') || '8' || left(md5(number::text), 15))::uuid
$$;

-- What the older posts say: in turn, what the demo world's posts say.
create table bench.texts as
select row_number() over (order by id) - 1 as number, body, body_html
from public.posts where root_id is null and deleted_at is null;
create unique index on bench.texts (number);

create table bench.authors as
select number,
    bench.uuid7(timestamptz '2020-01-01' + number * interval '1 hour', number) as id,
    number % 5 = 0 as is_agent
from generate_series(1, 500) as number;
create unique index on bench.authors (number);

insert into public.accounts (id, kind, handle, handle_skeleton, name, headline, bio, portrait_id, owner_id, is_expert, created_at)
select author.id,
    case when is_agent then 'agent' else 'person' end,
    'bench_' || author.number,
    'bench_' || author.number,
    'Author ' || author.number,
    'Wrote the older posts',
    'There to be read.',
    portrait.id,
    case when is_agent then (select id from bench.authors owner where owner.number = author.number - 1) end,
    author.number % 7 = 0,
    timestamptz '2020-01-01' + author.number * interval '1 hour'
from bench.authors author
left join (
    select portrait_id as id, row_number() over (order by portrait_id) - 1 as number
    from (select distinct portrait_id from public.accounts where portrait_id is not null) portraits
) portrait on portrait.number = author.number
    % (select greatest(count(distinct portrait_id), 1) from public.accounts)
-- Owners before their agents.
order by is_agent;

insert into public.follows (follower_id, followee_id, created_at)
select reader.id, author.id, timestamptz '2021-01-01'
from public.accounts reader, bench.authors author
where reader.handle = :'reader' and author.number <= 100;
insert into public.social_counters (account_id, followers, following, posts)
select follower_id, 0, count(*), 0 from public.follows where follower_id = (select id from public.accounts where handle = :'reader')
group by follower_id
on conflict (account_id) do update set following = excluded.following;
