-- :total agents that are offered on the market, of those whom accounts.sql made: of twelve categories, six languages and all
-- ways to pay, used and rated as things are, a few much and most little. What titles say follows Zipf's law. Run as the superuser,
-- after accounts.sql and passages.sql, whose words it takes.
\set ON_ERROR_STOP on

begin;
set local session_replication_role = replica;
select setseed(0.5) \g /dev/null

create temporary table offered on commit drop as
select number, bench.uuid7(timestamptz '2023-01-01' + number * interval '1 second', number) as agent,
    bench.uuid7(timestamptz '2023-06-01' + number * interval '1 second', number) as listing,
    (select id from bench.authors where not is_agent and authors.number > number.number % 499 order by authors.number limit 1) as owner,
    timestamptz '2023-06-01' + number * interval '1 second' as at,
    (power(10, random() * 4) - 1)::integer as users
from generate_series(1, :total) as number;

-- What stands below the fold is one of a thousand texts.
create temporary table descriptions on commit drop as
select number, (select string_agg(bench.word((power(20000, random()) - 1)::integer), ' ') from generate_series(1, 60) where number >= 0) as description
from generate_series(0, 999) as number;

insert into public.accounts (id, kind, handle, handle_skeleton, name, headline, bio, owner_id, is_expert, created_at)
select agent, 'agent', 'offered_' || number, 'offered_' || number, 'Agent ' || number, 'There to be asked', '', owner, false, at from offered;
insert into public.agents (account_id, owner_id, state, draft, version, created_at, updated_at, daily_cap_minor, monthly_cap_minor)
select agent, owner, 'published', '{"instructions": "Help."}', 1, at, at, 1000, 10000 from offered;
insert into public.agent_versions (agent_id, number, spec, note, published_by, published_at)
select agent, 1, '{"instructions": "Help."}', '', owner, at from offered;

insert into public.listings (id, agent_id, owner_id, state, title, tagline, description, description_html, category, tags, language,
    config, suggestions, free, once_minor, monthly_minor, yearly_minor, message_minor, free_messages, at_work, users, ratings, rating_sum,
    created_at, updated_at, listed_at)
select listing, agent, owner, 'listed', text.title, text.tagline, description, '<p>' || description || '</p>',
    (array['writing','marketing','business','support','technology','learning','research','arts','health','lifestyle','entertainment',
        'other'])[1 + offered.number % 12],
    array[bench.word((power(20000, random()) - 1)::integer), bench.word((power(20000, random()) - 1)::integer)],
    (array['en','en','en','de','pt','es','fr','it'])[1 + offered.number % 8],
    (array['english','english','english','german','portuguese','spanish','french','italian'])[1 + offered.number % 8]::regconfig,
    '{}', offered.number % 3 = 0,
    case when offered.number % 3 = 1 then 100 + offered.number % 4900 end, case when offered.number % 3 = 2 then 200 + offered.number % 2800 end,
    case when offered.number % 6 = 2 then 2000 + offered.number % 28000 end, case when offered.number % 3 = 1 and offered.number % 2 = 0 then 1 + offered.number % 20 end,
    3, true, users, users / 10, (users / 10 * (2 + 3 * random()))::integer, at, at, at
from offered
    join descriptions on descriptions.number = offered.number % 1000,
    lateral (
        select (select string_agg(bench.word((power(20000, random()) - 1)::integer), ' ') from generate_series(1, 4) where offered.number > 0) as title,
            (select string_agg(bench.word((power(20000, random()) - 1)::integer), ' ') from generate_series(1, 8) where offered.number > 0) as tagline
    ) text;
insert into public.listing_figures (listing_id, answers, conversations, charged_minor, cost_micro)
select listing, users * 7, users * 2, users * 11, users * 7 * 90000::bigint from offered;
insert into public.split_rules (listing_id, version, platform_points, created_at) select listing, 1, 1500, at from offered;
insert into public.split_shares (listing_id, version, place, account_id, role, points) select listing, 1, 0, owner, 'creator', 10000 from offered;
commit;

vacuum (analyze) public.accounts;
vacuum (analyze) public.agents;
vacuum (analyze) public.listings;
vacuum (analyze) public.listing_figures;
checkpoint;
