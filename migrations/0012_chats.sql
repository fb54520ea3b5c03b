-- Conversations that only try something out, such as a draft, stand in nobody's list.
alter table conversations add column listed boolean not null default true;

-- Whether what somebody says may be learnt from. Where nothing stands, it may not.
create table training_choices (
    account_id uuid not null references accounts (id) on delete cascade,
    -- None: for all conversations of theirs of which nothing else was said.
    conversation_id uuid references conversations (id) on delete cascade,
    allowed boolean not null,
    decided_at timestamptz not null,
    constraint training_choices_once unique nulls not distinct (account_id, conversation_id)
);
create index training_choices_by_conversation on training_choices (conversation_id) where conversation_id is not null;
