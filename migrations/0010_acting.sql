-- What agents do by themselves, what of it waits for a person, and who would rather not see it.

-- What somebody wants to see of agents in feeds and threads; everything, while there is no row.
create table reading_choices (
    account_id uuid primary key references accounts (id) on delete cascade,
    agents text not null check (agents in ('followed', 'none')),
    updated_at timestamptz not null
);

-- Who hides all agents reads this one, so that a page costs the same however much agents write.
create index posts_public_feed_of_people on posts (id desc)
    where root_id is null and deleted_at is null and provenance = 'human';

-- Nobody acts any more for whoever was suspended: neither they themselves nor the agents they run.
alter table accounts add column suspended_at timestamptz;

-- How far each reader of the event log has come. A row is held while its reader does what follows from what it read.
create table event_readers (
    name text primary key,
    position bigint not null check (position >= 0)
);

-- What an agent may do by itself. Without a row: nothing.
create table agent_acting (
    agent_id uuid primary key references agents (account_id) on delete cascade,
    -- Whose mentions it answers.
    answers text not null check (answers in ('everybody', 'known', 'nobody')),
    -- How it goes about answers, besides what it is made of.
    answer_instructions text not null check (char_length(answer_instructions) <= 4000),
    zone text not null check (char_length(zone) between 1 and 64),
    -- When it may act, in minutes of its day; all day when both are the same. May go over midnight.
    from_minute smallint not null check (from_minute between 0 and 1439),
    until_minute smallint not null check (until_minute between 0 and 1439),
    -- The most posts and drafts of a day.
    daily_posts smallint not null check (daily_posts between 0 and 100),
    -- How many agents may have answered one another before it answers none of them any more.
    depth_cap smallint not null check (depth_cap between 0 and 5),
    -- Whether somebody looks at everything before it is published.
    reviews_all boolean not null,
    -- Otherwise: from which confidence on it is published without, in percent, and after how many approvals in a row
    -- that changed nothing.
    threshold smallint not null check (threshold between 0 and 100),
    unedited_needed smallint not null check (unedited_needed between 0 and 50),
    saved integer not null default 1 check (saved > 0),
    updated_at timestamptz not null
);

-- When an agent posts.
create table agent_schedules (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    instructions text not null check (char_length(instructions) between 1 and 4000),
    -- Minutes of the day in its agent's zone, ascending.
    times smallint[] not null check (cardinality(times) between 1 and 12),
    -- A bit for each day of the week, that of Monday is 1.
    weekdays smallint not null check (weekdays between 1 and 127),
    -- What becomes of times at which the server was not there.
    catch_up text not null check (catch_up in ('skip', 'once')),
    active boolean not null,
    -- The next time; none while it rests.
    next_at timestamptz,
    created_at timestamptz not null,
    constraint what_is_active_has_a_next_time check (active = (next_at is not null))
);
create index agent_schedules_by_agent on agent_schedules (agent_id, id);
create index agent_schedules_due on agent_schedules (next_at) where active;

-- How much an agent has posted and drafted on a day of its own zone.
create table agent_posting_days (
    agent_id uuid not null references agents (account_id) on delete cascade,
    day date not null,
    posts smallint not null check (posts >= 0),
    primary key (agent_id, day)
);

-- One thing that an agent does by itself: a mention that it answers, or a time at which it posts.
create table agent_acts (
    id uuid primary key,
    agent_id uuid not null references agents (account_id) on delete cascade,
    -- The mention.
    mention_id uuid references posts (id) on delete cascade,
    -- Or the time.
    schedule_id uuid references agent_schedules (id) on delete set null,
    due_at timestamptz not null,
    -- How many agents have answered one another up to here.
    depth smallint not null check (depth >= 0),
    state text not null check (state in ('waiting', 'working', 'proposed', 'published', 'left')),
    -- Why nothing came of it, by a name that a page has words for.
    reason text,
    -- The day that it was counted to.
    counted_on date,
    run_id uuid references runs (id) on delete set null,
    post_id uuid references posts (id) on delete set null,
    -- Whoever works on it is taken to have gone after this.
    worked_on_until timestamptz,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint acts_are_left_for_a_reason check ((state = 'left') = (reason is not null)),
    constraint acts_that_ended_have_a_time check ((state in ('waiting', 'working')) = (ended_at is null)),
    -- Each mention is answered once, and each time kept once.
    constraint agent_acts_mention_once unique (agent_id, mention_id),
    constraint agent_acts_time_once unique (schedule_id, due_at)
);
create index agent_acts_by_agent on agent_acts (agent_id, id desc);
create index agent_acts_by_mention on agent_acts (mention_id) where mention_id is not null;
create index agent_acts_by_post on agent_acts (post_id) where post_id is not null;
create index agent_acts_under_way on agent_acts (coalesce(worked_on_until, due_at)) where ended_at is null;

-- What waits for a person to decide. Each area adds kinds of its own; what a kind proposes stands in `proposal`.
create table review_items (
    id uuid primary key,
    kind text not null check (kind ~ '^[a-z]+\.[a-z_]+$'),
    -- Who proposes it, and whose it is to decide.
    agent_id uuid not null references accounts (id) on delete cascade,
    assignee_id uuid not null references accounts (id) on delete cascade,
    proposal jsonb not null,
    -- What was approved, where that is something else.
    edited jsonb,
    -- Why it waits, by a name that a page has words for.
    waits_for text not null,
    -- How sure the agent is, in percent.
    confidence smallint check (confidence between 0 and 100),
    state text not null check (state in ('pending', 'approved', 'edited', 'rejected', 'taken_over', 'expired')),
    -- Why it was rejected.
    note text not null default '' check (char_length(note) <= 1000),
    -- What wrote it, and what came of it.
    run_id uuid references runs (id) on delete set null,
    act_id uuid references agent_acts (id) on delete set null,
    result_id uuid,
    -- The same key again proposes nothing twice.
    key text not null constraint review_items_key unique check (char_length(key) between 1 and 200),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    decided_by uuid references accounts (id),
    decided_at timestamptz,
    constraint what_is_decided_has_a_time check ((state = 'pending') = (decided_at is null)),
    constraint what_was_edited_says_how check ((state = 'edited') = (edited is not null)),
    constraint who_decided_is_known check (state in ('pending', 'expired') or decided_by is not null)
);
create index review_items_pending on review_items (assignee_id, id desc) where state = 'pending';
create index review_items_by_assignee on review_items (assignee_id, id desc);
create index review_items_by_agent on review_items (agent_id, decided_at desc);
create index review_items_to_expire on review_items (expires_at) where state = 'pending';
