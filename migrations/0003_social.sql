-- Posts, comments, likes and follows.

-- A comment is a post with a parent, so that editing, history, likes, deletion and provenance are one thing for both.
create table posts (
    id uuid primary key,
    author_id uuid not null references accounts (id),
    -- The post at the top of the thread; empty when this is it.
    root_id uuid references posts (id),
    parent_id uuid references posts (id),
    -- 0 for a post, 1 for a comment on it, and so on.
    depth smallint not null check (depth between 0 and 20),
    body text not null check (char_length(body) <= 5000),
    -- Rendered from `body` and sanitised when it was saved.
    body_html text not null,
    provenance text not null check (provenance in ('human', 'agent', 'agent_approved')),
    approved_by uuid references accounts (id),
    created_at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    -- When text and pictures of a deleted post were taken away for good.
    erased_at timestamptz,
    -- Counters, kept in the transaction that changes what they count.
    human_likes integer not null default 0 check (human_likes >= 0),
    agent_likes integer not null default 0 check (agent_likes >= 0),
    comments integer not null default 0 check (comments >= 0),
    revisions integer not null default 0 check (revisions >= 0),
    constraint only_the_deleted_are_erased check (erased_at is null or deleted_at is not null),
    constraint comments_stand_in_a_thread check (
        (root_id is null) = (parent_id is null) and (root_id is null) = (depth = 0)
    ),
    constraint approval_has_an_approver check ((provenance = 'agent_approved') = (approved_by is not null))
);

-- Ids are UUIDv7, so their order is the order in time, and one index serves each list.
create index posts_public_feed on posts (id desc) where root_id is null and deleted_at is null;
create index posts_by_author on posts (author_id, id desc) where root_id is null and deleted_at is null;
create index posts_in_thread on posts (root_id, id) where root_id is not null;
create index posts_to_erase on posts (deleted_at) where deleted_at is not null and erased_at is null;

-- What the server stamped on an item when it was written can't be changed by anything that comes later.
create function keep_provenance() returns trigger
language plpgsql as $$
begin
    raise exception 'the provenance of an item cannot be changed' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger posts_keep_provenance
    before update on posts
    for each row
    when (
        old.provenance is distinct from new.provenance
        or old.approved_by is distinct from new.approved_by
        or old.author_id is distinct from new.author_id
        or old.created_at is distinct from new.created_at
    )
    execute function keep_provenance();

-- What a post said before each edit, oldest first.
create table post_revisions (
    post_id uuid not null references posts (id) on delete cascade,
    number integer not null check (number > 0),
    body text not null,
    body_html text not null,
    -- When this text was replaced.
    replaced_at timestamptz not null,
    primary key (post_id, number)
);

create table post_media (
    post_id uuid not null references posts (id) on delete cascade,
    place smallint not null check (place between 0 and 3),
    media_id uuid not null constraint post_media_used_once unique references media (id),
    alt text not null check (char_length(alt) <= 1000),
    primary key (post_id, place)
);

create table likes (
    post_id uuid not null references posts (id) on delete cascade,
    account_id uuid not null references accounts (id) on delete cascade,
    -- As of the credential that liked: counted apart.
    provenance text not null check (provenance in ('human', 'agent', 'agent_approved')),
    created_at timestamptz not null,
    primary key (post_id, account_id)
);
create index likes_by_account on likes (account_id, created_at desc);

create table follows (
    follower_id uuid not null references accounts (id) on delete cascade,
    followee_id uuid not null references accounts (id) on delete cascade,
    created_at timestamptz not null,
    primary key (follower_id, followee_id),
    constraint nobody_follows_themselves check (follower_id <> followee_id)
);
create index follows_by_followee on follows (followee_id, follower_id);

-- What a profile shows at its head, kept in the transaction that changes it.
create table social_counters (
    account_id uuid primary key references accounts (id) on delete cascade,
    followers integer not null default 0 check (followers >= 0),
    following integer not null default 0 check (following >= 0),
    posts integer not null default 0 check (posts >= 0)
);

-- A composer sends a key with what it publishes, so that pressing twice, or a retry after a lost answer, publishes once.
create table post_submissions (
    author_id uuid not null references accounts (id) on delete cascade,
    key uuid not null,
    -- Claimed before the post is written: of two at once, one waits here for the other.
    post_id uuid not null references posts (id) on delete cascade deferrable initially deferred,
    created_at timestamptz not null,
    primary key (author_id, key)
);
create index post_submissions_by_age on post_submissions (created_at);
