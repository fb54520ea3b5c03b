-- Pictures and files that stand with messages. The table that was meant for them could not say where a file is kept, and nothing
-- was ever written to it. One belongs to whoever uploaded it, and to nothing else until they say something with it; what is not
-- used is swept away. Unlike pictures of posts they are shown to the members of their conversation alone.
drop table message_attachments;

create table message_attachments (
    id uuid primary key,
    owner_id uuid not null references accounts (id) on delete cascade,
    message_id uuid references messages (id) on delete cascade,
    place smallint check (place between 0 and 3),
    kind text not null check (kind in ('picture', 'file')),
    name text not null check (char_length(name) between 1 and 200),
    -- What its file is by its content, whatever its name says.
    media_type text not null,
    bytes bigint not null check (bytes > 0),
    -- Of a picture: its shape, and what it shows in words.
    width integer check (width > 0),
    height integer check (height > 0),
    alt text not null default '' check (char_length(alt) <= 1000),
    -- Of a file: what an agent reads of it, in pieces that say where they stand; and whether it has more.
    passages jsonb not null default '[]' check (jsonb_typeof(passages) = 'array'),
    is_cut boolean not null default false,
    created_at timestamptz not null,
    constraint attachments_in_their_place unique (message_id, place),
    constraint what_is_attached_has_a_place check ((message_id is null) = (place is null)),
    constraint pictures_have_a_shape check ((kind = 'picture') = (width is not null and height is not null))
);
create index attachments_of_nothing on message_attachments (owner_id, created_at) where message_id is null;
