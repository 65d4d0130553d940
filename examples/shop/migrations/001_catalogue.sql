-- Items, their pictures, what the model and people said of them.

create table items (
  id uuid primary key,
  title text not null,
  description text not null,
  seller text not null,
  -- waiting: not tagged yet; review: tagged, and doubtful; unreadable: the model could not be asked
  state text not null default 'waiting' check (state in ('waiting', 'shown', 'review', 'unreadable')),
  category text,
  -- of the category, 0 to 1; null where a person chose it
  confidence real,
  -- {"tag": confidence}
  tags jsonb not null default '{}',
  why text,
  -- the newest tagging that was applied: none is applied twice, no older one after it
  tagging_id bigint not null default 0,
  created_at timestamptz not null default now(),
  search tsvector not null generated always as (
    setweight(to_tsvector('english', title), 'A') ||
    setweight(to_tsvector('english', coalesce(category, '')), 'B') ||
    setweight(jsonb_to_tsvector('english', tags, '["key"]'), 'B') ||
    setweight(to_tsvector('english', description), 'C')
  ) stored
);
create index items_search on items using gin (search);
create index items_tags on items using gin (tags);
create index items_newest on items (state, created_at desc, id);

create table pictures (
  item_id uuid primary key references items on delete cascade,
  webp bytea not null
);

-- One batch of Sweepyard each.
create table taggings (
  id bigint generated always as identity primary key,
  -- the batch's name in Sweepyard, by which one is found that was made just before a crash
  name uuid not null unique default gen_random_uuid(),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'completed', 'failed')),
  why text,
  batch_id uuid unique,
  -- the batch's results before this index are applied
  next_index int not null default 0,
  -- files of the archive that were no pictures: [{"name", "why"}]
  left_out jsonb not null default '[]',
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index taggings_open on taggings (id) where state in ('waiting', 'running');

create table tagging_items (
  tagging_id bigint references taggings on delete cascade,
  item_id uuid references items on delete cascade,
  primary key (tagging_id, item_id)
);

-- What a person said of an item; it outlasts every later tagging.
create table corrections (
  item_id uuid primary key references items on delete cascade,
  predicted text,
  category text not null,
  dataset_version int,
  corrected_at timestamptz not null default now()
);

-- The model's classes, as it last named them.
create table classes (
  label int primary key,
  name text not null
);

create table webhook (
  only_one boolean primary key default true check (only_one),
  url text not null,
  secret text not null
);

-- Deliveries that were seen: Sweepyard may send one twice.
create table deliveries (
  id text primary key,
  received_at timestamptz not null default now()
);
