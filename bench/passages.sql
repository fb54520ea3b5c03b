-- One agent that knows :total passages of eighty words each. How often a word is follows Zipf's law, as in what people write:
-- some are in nearly every passage, most in a few. Run as the superuser, after accounts.sql.
\set ON_ERROR_STOP on

begin;
set local session_replication_role = replica;
select setseed(0.5) \g /dev/null

-- The account of a demo agent's owner has one more, of that name.
create temporary table knowing on commit drop as
select bench.uuid7(timestamptz '2022-01-01', 1) as agent, bench.uuid7(timestamptz '2022-01-01', 2) as source, id as owner
from public.accounts where handle = :'reader';
insert into public.accounts (id, kind, handle, handle_skeleton, name, headline, bio, owner_id, is_expert, created_at)
select agent, 'agent', 'bench_knows', 'bench_knows', 'Knows much', 'Knows much', '', owner, false, timestamptz '2022-01-01' from knowing;
insert into public.agents (account_id, owner_id, state, draft, created_at, updated_at, daily_cap_minor, monthly_cap_minor)
select agent, owner, 'draft', '{}', timestamptz '2022-01-01', timestamptz '2022-01-01', 1000, 10000 from knowing;
insert into public.knowledge_sources (id, agent_id, kind, title, body, digest, state, passages, characters, language, created_at, read_at)
select source, agent, 'text', 'Everything', '', sha256('bench'), 'ready', :total, :total * 600, 'english', timestamptz '2022-01-01', timestamptz '2022-01-01'
from knowing;

create function bench.word(number integer) returns text language sql immutable parallel safe as $$
    select (array['ba','ce','di','fo','gu','ha','je','ki','lo','mu'])[1 + number % 10]
        || (array['ran','sel','tim','von','wuz','xab','yed','zik','nop','rus'])[1 + number / 10 % 10]
        || (array['do','ke','li','ma','nu','pe','ri','so','ta','vu'])[1 + number / 100 % 10]
        || (array['','b','d','g','k','l','m','n','r','t'])[1 + number / 1000 % 10]
        || (array['','ol'])[1 + number / 10000 % 2]
$$;

insert into public.passages (id, source_id, agent_id, place, heading, locator, body, language)
select bench.uuid7(timestamptz '2022-01-01' + place * interval '1 second', place), source, agent, place,
    'Section ' || bench.word(place % 20000), 'line ' || place, text.body, 'english'
from knowing, generate_series(0, :total - 1) as place,
    lateral (
        select string_agg(bench.word((power(20000, random()) - 1)::integer), ' ') as body from generate_series(1, 80) where place >= 0
    ) text;
insert into public.knowledge_words (agent_id, word, passages)
select agent, word, ndoc from knowing, ts_stat('select words from passages where agent_id = '
    || quote_literal((select agent from knowing)))
where word <> agent::text and length(word) <= 60;
commit;

vacuum (analyze) public.passages;
vacuum (analyze) public.knowledge_words;
checkpoint;
