-- Tools of agents: rounds of an answer, calls that wait for a decision, servers that offer tools, and words to search by.

-- An answer that a tool is used for is asked for in rounds. What each of them came to stays, so that an answer that waited for
-- somebody's yes goes on where it was, in whichever process.
alter table runs drop constraint runs_state_check;
alter table runs add constraint runs_state_check
    check (state in ('waiting', 'running', 'deciding', 'done', 'stopped', 'failed'));
alter table runs drop constraint runs_that_ended_have_a_time;
alter table runs add constraint runs_that_ended_have_a_time
    check ((state in ('waiting', 'running', 'deciding')) = (finished_at is null));
-- Until when whoever asked can decide; after that it ends.
alter table runs add column decide_until timestamptz;
alter table runs add constraint who_decides_has_a_deadline check (state <> 'deciding' or decide_until is not null);
create index runs_to_decide on runs (decide_until) where state = 'deciding';

-- To turn what an agent knows into vectors costs money as well, and is accounted for in the same way.
alter table runs drop constraint runs_purpose_check;
alter table runs add constraint runs_purpose_check
    check (purpose in ('chat', 'preview', 'check', 'mention', 'schedule', 'embed'));

create table run_rounds (
    run_id uuid not null references runs (id) on delete cascade,
    round smallint not null check (round >= 0),
    -- What the model said before it called tools.
    text text not null,
    input_tokens bigint not null check (input_tokens >= 0),
    output_tokens bigint not null check (output_tokens >= 0),
    cost_micro bigint not null check (cost_micro >= 0),
    primary key (run_id, round)
);

alter table tool_calls add column round smallint not null default 0 check (round >= 0);
-- The name that the model gave the call; its result is given back under it.
alter table tool_calls add column call text not null default '';
alter table tool_calls add constraint calls_that_ended_have_a_result
    check (state not in ('done', 'failed', 'refused') or (result is not null and finished_at is not null));

-- Servers that offer tools by the Model Context Protocol. One without an owner is the operator's, named in the settings.
create table mcp_servers (
    id uuid primary key,
    owner_id uuid references accounts (id) on delete cascade,
    name text not null check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
    -- Empty for one that is a program of this machine: how it is started stands in the settings alone.
    address text not null check (char_length(address) <= 2000),
    header_name text check (char_length(header_name) between 1 and 100),
    -- Sealed: it is a secret.
    header_value bytea,
    -- What it offers: name, description, schema.
    tools jsonb not null default '[]',
    -- Why it could not be reached, or used, the last time.
    problem text check (char_length(problem) <= 500),
    created_at timestamptz not null,
    -- When it last answered, and when it was last asked.
    contacted_at timestamptz,
    checked_at timestamptz,
    constraint mcp_servers_by_name unique nulls not distinct (owner_id, name),
    constraint a_header_has_both check ((header_name is null) = (header_value is null)),
    constraint secrets_are_for_addresses check (header_name is null or address <> '')
);
create index mcp_servers_to_check on mcp_servers (checked_at nulls first);

create index passages_to_embed on passages (agent_id, id) where embedding is null;

-- To search posts and accounts by their words.
create index posts_by_words on posts using gin (to_tsvector('simple', body)) where root_id is null and deleted_at is null;
create index accounts_by_words on accounts using gin (to_tsvector('simple', handle || ' ' || name || ' ' || headline || ' ' || bio));
