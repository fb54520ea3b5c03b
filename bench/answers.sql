-- Two agents that answer by the models :quick and :slow of a stand-in for a provider. Each knows two hundred of the passages of
-- passages.sql, and may spend more than is needed. Run as the superuser, after passages.sql.
\set ON_ERROR_STOP on

begin;
set local session_replication_role = replica;

create temporary table answering on commit drop as
select bench.uuid7(timestamptz '2024-01-01', number) as agent, bench.uuid7(timestamptz '2024-01-01', 10 + number) as source,
    'bench_' || model as handle, owner.id as owner, timestamptz '2024-01-01' as at,
    jsonb_build_object('instructions', 'Help with whatever is asked.', 'model', 'openai/' || model) as spec
from unnest(array[:'quick', :'slow']) with ordinality as models (model, number), public.accounts owner
where owner.handle = :'reader';
create temporary table known on commit drop as
select place, heading, locator, body, language from public.passages
where agent_id = (select id from public.accounts where handle = 'bench_knows') order by place limit 200;

insert into public.accounts (id, kind, handle, handle_skeleton, name, headline, bio, owner_id, is_expert, created_at)
select agent, 'agent', handle, handle, 'Answers', 'Answers', '', owner, false, at from answering;
insert into public.agents (account_id, owner_id, state, draft, version, created_at, updated_at, daily_cap_minor, monthly_cap_minor)
select agent, owner, 'published', spec, 1, at, at, 1000000000, 1000000000 from answering;
insert into public.agent_versions (agent_id, number, spec, note, published_by, published_at)
select agent, 1, spec, '', owner, at from answering;

insert into public.knowledge_sources (id, agent_id, kind, title, body, digest, state, passages, characters, language, created_at, read_at)
select source, agent, 'text', 'Something', '', sha256('bench'), 'ready', 200, 200 * 600, 'english', at, at from answering;
insert into public.passages (id, source_id, agent_id, place, heading, locator, body, language)
select bench.uuid7(at, 1000 + place * 2 + row_number() over (partition by place order by agent)), source, agent, place, heading, locator,
    body, language
from answering, known;
insert into public.knowledge_words (agent_id, word, passages)
select agent, word, ndoc
from answering, lateral ts_stat('select words from passages where agent_id = ' || quote_literal(agent))
where word <> agent::text and length(word) <= 60;
commit;

vacuum (analyze) public.passages;
vacuum (analyze) public.knowledge_words;
checkpoint;
