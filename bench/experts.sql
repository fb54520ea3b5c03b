-- :total experts of a dozen skills in a dozen zones, most of them with a window of four hours on five days a week, and each tenth
-- booked up for the week to come. The first of them, `expert_1`, had 10 000 calls. Run as the superuser, after accounts.sql.
\set ON_ERROR_STOP on

begin;
set local session_replication_role = replica;

create temporary table made on commit drop as
select number, bench.uuid7(timestamptz '2022-01-01' + number * interval '1 second', number) as id,
    (array['Europe/London','Europe/Berlin','Europe/Lisbon','America/New_York','America/Los_Angeles','America/Sao_Paulo','Asia/Tokyo',
        'Asia/Kolkata','Australia/Sydney','Africa/Nairobi','Asia/Dubai','Pacific/Auckland'])[1 + number % 12] as zone,
    (array['contracts','tax','mixing','databases','design','marketing','customs','photography','writing','coaching','video',
        'trade marks'])[1 + number % 12] as skill
from generate_series(1, :total) as number;

insert into public.accounts (id, kind, handle, handle_skeleton, name, headline, bio, is_expert, created_at)
select id, 'person', 'expert_' || number, 'expert_' || number, 'Expert ' || number, 'There to be asked', '', true,
    timestamptz '2022-01-01' from made;
insert into public.experts (account_id, state, headline, about, about_html, skills, languages, zone, buffer_minutes, notice_minutes,
    ahead_days, approval, policy, lowest_minor, ratings, rating_sum, free_from, created_at, updated_at)
select id, 'published', 'Knows about ' || skill, 'Ten minutes about ' || skill || '.', '<p>Ten minutes.</p>',
    array[skill, 'advice'], array['en'], zone, 5, 60, 28, false, 'moderate', 500 + number % 4500, number % 20, 4 * (number % 20),
    now(), timestamptz '2022-01-01', timestamptz '2022-01-01'
from made;
insert into public.expert_windows (expert_id, weekday, from_minute, minutes)
select id, weekday, 480 + (number % 12) * 60, 240 from made cross join generate_series(0, 4) as weekday;
insert into public.expert_services (id, expert_id, title, description, bring, price_minor, offered, created_at)
select bench.uuid7(timestamptz '2022-06-01' + number * interval '1 second', number), id, 'Ten minutes', '', '',
    500 + number % 4500, true, timestamptz '2022-06-01'
from made;

-- Calls that were, of the first.
create temporary table past on commit drop as
select number, bench.uuid7(timestamptz '2024-01-01' + number * interval '1 minute', number) as id,
    timestamptz '2024-01-01' + number * interval '15 minutes' as at
from generate_series(1, 10000) as number;
insert into public.bookings (id, expert_id, client_id, service_id, key, state, starts_at, ends_at, brief, price_minor, fee_points,
    policy, created_at, confirmed_at, expert_came_at, client_came_at, closed_at)
select past.id, made.id, author.id, (select id from public.expert_services where expert_id = made.id), 'past-' || past.number, 'completed',
    at, at + interval '10 minutes', '', 500, 1500, '{"steps": [], "client_missed": 50, "credit": 10}', at - interval '1 day',
    at - interval '1 day', at, at, at + interval '10 minutes'
from past cross join (select id from made where number = 1) as made
    cross join (select id from bench.authors where not is_agent order by number limit 1) as author;
insert into public.slices (id, expert_id, kind, booking_id, account_id, day, call, blocked)
select past.id, booking.expert_id, 'booking', past.id, booking.client_id, at::date, tstzrange(at, at + interval '10 minutes'),
    tstzrange(at, at + interval '15 minutes')
from past join public.bookings booking on booking.id = past.id;

-- Each tenth has their next week taken, hour by hour.
insert into public.slices (id, expert_id, kind, account_id, day, call, blocked, until)
select gen_random_uuid(), made.id, 'offer', author.id, (date_trunc('hour', now()) + hour * interval '1 hour')::date,
    tstzrange(date_trunc('hour', now()) + hour * interval '1 hour', date_trunc('hour', now()) + (hour + 1) * interval '1 hour'),
    tstzrange(date_trunc('hour', now()) + hour * interval '1 hour', date_trunc('hour', now()) + (hour + 1) * interval '1 hour'),
    now() + interval '60 days'
from made cross join generate_series(0, 167) as hour
    cross join (select id from bench.authors where not is_agent order by number limit 1) as author
where made.number % 10 = 0;
commit;
vacuum analyze public.experts, public.expert_windows, public.expert_services, public.bookings, public.slices, public.accounts;
