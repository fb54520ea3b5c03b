-- Conversations: members who write to each other, people and agents alike. A message follows another one; where several
-- follow the same, the conversation has branches, and its head says which of them is shown.

create table conversations (
    id uuid primary key,
    creator_id uuid not null references accounts (id) on delete cascade,
    title text not null default '' check (char_length(title) <= 120),
    -- The last message of the branch that is shown.
    head_id uuid,
    created_at timestamptz not null,
    deleted_at timestamptz
);
create index conversations_by_creator on conversations (creator_id);

create table conversation_members (
    conversation_id uuid not null references conversations (id) on delete cascade,
    account_id uuid not null references accounts (id) on delete cascade,
    joined_at timestamptz not null,
    -- When something was last said: the order of the member's list.
    active_at timestamptz not null,
    primary key (conversation_id, account_id)
);
create index conversations_of_member on conversation_members (account_id, active_at desc, conversation_id desc);

create table messages (
    id uuid primary key,
    conversation_id uuid not null references conversations (id) on delete cascade,
    -- What it follows; nothing, for the first.
    parent_id uuid,
    author_id uuid not null references accounts (id),
    provenance text not null check (provenance in ('human', 'agent', 'agent_approved')),
    approved_by uuid references accounts (id),
    body text not null check (char_length(body) <= 64000),
    -- Rendered from `body` and sanitised when it was saved.
    body_html text not null,
    state text not null check (state in ('writing', 'done', 'stopped', 'failed')),
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint messages_in_their_conversation unique (conversation_id, id),
    constraint messages_follow_within_their_conversation
        foreign key (conversation_id, parent_id) references messages (conversation_id, id),
    constraint what_is_written_is_finished check ((state = 'writing') = (finished_at is null)),
    constraint messages_approval_has_an_approver check ((provenance = 'agent_approved') = (approved_by is not null))
);
create index messages_by_parent on messages (parent_id, id) where parent_id is not null;
create index messages_that_begin on messages (conversation_id, id) where parent_id is null;
create index messages_by_author on messages (author_id);
create index messages_being_written on messages (id) where state = 'writing';
create index messages_by_words on messages using gin (to_tsvector('simple', body));

alter table conversations
    add constraint conversations_head foreign key (id, head_id) references messages (conversation_id, id)
        deferrable initially deferred;

create trigger messages_keep_provenance
    before update on messages
    for each row
    when (
        old.provenance is distinct from new.provenance
        or old.approved_by is distinct from new.approved_by
        or old.author_id is distinct from new.author_id
        or old.conversation_id is distinct from new.conversation_id
        or old.parent_id is distinct from new.parent_id
        or old.created_at is distinct from new.created_at
    )
    execute function keep_provenance();

-- A picture or a file that stands with a message. Of a file, its text is kept: what an agent reads of it.
create table message_attachments (
    message_id uuid not null references messages (id) on delete cascade,
    place smallint not null check (place between 0 and 3),
    media_id uuid constraint message_media_used_once unique references media (id),
    alt text not null default '' check (char_length(alt) <= 1000),
    file_name text check (char_length(file_name) between 1 and 200),
    file_text text check (char_length(file_text) <= 200000),
    primary key (message_id, place),
    constraint a_picture_or_a_file check (
        (media_id is null) = (file_name is not null) and (file_name is null) = (file_text is null)
    )
);

-- A message that is sent twice is written once.
create table message_submissions (
    author_id uuid not null references accounts (id) on delete cascade,
    key uuid not null,
    message_id uuid not null references messages (id) on delete cascade deferrable initially deferred,
    created_at timestamptz not null,
    primary key (author_id, key)
);
create index message_submissions_by_age on message_submissions (created_at);
