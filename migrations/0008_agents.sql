-- Agents: what they are made of, what they know and remember, what they answer, and what that costs.
-- Costs are kept in millionths of a minor unit (a cent per million tokens is one of them per token), so that sums are exact.

create table agents (
    account_id uuid primary key references accounts (id),
    owner_id uuid not null references accounts (id),
    state text not null check (state in ('draft', 'published', 'paused', 'retired')),
    -- What the builder shows and changes: see `spec.rs`. A version is a copy of it.
    draft jsonb not null,
    -- Counts the saves, so that no tab overwrites another unseen.
    draft_number integer not null default 1 check (draft_number > 0),
    -- The version that answers; none before it is first published.
    version integer,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- What answering may cost in a day and in a month, in minor units; its owner decides.
    daily_cap_minor bigint not null check (daily_cap_minor >= 0),
    monthly_cap_minor bigint not null check (monthly_cap_minor >= daily_cap_minor),
    -- One that is retired may never have been published.
    constraint what_was_published_has_a_version check (state = 'retired' or (state = 'draft') = (version is null))
);
create index agents_by_owner on agents (owner_id, account_id desc);

create table agent_versions (
    agent_id uuid not null references agents (account_id) on delete cascade,
    number integer not null check (number > 0),
    spec jsonb not null,
    note text not null check (char_length(note) <= 500),
    -- The version it was made from by going back; none when it was made from the draft.
    restored_from integer,
    published_by uuid not null references accounts (id),
    published_at timestamptz not null,
    primary key (agent_id, number)
);
create function keep_version() returns trigger
language plpgsql as $$
begin
    raise exception 'a version of an agent cannot be changed' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger agent_versions_are_kept before update on agent_versions for each row execute function keep_version();
alter table agents
    add constraint agents_version foreign key (account_id, version) references agent_versions (agent_id, number)
        deferrable initially deferred;

-- Questions with what must be true of the answers; a version is published when all of them pass.
create table agent_checks (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    place smallint not null check (place between 0 and 49),
    question text not null check (char_length(question) between 1 and 2000),
    -- See `check.rs`.
    rules jsonb not null,
    created_at timestamptz not null,
    constraint agent_checks_by_place unique (agent_id, place) deferrable initially deferred
);
create table agent_check_runs (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    -- What was checked: a digest of draft, questions and knowledge.
    subject bytea not null check (octet_length(subject) = 32),
    state text not null check (state in ('running', 'passed', 'failed')),
    results jsonb not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint a_check_that_ended_has_a_time check ((state = 'running') = (finished_at is null))
);
create index agent_check_runs_by_agent on agent_check_runs (agent_id, id desc);

-- What an agent knows.
create table knowledge_sources (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    kind text not null check (kind in ('text', 'file', 'page')),
    title text not null check (char_length(title) between 1 and 200),
    -- Of a page.
    address text check (char_length(address) <= 2000),
    -- Of a text: what was pasted.
    body text,
    -- Of a file: where it is kept until it has been read.
    file_key text,
    bytes bigint not null default 0 check (bytes >= 0),
    -- Of what was read; of a page, none before it was read.
    digest bytea check (octet_length(digest) = 32),
    state text not null check (state in ('reading', 'ready', 'failed')),
    -- Why it could not be read, for its owner; of what is ready, why it could not be read again.
    problem text,
    -- What was read of it.
    passages integer not null default 0 check (passages >= 0),
    characters bigint not null default 0 check (characters >= 0),
    -- The configuration of text search that its language goes by.
    language regconfig,
    created_at timestamptz not null,
    read_at timestamptz,
    constraint a_failure_has_a_reason check (state <> 'failed' or problem is not null),
    constraint what_is_ready_was_read check (state <> 'ready' or (digest is not null and language is not null and read_at is not null)),
    constraint a_text_has_a_body check ((kind = 'text') = (body is not null)),
    constraint a_page_has_an_address check ((kind = 'page') = (address is not null))
);
create index knowledge_by_agent on knowledge_sources (agent_id, id desc);
create unique index knowledge_once on knowledge_sources (agent_id, digest) where digest is not null and state <> 'failed';
create unique index knowledge_page_once on knowledge_sources (agent_id, address) where address is not null;

create table passages (
    id uuid primary key,
    source_id uuid not null references knowledge_sources (id) on delete cascade,
    agent_id uuid not null references agents (account_id) on delete cascade,
    place integer not null check (place >= 0),
    heading text not null,
    locator text not null,
    body text not null,
    language regconfig not null,
    -- The agent is one of the words: so the index finds a word of this agent's without reading everybody else's.
    words tsvector not null generated always as (
        setweight(to_tsvector(language, heading), 'A') || setweight(to_tsvector(language, body), 'B')
            || array_to_tsvector(array[agent_id::text])
    ) stored,
    -- By the model in `embedded_by`, of unit length.
    embedding real[],
    embedded_by text,
    constraint passages_by_place unique (source_id, place),
    constraint an_embedding_has_a_model check ((embedding is null) = (embedded_by is null))
);
create index passages_by_agent on passages (agent_id);
create index passages_by_words on passages using gin (words);

-- In how many passages of an agent a word is: tells the words that say something from those that are everywhere, and finds
-- the word that somebody meant who spelt it otherwise. Counted with each source that comes and goes.
create table knowledge_words (
    agent_id uuid not null references agents (account_id) on delete cascade,
    word text collate "C" not null,
    passages integer not null check (passages >= 0),
    primary key (agent_id, word)
);

-- What an agent remembers of somebody.
create table memories (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    account_id uuid not null references accounts (id) on delete cascade,
    body text not null check (char_length(body) between 1 and 500),
    -- The message it came from; none when it was written by hand, or the message is gone.
    message_id uuid references messages (id) on delete set null,
    created_at timestamptz not null,
    edited_at timestamptz,
    expires_at timestamptz
);
create index memories_of_account on memories (account_id, agent_id, id desc);
create unique index memories_once on memories (agent_id, account_id, md5(body));
create index memories_by_message on memories (message_id) where message_id is not null;

-- What somebody may spend on everything that is paid by use, in minor units.
create table spending_limits (
    account_id uuid primary key references accounts (id) on delete cascade,
    daily_cap_minor bigint not null check (daily_cap_minor >= 0),
    monthly_cap_minor bigint not null check (monthly_cap_minor >= daily_cap_minor),
    updated_at timestamptz not null
);

-- One answer of an agent, from the question to what it cost.
create table runs (
    id uuid primary key,
    agent_id uuid not null references agents (account_id),
    -- The version that answered; none for the draft.
    version integer,
    purpose text not null check (purpose in ('chat', 'preview', 'check', 'mention', 'schedule')),
    asker_id uuid not null references accounts (id),
    conversation_id uuid references conversations (id) on delete set null,
    -- The message that is answered, and the one that is written.
    question_id uuid references messages (id) on delete set null,
    message_id uuid unique references messages (id) on delete set null,
    state text not null check (state in ('waiting', 'running', 'done', 'stopped', 'failed')),
    -- What went wrong, by a name that a page has words for.
    problem text,
    model text,
    input_tokens bigint not null default 0 check (input_tokens >= 0),
    output_tokens bigint not null default 0 check (output_tokens >= 0),
    cost_micro bigint not null default 0 check (cost_micro >= 0),
    citations jsonb not null default '[]',
    created_at timestamptz not null,
    started_at timestamptz,
    first_piece_at timestamptz,
    finished_at timestamptz,
    -- Whoever writes it says again and again that it is still at work.
    alive_until timestamptz,
    constraint runs_that_ended_have_a_time check ((state in ('waiting', 'running')) = (finished_at is null)),
    constraint runs_that_failed_say_why check ((state = 'failed') = (problem is not null))
);
create index runs_by_agent on runs (agent_id, id desc);
create index runs_by_asker on runs (asker_id, id desc);
create index runs_by_conversation on runs (conversation_id) where conversation_id is not null;
create index runs_by_question on runs (question_id) where question_id is not null;
create index runs_under_way on runs (alive_until) where finished_at is null;
-- Of two that ask at once in one conversation, one waits for the other's answer.
create unique index runs_one_at_a_time on runs (conversation_id) where finished_at is null;

create table tool_calls (
    id uuid primary key,
    run_id uuid not null references runs (id) on delete cascade,
    place smallint not null check (place >= 0),
    tool text not null,
    arguments jsonb not null,
    state text not null check (state in ('waiting', 'allowed', 'refused', 'done', 'failed')),
    result text check (char_length(result) <= 20000),
    decided_by uuid references accounts (id),
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint tool_calls_by_place unique (run_id, place)
);

-- What was spent, and what is set aside for what runs, in a day and in a month: what an agent cost to run, and what an account
-- paid by use. A row is held while something is set aside from it, so nothing that runs at once passes a cap.
create table spending (
    subject_id uuid not null references accounts (id) on delete cascade,
    side text not null check (side in ('agent', 'account')),
    span text not null check (span in ('day', 'month')),
    begins date not null,
    spent_micro bigint not null default 0 check (spent_micro >= 0),
    reserved_micro bigint not null default 0 check (reserved_micro >= 0),
    primary key (subject_id, side, span, begins)
);
create table spending_reservations (
    run_id uuid not null references runs (id) on delete cascade,
    side text not null check (side in ('agent', 'account')),
    subject_id uuid not null references accounts (id) on delete cascade,
    amount_micro bigint not null check (amount_micro >= 0),
    -- The day it counts to, and the month of that day, whenever it is settled.
    made_on date not null,
    settled_at timestamptz,
    primary key (run_id, side)
);
create index spending_reservations_open on spending_reservations (run_id) where settled_at is null;

create table message_ratings (
    message_id uuid not null references messages (id) on delete cascade,
    account_id uuid not null references accounts (id) on delete cascade,
    value smallint not null check (value in (-1, 1)),
    note text not null default '' check (char_length(note) <= 1000),
    created_at timestamptz not null,
    primary key (message_id, account_id)
);
