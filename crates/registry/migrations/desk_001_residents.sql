-- 住民: a copy to read of the resident register. `serial` names a person in the index of names, where it stands a million times.
create table person (
  serial bigint not null primary key,
  id text not null unique,
  number text not null unique,
  household text,
  place bigint not null,
  state text not null,
  born text not null,
  sort_key text not null,
  find_key text not null,
  address_key text not null,
  phone text,
  phone_tail text,
  sensitivity bigint not null,
  body text not null
);
create index person_of_household on person (household, place);
create index person_born on person (born);
create index person_sorted on person (sort_key, serial);
create index person_lives_at on person (address_key);
create index person_phone on person (phone);
create index person_phone_tail on person (phone_tail);

create table person_gram (
  gram text not null,
  person bigint not null,
  primary key (gram, person)
);
create index person_gram_of on person_gram (person);

create table registry_serial (
  name text not null primary key,
  last bigint not null
);

-- How far a load has come, so that one that was cut in the middle goes on there.
create table registry_load (
  name text not null primary key,
  households bigint not null,
  persons bigint not null,
  finished_at bigint
);

-- Which accounts of the portal hear facts of which resident: linked by a clerk who saw the person.
create table fact_reader (
  account text not null primary key,
  resident text not null,
  turn bigint not null
);
create index fact_reader_of on fact_reader (resident);
